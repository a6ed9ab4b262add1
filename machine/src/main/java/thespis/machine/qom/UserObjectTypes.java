package thespis.machine.qom;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;
import thespis.cpu.prop.Property;

/// The property tables of the objects that users make with `-object` and `object-add`. Values are kept in the object's
/// {@link MachineSettings}. QEMU QMP reference "User-creatable objects".
final class UserObjectTypes {
  private static final String NO_OTHER_VALUE = "cannot change property value";

  /// So many nodes a host may have.
  private static final int NODES = 128;

  private UserObjectTypes() {}

  static Map<String, Property<QomObject>> ofMemoryBackends() {
    return ObjectTypes.table(List.of(
        flag("merge", true).described("Mark memory as mergeable"),
        flag("dump", true).described("Set to 'off' to exclude from core dump"),
        row("prealloc", "bool", false, UserObjectTypes::preallocate).described("Preallocate memory"),
        number("prealloc-threads", 1, UserObjectTypes::positive).described("Number of CPU threads to use for prealloc"),
        fixed("prealloc-context", "link<thread-context>", "")
            .described("Context to use for creating CPU threads for preallocation"),
        once("cannot change property size of %s ", number("size", 0, UserObjectTypes::positive))
            .described("Size of the memory region (ex: 500M)"),
        numbers("host-nodes").described("Binds memory to the list of NUMA host nodes"),
        word("policy", "HostMemPolicy", "default", List.of("default", "preferred", "bind", "interleave"))
            .described("Set the NUMA policy"),
        once(NO_OTHER_VALUE, flag("share", false)).described("Mark the memory as private to QEMU or shared"),
        once(NO_OTHER_VALUE, flag("reserve", true)).described("Reserve swap space (or huge pages) if applicable"),
        flag("x-use-canonical-path-for-ramblock-id", false)));
  }

  static Map<String, Property<QomObject>> ofMemoryFiles() {
    return ObjectTypes.table(List.of(
        flag("discard-data", false),
        once("cannot change property 'mem-path' of %s", text("mem-path", "")),
        once("cannot change property 'align' of %s", number("align", 0, v -> v)),
        once("cannot change property 'pmem' of %s.", flag("pmem", false)),
        once("cannot change property 'readonly' of %s.", flag("readonly", false))));
  }

  /// Memory without a name is shared unless it is told not to be.
  static Map<String, Property<QomObject>> ofMemoryFds() {
    return ObjectTypes.table(List.of(
        flag("hugetlb", false).described("Use huge pages"),
        once(NO_OTHER_VALUE, number("hugetlbsize", 0, v -> v)).described("Huge pages size (ex: 2M, 1G)"),
        flag("seal", true).described("Seal growing & shrinking"),
        once(NO_OTHER_VALUE, flag("share", true)).described("Mark the memory as private to QEMU or shared")));
  }

  static Map<String, Property<QomObject>> ofEventLoops() {
    return ObjectTypes.table(List.of(
        count("aio-max-batch", 0), count("thread-pool-min", 0), count("thread-pool-max", 64)));
  }

  static void checkEventLoop(QomObject loop) {
    long least = (Long) loop.get("thread-pool-min");
    long most = (Long) loop.get("thread-pool-max");
    if (most < 1 || least > most || most > Integer.MAX_VALUE) {
      throw new ConfigException("bad thread-pool-min/thread-pool-max values");
    }
  }

  static Map<String, Property<QomObject>> ofIoThreads() {
    return ObjectTypes.table(List.of(count("poll-max-ns", 32768), count("poll-grow", 0), count("poll-shrink", 0)));
  }

  static Map<String, Property<QomObject>> ofRngBackends() {
    return ObjectTypes.table(List.of(fixed("opened", "bool", true)));
  }

  static Map<String, Property<QomObject>> ofRngFiles() {
    return ObjectTypes.table(List.of(
        once("Property 'filename' can no longer be set", text("filename", "/dev/urandom"))));
  }

  static Map<String, Property<QomObject>> ofEverySecret() {
    return ObjectTypes.table(List.of(
        fixed("loaded", "bool", true),
        word("format", "QCryptoSecretFormat", "raw", List.of("raw", "base64")),
        text("keyid", ""),
        text("iv", "")));
  }

  static Map<String, Property<QomObject>> ofSecrets() {
    return ObjectTypes.table(List.of(text("data", ""), text("file", "")));
  }

  static MachineSettings settings(QomObject object) {
    return object.state(MachineSettings.class);
  }

  private static Long positive(Long value) {
    return value == 0 ? null : value;
  }

  private static Property<QomObject> text(String name, String initial) {
    return row(name, "string", initial, (o, n, in) -> settings(o).put(name, in.string(n)));
  }

  private static Property<QomObject> flag(String name, boolean initial) {
    return row(name, "bool", initial, (o, n, in) -> settings(o).put(name, in.bool(n)));
  }

  private static Property<QomObject> word(String name, String type, String initial, List<String> words) {
    return row(name, type, initial, Property.oneOf(words, (o, value) -> settings(o).put(name, value)));
  }

  /// @param accept null for a number that is not allowed
  private static Property<QomObject> number(String name, long initial, UnaryOperator<Long> accept) {
    return row(name, "int", initial, (o, n, in) -> {
      Long value = in.uint64(n);
      if (accept.apply(value) == null) {
        throw new ConfigException("property '" + n + "' of " + o.type() + " doesn't take value '" + value + "'");
      }
      settings(o).put(name, value);
    });
  }

  /// A number from 0 on that may be changed at any time.
  private static Property<QomObject> count(String name, long initial) {
    return row(name, "int", initial, (o, n, in) -> {
      long value = in.int64(n);
      if (value < 0) {
        throw new ConfigException(n + " value must be in range [0, " + Long.MAX_VALUE + "]");
      }
      settings(o).put(name, value);
      if (o.isRealized()) {
        checkEventLoop(o);
      }
    });
  }

  private static Property<QomObject> numbers(String name) {
    return row(name, "int", List.of(), (o, n, in) -> {
      if (!(in instanceof Input.Json(List<?> list))) {
        throw new ConfigException("Invalid parameter type for '" + n + "', expected: array");
      }
      for (Object node : list) {
        if (node instanceof Long number && (number < 0 || number >= NODES)) {
          throw new ConfigException("Invalid " + n + " value: " + number);
        }
      }
      settings(o).put(name, list);
    });
  }

  private static Property<QomObject> fixed(String name, String type, Object initial) {
    return Property.readOnly(name, type, o -> settings(o).get(name, initial));
  }

  /// Memory that was taken stays taken.
  private static void preallocate(QomObject memory, String name, Input value) {
    boolean wanted = value.bool(name);
    if (wanted || !memory.isRealized()) {
      settings(memory).put(name, wanted);
    }
  }

  /// What stays as it is once the object is made.
  ///
  /// @param refusal with the place of the type's name
  private static Property<QomObject> once(String refusal, Property<QomObject> setting) {
    return Property.<QomObject>of(setting.name(), setting.type(), setting.reader(), (o, n, in) -> {
      if (o.isRealized()) {
        throw new ConfigException(String.format(refusal, o.type()));
      }
      setting.writer().write(o, n, in);
    }).always();
  }

  /// Most can be changed at any time.
  private static Property<QomObject> row(
      String name, String type, Object initial, Property.Writer<QomObject> writer) {
    return Property.<QomObject>of(name, type, o -> settings(o).get(name, initial), writer).always();
  }
}
