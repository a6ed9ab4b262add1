package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.qmp.QmpReply;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.MigrationCommands;
import thespis.qmp.command.MigrationCommands.CapabilityStatus;
import thespis.qmp.command.MigrationCommands.MigrationCapability;
import thespis.qmp.command.MigrationCommands.MigrationInfo;
import thespis.qmp.command.MigrationCommands.MigrationParameters;
import thespis.qmp.command.MigrationCommands.MigrationStatus;

/// What QEMU 7.2 says to the same commands.
class MigrationTest {
  private final Migration migration = new Migration();

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
  void aParameterHasItsLimits(String arguments, String text) throws Exception {
    MigrationParameters before = parameters();
    assertEquals(QmpReply.fail(text), set(arguments));
    assertEquals(before, parameters());
  }

  @Test
  void whatIsSetIsKeptAndTheRestStays() throws Exception {
    set("{\"max-bandwidth\": 5, \"tls-hostname\": \"h\", \"max-postcopy-bandwidth\": -1}");
    assertEquals(Optional.of(5L), parameters().maxBandwidth());
    assertEquals(Optional.of("h"), parameters().tlsHostname());
    assertEquals(Optional.of(20L), parameters().cpuThrottleInitial());
    set("{\"tls-hostname\": null}");
    assertEquals(Optional.of(""), parameters().tlsHostname());
  }

  @Test
  void capabilitiesThatExcludeEachOtherAreNotSet() {
    assertEquals(QmpReply.done(), capabilities(MigrationCapability.EVENTS));
    assertEquals(
        QmpReply.fail("Multifd is not compatible with compress"),
        capabilities(MigrationCapability.MULTIFD, MigrationCapability.COMPRESS));
    assertEquals(
        QmpReply.fail("Postcopy preempt requires postcopy-ram"), capabilities(MigrationCapability.POSTCOPY_PREEMPT));
    assertTrue(on(MigrationCapability.EVENTS));
    assertFalse(on(MigrationCapability.MULTIFD));
  }

  @Test
  void anAddressThatIsNoneFailsTheMigration() {
    assertEquals(new MigrationInfo(Optional.empty(), Optional.empty()), info());
    assertEquals(QmpReply.fail("Parameter 'uri' expects a valid migration protocol"), migrate("bogus"));
    assertEquals(new MigrationInfo(Optional.of(MigrationStatus.FAILED), Optional.empty()), info());
    String text = "File descriptor named 'nosuch' has not been found";
    assertEquals(QmpReply.fail(text), migrate("fd:nosuch"));
    assertEquals(new MigrationInfo(Optional.of(MigrationStatus.FAILED), Optional.of(text)), info());
    assertEquals(QmpReply.fail("error parsing address 'x'"), migrate("tcp:x"));
  }

  private QmpReply set(String arguments) throws Exception {
    return migration.answer((MigrationCommands<?>) CommandTable.find("migrate-set-parameters")
        .decode(new ObjectMapper().readTree(arguments)));
  }

  private QmpReply migrate(String uri) {
    return migration.answer(new MigrationCommands.Migrate(
        uri, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private QmpReply capabilities(MigrationCapability... on) {
    return migration.answer(new MigrationCommands.MigrateSetCapabilities(
        List.of(on).stream().map(c -> new CapabilityStatus(c, true)).toList()));
  }

  private boolean on(MigrationCapability capability) {
    List<?> all = (List<?>) value(migration.answer(new MigrationCommands.QueryMigrateCapabilities()));
    return all.contains(new CapabilityStatus(capability, true));
  }

  private MigrationInfo info() {
    return (MigrationInfo) value(migration.answer(new MigrationCommands.QueryMigrate()));
  }

  private MigrationParameters parameters() {
    return (MigrationParameters) value(migration.answer(new MigrationCommands.QueryMigrateParameters()));
  }

  private static Object value(QmpReply reply) {
    return assertInstanceOf(QmpReply.Ok.class, reply).value();
  }
}
