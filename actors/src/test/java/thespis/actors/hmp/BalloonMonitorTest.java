package thespis.actors.hmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import thespis.actors.Machine;
import thespis.cpu.run.EngineLog;

/// What the monitor says of a machine with virtio devices behind root ports. Texts are those of QEMU 7.2.
class BalloonMonitorTest {
  private static Machine machine;

  @BeforeAll
  static void start() {
    machine = Machine.builder().board("q35").memory(64 << 20).paused()
        .device("", Map.of("driver", "pcie-root-port", "id", "p1", "addr", "2.0", "chassis", "1"))
        .device("", Map.of("driver", "virtio-balloon-pci", "id", "b0", "bus", "p1"))
        .device("", Map.of("driver", "virtio-rng-pci", "id", "rng0", "addr", "3"))
        .start();
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  private static String run(String line) {
    HumanMonitor monitor = new HumanMonitor(new MonitorContext(
        machine, "", "0-0", List::of, null, "", new EngineLog(), file -> "", gdb -> ""));
    return monitor.run(line).toCompletableFuture().join().replace("\r\n", "\n");
  }

  @Test
  void theBalloonIsAskedAndAsks() {
    assertEquals("balloon: actual=64\n", run("info balloon"));
    assertEquals("", run("balloon 32"));
    assertEquals("balloon: actual=64\n", run("info balloon"), "the guest has done nothing yet");
    assertEquals("Error: Parameter 'target' expects a size\n", run("balloon 0"));
  }

  @Test
  void theDevicesAreListed() {
    assertEquals("""
        /machine/peripheral/rng0/virtio-backend [virtio-rng]
        /machine/peripheral/b0/virtio-backend [virtio-balloon]
        """, run("info virtio"));
  }

  @Test
  void whatIsBehindAPortFollowsIt() {
    List<String> lines = run("info pci").lines().toList();
    int at = lines.indexOf("  Bus  1, device   0, function 0:");
    assertEquals(List.of(
        "    Class 0255: PCI device 1af4:1045",
        "      PCI subsystem 1af4:1100",
        "      IRQ 11, pin A",
        "      BAR4: 64 bit prefetchable memory at 0xfe800000 [0xfe803fff].",
        "      id \"b0\"",
        "  Bus  0, device   3, function 0:"), lines.subList(at + 1, at + 7));
    String tree = run("info qtree");
    assertTrue(tree.contains("class Class 00ff, addr 01:00.0, pci id 1af4:1045 (sub 1af4:1100)\n"), tree);
    assertTrue(tree.contains("class Class 00ff, addr 00:03.0, pci id 1af4:1005 (sub 1af4:0004)\n"), tree);
  }

  @Test
  void theyNeitherComeNorGoWhileTheMachineRuns() {
    assertEquals("Error: Bus 'pcie.0' does not support hotplugging\n", run("device_add qemu-xhci"));
    assertEquals("Error: to add a device of this type is not supported yet\n", run("device_add qemu-xhci,bus=p1"));
    assertEquals("Error: to remove a device of this type is not supported yet\n", run("device_del b0"));
    assertEquals("Error: Bus 'pcie.0' does not support hotplugging\n", run("device_del rng0"));
  }

  @Test
  void statisticsAreSetByProperty() {
    assertEquals("", run("qom-set /machine/peripheral/b0 guest-stats-polling-interval 5"));
    assertEquals("5\n", run("qom-get /machine/peripheral/b0 guest-stats-polling-interval"));
    assertEquals("5\n", run("qom-get /machine/peripheral/b0/virtio-backend guest-stats-polling-interval"));
    assertEquals("Error: timer value must be greater than zero\n",
        run("qom-set /machine/peripheral/b0 guest-stats-polling-interval -1"));
    assertTrue(run("qom-get /machine/peripheral/b0 guest-stats").contains("\"stat-free-memory\": 18446744073709551615"));
  }
}
