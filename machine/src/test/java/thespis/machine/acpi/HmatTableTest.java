package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import thespis.machine.board.NumaNodes;
import thespis.machine.board.Topology;

/// The table of QEMU 7.2 for the `-numa` options named at each, read by a guest, without its header.
class HmatTableTest {
  private static final int HEADER = 36;
  private static final long MIB = 1 << 20;

  private static String table(Consumer<NumaNodes> options) {
    NumaNodes nodes = new NumaNodes(new Topology(2, 2, 2, 1, 1, 1), true, true);
    options.accept(nodes);
    byte[] table = nodes.complete(2 * MIB, warning -> {}).attributes().orElseThrow().build();
    return HexFormat.of().formatHex(table, HEADER, table.length);
  }

  private static void node(NumaNodes nodes, long mib, List<Long> cpus, Long initiator) {
    nodes.node(Optional.empty(), cpus, mib == 0 ? Optional.empty() : Optional.of(mib * MIB), Optional.empty(),
        Optional.ofNullable(initiator));
  }

  /// `hmat-lb` latencies 5 and 10, bandwidths 200M and 100M from node 0 to 0 and 1, `hmat-cache` of 10K for both
  @Test
  void aSecondNodeThatIsSlower() {
    assertEquals("00000000"
        + "0000000028000000" + "01000000" + "00000000" + "00000000" + "0000000000000000000000000000000000000000"
        + "0000000028000000" + "01000000" + "00000000" + "01000000" + "0000000000000000000000000000000000000000"
        + "0100000030000000" + "00000000" + "01000000" + "02000000" + "00000000" + "e803000000000000"
        + "00000000" + "00000000" + "01000000" + "0500" + "0a00"
        + "0100000030000000" + "00030000" + "01000000" + "02000000" + "00000000" + "0400000000000000"
        + "00000000" + "00000000" + "01000000" + "3200" + "1900"
        + "0200000020000000" + "00000000" + "00000000" + "0028000000000000" + "11110800" + "00000000"
        + "0200000020000000" + "01000000" + "00000000" + "0028000000000000" + "11110800" + "00000000",
        table(nodes -> {
          node(nodes, 1, List.of(0L, 1L), null);
          node(nodes, 1, List.of(), 0L);
          nodes.latencyOrBandwidth(0, 0, 0, 0, Optional.of(5L), Optional.empty());
          nodes.latencyOrBandwidth(0, 1, 0, 0, Optional.of(10L), Optional.empty());
          nodes.latencyOrBandwidth(0, 0, 0, 3, Optional.empty(), Optional.of(200 * MIB));
          nodes.latencyOrBandwidth(0, 1, 0, 3, Optional.empty(), Optional.of(100 * MIB));
          nodes.sideCache(0, 1, 10 << 10, 1, 1, 8);
          nodes.sideCache(1, 1, 10 << 10, 1, 1, 8);
        }));
  }

  /// Two nodes, of which only the second has memory and processors, and latencies of 7 and 9
  @Test
  void aNodeThatNobodyIsNearestTo() {
    assertEquals("00000000"
        + "0000000028000000" + "00000000" + "80000000" + "00000000" + "0000000000000000000000000000000000000000"
        + "0000000028000000" + "01000000" + "01000000" + "01000000" + "0000000000000000000000000000000000000000"
        + "0100000030000000" + "00000000" + "01000000" + "02000000" + "00000000" + "e803000000000000"
        + "01000000" + "00000000" + "01000000" + "0700" + "0900",
        table(nodes -> {
          node(nodes, 0, List.of(), null);
          node(nodes, 2, List.of(0L, 1L), null);
          nodes.latencyOrBandwidth(1, 0, 0, 0, Optional.of(7L), Optional.empty());
          nodes.latencyOrBandwidth(1, 1, 0, 0, Optional.of(9L), Optional.empty());
        }));
  }
}
