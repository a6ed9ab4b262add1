package thespis.machine.acpi;

import java.util.List;

/// How RAM is divided among nodes.
///
/// @param ram bytes of each node, in the order in which they appear; empty on a machine without nodes
/// @param distances from each node to each, 10 being a node's own RAM; empty if nothing was said
public record Numa(List<Long> ram, List<List<Integer>> distances) {
  public static final Numa NONE = new Numa(List.of(), List.of());

  boolean present() {
    return !ram.isEmpty();
  }

  boolean hasDistances() {
    return !distances.isEmpty();
  }
}
