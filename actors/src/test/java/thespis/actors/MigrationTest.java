package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.model.ConfigException;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.MigrationCommands.CapabilityStatus;
import thespis.qmp.command.MigrationCommands.MigrateSetParameters;
import thespis.qmp.command.MigrationCommands.MigrationCapability;
import thespis.qmp.wire.WireNames;

/// What QEMU 7.2 says to the same settings.
class MigrationTest {
  private final MigrationSettings settings = new MigrationSettings();
  private final MigrationCapabilities capabilities = new MigrationCapabilities();

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"compress-level": 10} | Parameter 'compress_level' expects a value between 0 and 9
      {"compress-threads": 0} | Parameter 'compress_threads' expects a value between 1 and 255
      {"throttle-trigger-threshold": 0} | Parameter 'throttle_trigger_threshold' expects an integer in the range of 1 to 100
      {"cpu-throttle-increment": 100} | Parameter 'cpu_throttle_increment' expects an integer in the range of 1 to 99
      {"downtime-limit": 2000001} | Parameter 'downtime_limit' expects an integer in the range of 0 to (2000 * 1000) ms
      {"xbzrle-cache-size": 1000} | Parameter 'xbzrle_cache_size' expects a power of two no less than the target page size
      {"max-cpu-throttle": 10} | Parameter 'max_cpu_throttle' expects an integer in the range of cpu_throttle_initial to 99
      {"announce-max": 100001} | Parameter 'announce_max' expects a value between 0 and 100000
      {"announce-step": 0} | Parameter 'announce_step' expects a value between 0 and 10000
      """)
  void aParameterHasItsLimits(String arguments, String text) {
    Object before = settings.now();
    assertEquals(text, assertThrows(ConfigException.class, () -> set(arguments)).getMessage());
    assertEquals(before, settings.now());
  }

  @Test
  void whatIsSetIsKeptAndTheRestStays() throws Exception {
    set("{\"max-bandwidth\": 5, \"tls-hostname\": \"h\", \"max-postcopy-bandwidth\": -1}");
    assertEquals(Optional.of(5L), settings.now().maxBandwidth());
    assertEquals(Optional.of("h"), settings.now().tlsHostname());
    assertEquals(Optional.of(20L), settings.now().cpuThrottleInitial());
    set("{\"tls-hostname\": null}");
    assertEquals(Optional.of(""), settings.now().tlsHostname());
  }

  @Test
  void capabilitiesThatExcludeEachOtherAreNotSet() {
    change(MigrationCapability.EVENTS);
    refused("Multifd is not compatible with compress", MigrationCapability.MULTIFD, MigrationCapability.COMPRESS);
    refused("Postcopy preempt requires postcopy-ram", MigrationCapability.POSTCOPY_PREEMPT);
    refused("Background-snapshot is not compatible with zero-copy-send",
        MigrationCapability.BACKGROUND_SNAPSHOT, MigrationCapability.ZERO_COPY_SEND);
    refused("Background-snapshot is not compatible with multifd",
        MigrationCapability.BACKGROUND_SNAPSHOT, MigrationCapability.XBZRLE, MigrationCapability.MULTIFD);
    assertTrue(capabilities.has(MigrationCapability.EVENTS));
    assertFalse(capabilities.has(MigrationCapability.MULTIFD));
    assertTrue(capabilities.all().contains(new CapabilityStatus(MigrationCapability.EVENTS, true)));
  }

  @ParameterizedTest
  @EnumSource(names = {"XBZRLE", "COMPRESS", "POSTCOPY_RAM", "X_COLO", "MULTIFD", "VALIDATE_UUID", "BACKGROUND_SNAPSHOT"})
  void whatIsNotToBeHadIsRefusedWhenItIsWanted(MigrationCapability missing) {
    change(missing);
    String text = assertThrows(ConfigException.class, capabilities::refuseMissing).getMessage();
    assertEquals("migration capability '" + WireNames.of(missing) + "' is not supported", text);
    capabilities.change(List.of(new CapabilityStatus(missing, false)));
    capabilities.refuseMissing();
  }

  @Test
  void whatOnlySaysHowHardToTryIsNotRefused() {
    change(MigrationCapability.AUTO_CONVERGE, MigrationCapability.ZERO_BLOCKS, MigrationCapability.RELEASE_RAM,
        MigrationCapability.EVENTS, MigrationCapability.RETURN_PATH);
    capabilities.refuseMissing();
  }

  private void set(String arguments) throws Exception {
    settings.set((MigrateSetParameters) CommandTable.find("migrate-set-parameters")
        .decode(new ObjectMapper().readTree(arguments)));
  }

  private void refused(String text, MigrationCapability... on) {
    assertEquals(text, assertThrows(ConfigException.class, () -> change(on)).getMessage());
  }

  private void change(MigrationCapability... on) {
    capabilities.change(List.of(on).stream().map(c -> new CapabilityStatus(c, true)).toList());
  }
}
