package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.ConfigException;

/// Where a new processor may go; texts are those of QEMU 7.2 answering device_add.
class CpuSlotsTest {
  private static final CpuSlots FOUR_CORES = CpuSlots.of(new Topology(1, 4, 1, 1, 4, 1));
  private static final CpuSlots TWO_BY_THREE = CpuSlots.of(new Topology(1, 6, 2, 1, 3, 1));
  private static final CpuSlots TWO_DIES = CpuSlots.of(new Topology(1, 8, 1, 2, 2, 2));

  @Test
  void aDieNeedNotBeNamedWhereThereIsOne() {
    assertEquals(1, FOUR_CORES.place(CpuAddress.of(0, -1, 1, 0), i -> i == 0).index());
    assertEquals(1, FOUR_CORES.place(CpuAddress.of(0, -2, 1, 0), i -> i == 0).index());
  }

  @Test
  void anApicIdIsEnough() {
    assertEquals(new CpuSlot(3, 4, 1, 0, 0, 0, -1), TWO_BY_THREE.place(CpuAddress.ofApicId(4), i -> i == 0));
  }

  @Test
  void theSlotsNodeIsTheOnlyOneAllowed() {
    CpuSlots slots = CpuSlots.of(new Topology(2, 4, 1, 1, 4, 1), i -> i / 2);
    assertEquals(1, slots.place(new CpuAddress(0, 0, 2, 0, -1, -1), i -> i < 2).nodeId());
    assertEquals(1, slots.place(new CpuAddress(0, 0, 2, 0, 1, -1), i -> i < 2).nodeId());
    assertRefused("invalid node-id, must be 1", slots, new CpuAddress(0, 0, 2, 0, 0, -1));
    assertRefused("CPU[0] with APIC ID 0 exists", slots, new CpuAddress(0, 0, 0, 0, 7, -1));
    assertRefused("invalid node-id, must be 0", FOUR_CORES, new CpuAddress(0, 0, 3, 0, 1, -1));
    assertEquals(3, FOUR_CORES.place(new CpuAddress(0, 0, 3, 0, 0, -1), i -> i < 2).index());
  }

  @ParameterizedTest(name = "{0} socket {1} die {2} core {3} thread {4}")
  @CsvSource(delimiter = '|', textBlock = """
      4x1   | -1 | -1 | -1 | -1 | CPU socket-id is not set
      4x1   |  0 | -1 | -1 | -1 | CPU core-id is not set
      4x1   |  1 | -1 |  1 |  0 | Invalid CPU socket-id: 1 must be in range 0:0
      4x1   |  0 | -1 | -2 |  0 | CPU core-id is not set
      4x1   |  0 | -1 |  4 |  0 | Invalid CPU core-id: 4 must be in range 0:3
      4x1   |  0 | -1 |  1 | -1 | CPU thread-id is not set
      4x1   |  0 | -1 |  1 |  1 | Invalid CPU thread-id: 1 must be in range 0:0
      4x1   |  0 |  1 |  1 |  0 | Invalid CPU die-id: 1 must be in range 0:0
      4x1   |  0 |  0 |  0 |  0 | CPU[0] with APIC ID 0 exists
      2x2x2 |  0 | -1 |  0 |  0 | CPU die-id is not set
      """)
  void addressesOfNoFreeSlotAreRefused(String machine, int socket, int die, int core, int thread, String message) {
    assertRefused(message, machine.equals("4x1") ? FOUR_CORES : TWO_DIES, CpuAddress.of(socket, die, core, thread));
  }

  @ParameterizedTest(name = "apic-id {0} socket {1} die {2} core {3} thread {4}")
  @CsvFileSource(resources = "apic-id-refused.txt", delimiter = '|')
  void apicIdsOfNoFreeSlotAreRefused(int apicId, int socket, int die, int core, int thread, String message) {
    assertRefused(message, TWO_BY_THREE, new CpuAddress(socket, die, core, thread, CpuAddress.UNSET, apicId));
  }

  private static void assertRefused(String message, CpuSlots slots, CpuAddress asked) {
    assertEquals(message, assertThrows(ConfigException.class, () -> slots.place(asked, i -> i == 0)).getMessage());
  }
}
