package thespis.machine.qom;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import thespis.cpu.prop.Property;

/// What the object model tells of a region of a machine's memory or ports: how large it is, and where it is in the region
/// around it. QEMU's documentation "The memory API".
public final class MemoryRegion {
  /// As a size: all of 64 bits.
  public static final long EVERYTHING = -1;

  /// The tree's name of the type.
  static final String TYPE = "memory-region";

  private final long size;
  private LongSupplier address = () -> 0;
  private QomObject container;
  private int priority;

  private MemoryRegion(long size) {
    this.size = size;
  }

  static Map<String, Property<QomObject>> properties() {
    return ObjectTypes.table(List.of(
        Property.readOnly("addr", "uint64", o -> unsigned(of(o).address.getAsLong())),
        Property.readOnly("container", "link<memory-region>",
            o -> of(o).container == null ? "" : of(o).container.path()),
        Property.readOnly("priority", "uint32", o -> (long) of(o).priority),
        Property.readOnly("size", "uint64", o -> unsigned(of(o).size))));
  }

  private static MemoryRegion of(QomObject object) {
    return object.state(MemoryRegion.class);
  }

  static Object unsigned(long bits) {
    return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
  }

  /// Puts one below its owner.
  ///
  /// @param name `NAME[*]` takes the next free number
  public static QomObject add(QomObject owner, String name, long size) {
    return owner.add(name, new QomObject(ObjectTypes.find(TYPE), new MemoryRegion(size)));
  }

  /// Puts a region into another one.
  public static void map(QomObject region, QomObject container, long address) {
    map(region, container, () -> address, 0);
  }

  /// The same, at an address that may change.
  public static void map(QomObject region, QomObject container, LongSupplier address, int priority) {
    MemoryRegion it = of(region);
    it.container = container;
    it.address = address;
    it.priority = priority;
  }
}
