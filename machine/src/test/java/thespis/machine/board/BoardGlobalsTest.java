package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.GlobalProperty;

class BoardGlobalsTest {
  private static void check(String machine, boolean hpet, String global) {
    String[] parts = global.split("[.=]");
    BoardGlobals.check(machine, hpet, List.of(new GlobalProperty(parts[0], parts[1], parts[2])));
  }

  /// What QEMU 7.2 says.
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      mc146818rtc.base_year=abc        | Parameter 'base_year' expects int64
      mc146818rtc.foo=abc              | Property 'mc146818rtc.foo' not found
      hpet.timers=abc                  | Parameter 'timers' expects uint64
      i8042.kbd-irq=abc                | Parameter 'kbd-irq' expects uint64
      fw_cfg_io.dma_enabled=maybe      | Parameter 'dma_enabled' expects 'on' or 'off'
      isa-pit.iobase=70000000000       | Parameter 'iobase' expects uint32_t
      mc146818rtc.lost_tick_policy=foo | Parameter 'lost_tick_policy' does not accept value 'foo'
      """)
  void whatDoesNotFitIsRefused(String global, String message) {
    assertEquals("can't apply global " + global + ": " + message,
        assertThrows(ConfigException.class, () -> check("pc-i440fx-7.2", true, global)).getMessage());
  }

  @Test
  void whatIsNotThereDoesNotMatter() {
    check("pc-q35-7.2", true, "piix3-ide.foo=1");
    check("pc-q35-7.2", false, "hpet.foo=1");
    check("pc-i440fx-7.2", true, "mc146818rtc.lost_tick_policy=slew");
  }
}
