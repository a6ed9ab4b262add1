package thespis.actors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.cli.Options.Accelerator;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.run.Execution;

class AcceleratorsTest {
  private final List<String> said = new ArrayList<>();

  private Accelerators.Choice pick(Accelerator... wanted) {
    return Accelerators.pick(List.of(wanted), false, said::add);
  }

  private static Accelerator tcg(String name, String value) {
    return new Accelerator("-accel tcg," + name + "=" + value, "tcg", Map.of(name, value));
  }

  @Test
  void theEngineIsTheUsersChoiceOrNobodys() {
    assertEquals(Optional.of(Execution.INTERPRETED), pick(tcg("engine", "interpreter")).execution());
    assertEquals(Optional.empty(), pick(tcg("thread", "multi")).execution());
    assertEquals(Optional.empty(), pick().execution());
  }

  @Test
  void translationsAreKeptUnlessTheUserSaysOtherwise() {
    assertTrue(pick().cache());
    assertFalse(pick(tcg("cache", "off")).cache());
    assertEquals(Optional.empty(), pick().folder());
    assertEquals(Optional.of(Path.of("/there")), pick(tcg("cache-folder", "/there")).folder());
  }

  @Test
  void verifyingNeedsTranslatedCode() {
    assumeTrue(NativeEngine.possible());
    assertEquals(Optional.of(Execution.VERIFIED), pick(tcg("verify", "on")).execution());
    assertEquals(Optional.empty(), pick(tcg("verify", "off")).execution());
    Accelerator both =
        new Accelerator("-accel tcg,...", "tcg", Map.of("verify", "on", "engine", "interpreter"));
    StartException e = assertThrows(StartException.class, () -> pick(both));
    assertEquals(List.of("-accel tcg,...: verify=on compares translated code: it needs engine=native"), e.reports());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "foo     | 1      | Property 'tcg-accel.foo' not found",
    "type    | 1      | Property 'tcg-accel.type' is not writable",
    "thread  | on     | Invalid 'thread' setting on",
    "engine  | magic  | Invalid 'engine' setting magic",
    "tb-size | abc    | Parameter 'tb-size' expects uint64",
    "verify  | maybe  | Parameter 'verify' expects 'on' or 'off'",
    "split-wx | maybe | Parameter 'split-wx' expects 'on' or 'off'",
    "cache   | maybe  | Parameter 'cache' expects 'on' or 'off'",
    "cache-folder | '' | Parameter 'cache-folder' expects a folder",
  })
  void aPropertyThatDoesNotFitIsRefusedInQemusWords(String name, String value, String words) {
    StartException e = assertThrows(StartException.class, () -> pick(tcg(name, value)));
    assertEquals(List.of("-accel tcg," + name + "=" + value + ": " + words), e.reports());
  }

  @Test
  void whatIsNotThereFallsBackToWhatIs() {
    pick(new Accelerator("-accel nosuch", "nosuch", Map.of()), new Accelerator("", "tcg", Map.of()));
    assertEquals(List.of("-accel nosuch: invalid accelerator nosuch", "falling back to tcg"), said);
  }
}
