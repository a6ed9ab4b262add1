package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.FeatureWord;
import thespis.machine.board.Topology;

/// QEMU's limits stand unless the user says otherwise.
class CpuLimitTest {
  private static final int EXTENDED_DESTINATIONS = 1 << 15;

  @ParameterizedTest(name = "{0} {1} -smp {2}")
  @CsvSource(delimiter = '|', textBlock = """
      q35 |      | 1,maxcpus=289            | Invalid SMP CPUs 289. The max CPUs supported by machine 'pc-q35-7.2' is 288
      pc  |      | 1,maxcpus=256            | Invalid SMP CPUs 256. The max CPUs supported by machine 'pc-i440fx-7.2' is 255
      q35 |      | 1,maxcpus=288            | current -smp configuration requires kernel irqchip and X2APIC API support.
      q35 |      | 1,maxcpus=129,sockets=1,dies=1,cores=43,threads=3 | machine with APIC IDs up to 170
      q35 |      | 1,maxcpus=195,sockets=5 | current -smp configuration requires kernel irqchip and X2APIC API support.
      q35 | 1024 | 1,maxcpus=1024           | extended machine with APIC IDs up to 1023
      pc  | 300  | 1,maxcpus=300            | extended machine with APIC IDs up to 299
      q35 | 300  | 1,maxcpus=301            | Invalid SMP CPUs 301. The max CPUs supported by machine 'pc-q35-7.2' is 300
      q35 | 1024 | 4                        | machine with APIC IDs up to 3
      q35 | 255  | 1,maxcpus=195,sockets=5,cores=39 | extended machine with APIC IDs up to 294
      q35 | 1025 | 4                        | x-thespis-max-cpus should be between 1 and 1024
      q35 | 0    | 4                        | x-thespis-max-cpus should be between 1 and 1024
      q35 | -1   | 4                        | x-thespis-max-cpus should be between 1 and 1024
      q35 | many | 4                        | x-thespis-max-cpus should be between 1 and 1024
      """)
  void aLimitIsRaisedByNameOnly(String board, String limit, String smp, String outcome) {
    MachineBuilder builder = Machine.builder().board(board).smp(smp);
    if (limit != null) {
      builder.boardOption(CpuLimit.OPTION, limit);
    }
    MachineConfig config = builder.config();
    if (outcome.contains("machine with APIC IDs")) {
      Topology topology = CpuLimit.topology(config, MachineType.find(board), warning -> {});
      boolean extended = CpuLimit.accelerator(config, topology).supported().get(FeatureWord.KVM) == EXTENDED_DESTINATIONS;
      assertEquals(
          outcome, (extended ? "extended " : "") + "machine with APIC IDs up to " + (topology.apicIdLimit() - 1));
    } else {
      assertEquals(outcome, assertThrows(ConfigException.class, () -> made(config, board)).getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({"on, true", "off, false", ", false"})
  void whatTcgLacksTakesAWordOfItsOwn(String said, boolean offered) {
    MachineBuilder builder = Machine.builder().board("pc").smp("4");
    if (said != null) {
      builder.boardOption(CpuLimit.FEATURES, said);
    }
    assertEquals(offered, made(builder.config(), "pc").onRequest().has("x2apic"));
  }

  private static Accelerator made(MachineConfig config, String board) {
    return CpuLimit.accelerator(config, CpuLimit.topology(config, MachineType.find(board), warning -> {}));
  }
}
