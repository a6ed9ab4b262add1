package thespis.actors.hmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.chardev.Chardevs;
import thespis.cpu.run.EngineLog;

/// What needs no machine. Texts are those of QEMU 7.2.
class HumanMonitorTest {
  private final EngineLog log = new EngineLog();
  private final HumanMonitor monitor = new HumanMonitor(new MonitorContext(
      null, "guest", "0-0", () -> List.of(new Chardevs.Info("serial0", "stdio", true)), null, "Log items\n", log,
      file -> "", gdb -> ""));

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      nosuch         | unknown command: 'nosuch'
      info nosuch    | unknown command: 'info nosuch'
      help nosuch    | unknown command: 'nosuch'
      info name      | guest
      info uuid      | 0-0
      info chardev   | serial0: filename=stdio
      stop now       | 'stop|s: extraneous characters at the end of line~Try "help stop" for more information'
      device_del     | device_del: string expected~Try "help device_del" for more information
      device_add     | Error: Parameter 'driver' is missing
      help log       | Log items
      log in_asm,bad | Log items
      log int,op_opt | 'logging of ''op_opt'' is not supported yet'
      help info nosuch | unknown command: 'info nosuch'
      help cont now  | 'cont|c  -- resume emulation'
      info/x status  | unknown command: 'info'
      info kvm x     | 'kvm: extraneous characters at the end of line~Try "help info kvm" for more information'
      info  kvm      | 'kvm support: disabled'
      info mtree -z  | 'mtree: unsupported option -z~Try "help info mtree" for more information'
      p              | 'unexpected end of expression~Try "help p" for more information'
      p/z 1          | 'invalid char in format: ''z''~Try "help p" for more information'
      cpu -1         | '''cpu'' has failed: integer is for 32-bit values~Try "help cpu" for more information'
      device_del "a  | 'unterminated string~device_del: string expected~Try "help device_del" for more information'
      help cont      | 'cont|c  -- resume emulation'
      help info name | info name  -- show the current VM name
      """)
  void aLineGivesItsText(String line, String text) {
    assertEquals((text + "~").replace("~", "\r\n"), run(line));
  }

  @Test
  void anEmptyLineGivesNothing() {
    assertEquals("", run("  "));
  }

  @Test
  void helpListsEveryCommand() {
    String help = run("help");
    assertTrue(help.contains("\r\nsystem_powerdown  -- send system power down event\r\n"), help);
    assertTrue(help.contains("\r\ninfo [subcommand] -- "), help);
  }

  private String run(String line) {
    return monitor.run(line).toCompletableFuture().join();
  }
}
