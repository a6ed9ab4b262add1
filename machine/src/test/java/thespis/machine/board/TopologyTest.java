package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.ConfigException;

/// `-smp` as QEMU 7.2 takes it; results and texts are those of the real program.
class TopologyTest {
  private static final SmpRules PC61 = new SmpRules("pc-i440fx-6.1", 1, 255, true, true);
  private static final SmpRules Q35 = new SmpRules("pc-q35-7.2", 1, 288, false, true);
  private static final SmpRules ISAPC = new SmpRules("isapc", 1, 1, false, true);
  private static final SmpRules MICROVM = new SmpRules("microvm", 1, 288, false, false);

  @ParameterizedTest(name = "{0} -smp {1}")
  @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      # machine | -smp                             | cpus/max sockets:dies:cores:threads
      pc        | ''                               | 1/1 1:1:1:1
      pc        | 1,maxcpus=4                      | 1/4 1:1:4:1
      pc61      | 1,maxcpus=4                      | 1/4 4:1:1:1
      pc61      | 4,sockets=2                      | 4/4 2:1:2:1
      pc        | 4,cores=1                        | 4/4 4:1:1:1
      pc        | 4,sockets=1,cores=1              | 4/4 1:1:1:4
      pc        | 3,sockets=2,cores=2,threads=2,maxcpus=8 | 3/8 2:1:2:2
      pc        | sockets=2,dies=2,cores=3         | 12/12 2:2:3:1
      pc        | maxcpus=6                        | 6/6 1:1:6:1
      pc        | 2,dies=2                         | 2/2 1:2:1:1
      pc        | 4,clusters=1                     | 4/4 1:1:4:1
      pc        | cpus=2,cores=2,maxcpus=4,threads=2 | 2/4 1:1:2:2
      pc        | 1,maxcpus=255                    | 1/255 1:1:255:1
      pc        | 0x4,cores=4                      | 4/4 1:1:4:1
      pc        | 4294967297,maxcpus=1             | 1/1 1:1:1:1
      q35       | 1,maxcpus=288                    | 1/288 1:1:288:1
      """)
  void missingValuesAreComputed(String machine, String option, String expected) {
    assertEquals(expected, text(Topology.resolve(SmpRequest.parse(option), rules(machine), this::noWarning)));
  }

  @ParameterizedTest(name = "-smp {0}")
  @CsvSource(delimiter = '|', textBlock = """
      0           | 1/1 1:1:1:1
      1,maxcpus=0 | 1/1 1:1:1:1
      2,cores=0   | 2/2 1:1:2:1
      2,threads=0 | 2/2 1:1:2:1
      2,dies=0,maxcpus=0 | 2/2 1:1:2:1
      """)
  void zeroWarnsAndCountsAsNotGiven(String option, String expected) {
    List<String> warnings = new ArrayList<>();
    assertEquals(expected, text(Topology.resolve(SmpRequest.parse(option), SmpRules.PC, warnings::add)));
    assertEquals(
        List.of("Deprecated CPU topology (considered invalid): CPU topology parameters must be greater than zero"),
        warnings);
  }

  @ParameterizedTest(name = "{0} -smp {1}")
  @CsvFileSource(resources = "smp-refused.txt", delimiter = '|')
  void impossibleTopologiesAreRefusedInQemusWords(String machine, String option, String message) {
    ConfigException e = assertThrows(ConfigException.class,
        () -> Topology.resolve(SmpRequest.parse(option), rules(machine), this::noWarning));
    assertEquals(message, e.getMessage());
  }

  @Test
  void unevenCoresLeaveGapsInTheApicIds() {
    Topology topology = Topology.resolve(SmpRequest.parse("6,sockets=2,cores=3"), SmpRules.PC, this::noWarning);
    assertEquals(List.of(0, 1, 2, 4, 5, 6), CpuSlots.of(topology).all().stream().map(CpuSlot::apicId).toList());
    assertEquals(7, topology.apicIdLimit());
  }

  @Test
  void x2ApicIsNeededFromApicId255On() {
    assertFalse(new Topology(1, 255, 1, 1, 255, 1).needsX2Apic());
    assertTrue(new Topology(1, 256, 1, 1, 256, 1).needsX2Apic());
    assertTrue(new Topology(1, 165, 33, 1, 5, 1).needsX2Apic(), "gaps count: 33 packages of 8 IDs");
  }

  private static SmpRules rules(String machine) {
    return switch (machine) {
      case "pc" -> SmpRules.PC;
      case "pc61" -> PC61;
      case "q35" -> Q35;
      case "isapc" -> ISAPC;
      case "microvm" -> MICROVM;
      case "none" -> SmpRules.NONE;
      default -> throw new IllegalArgumentException(machine);
    };
  }

  private static String text(Topology t) {
    return t.cpus() + "/" + t.maxCpus() + " " + t.sockets() + ":" + t.dies() + ":" + t.cores() + ":" + t.threads();
  }

  private void noWarning(String warning) {
    throw new AssertionError(warning);
  }
}
