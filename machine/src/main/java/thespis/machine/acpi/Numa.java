package thespis.machine.acpi;

import java.util.List;
import java.util.Optional;

/// How RAM is divided among nodes.
///
/// @param ram bytes of each node, in the order in which they appear; empty on a machine without nodes
/// @param distances from each node to each, 10 being a node's own RAM; empty if nothing was said
/// @param attributes how fast memory is reached, if the machine tells that
public record Numa(List<Long> ram, List<List<Integer>> distances, Optional<Hmat> attributes) {
  public static final Numa NONE = new Numa(List.of(), List.of());

  public Numa(List<Long> ram, List<List<Integer>> distances) {
    this(ram, distances, Optional.empty());
  }

  boolean present() {
    return !ram.isEmpty();
  }

  boolean hasDistances() {
    return !distances.isEmpty();
  }
}
