package thespis.machine.board;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// The order in which QEMU goes through named arguments, whatever order they were given in: that of its hash table. It
/// decides which of several wrong values is complained about. Its dictionaries have 512 buckets, and the hash that the
/// "Trivial Database" uses.
final class ArgumentOrder {
  private static final int BUCKETS = 512;

  private ArgumentOrder() {}

  static List<String> of(Collection<String> names) {
    return names.stream().sorted(Comparator.comparingInt(ArgumentOrder::bucket)).toList();
  }

  private static int bucket(String name) {
    int hash = 0x238F13AF * name.length();
    for (int i = 0; i < name.length(); i++) {
      hash += name.charAt(i) << i * 5 % 24;
    }
    return Integer.remainderUnsigned(1_103_515_243 * hash + 12_345, BUCKETS);
  }
}
