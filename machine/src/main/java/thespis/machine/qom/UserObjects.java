package thespis.machine.qom;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;

/// The objects that users make: `/objects/ID`. They are complete or not there. The memory of a backend is the board's to
/// allocate; here are its description and its name.
public final class UserObjects {
  private final ObjectTree tree;
  private final QomObject container = new QomObject(ObjectTypes.find("container"), null);
  private final int processors;
  private final Map<QomObject, Set<String>> users = new HashMap<>();

  /// @param processors how many threads a backend may use to fill its memory, if nobody says otherwise
  public UserObjects(ObjectTree tree, int processors) {
    this.tree = tree;
    this.processors = processors;
  }

  /// The place for them is there once it is needed.
  private void attach() {
    if (tree.at("/objects") == null) {
      tree.find("/").add("objects", container);
    }
  }

  /// In the order in which they came.
  public Collection<QomObject> all() {
    return container.children();
  }

  /// In the order in which QEMU visits them.
  public List<QomObject> walk() {
    attach();
    return container.walk();
  }

  /// Null if there is none.
  public QomObject find(String id) {
    return container.child(id);
  }

  /// `object-add`.
  ///
  /// @param properties JSON values
  /// @throws ConfigException with QEMU's text; then nothing was made
  public QomObject add(String type, String id, Map<String, Object> properties) {
    if (!id.matches("[A-Za-z][-A-Za-z0-9._]*")) {
      throw new ConfigException("Parameter 'id' expects an identifier");
    }
    attach();
    QomObject object = new QomObject(ObjectTypes.find(type), new MachineSettings());
    if (object.type().isA("memory-backend")) {
      UserObjectTypes.settings(object).put("prealloc-threads", (long) processors);
    }
    properties.forEach((name, value) -> object.set(name, Input.ofJson(value)));
    container.add(id, object);
    try {
      complete(object, id);
    } catch (ConfigException e) {
      object.remove();
      throw e;
    }
    if (object.type().isA("memory-backend")) {
      MemoryRegion.add(object, id + "[0]", (Long) object.get("size"));
    }
    object.setId(id);
    object.setRealized(true);
    return object;
  }

  /// `object-del`.
  public void remove(String id) {
    attach();
    QomObject object = container.child(id);
    if (object == null) {
      throw new ConfigException("object '" + id + "' not found");
    }
    if (!users.getOrDefault(object, Set.of()).isEmpty()) {
      throw new ConfigException("object '" + id + "' is in use, can not be deleted");
    }
    object.remove();
  }

  /// What was said of an object's properties.
  public Map<String, Object> given(QomObject object) {
    return UserObjectTypes.settings(object).all();
  }

  /// Something needs it from now on.
  public void use(QomObject object, String user) {
    users.computeIfAbsent(object, o -> new HashSet<>()).add(user);
  }

  private void complete(QomObject object, String id) {
    switch (object.type().name()) {
      case "memory-backend-ram", "memory-backend-file", "memory-backend-memfd" -> completeMemory(object, id);
      case "iothread" -> UserObjectTypes.checkEventLoop(object);
      case "main-loop" -> completeMainLoop(object);
      case "rng-random" -> completeRng(object);
      case "secret" -> SecretValue.of(object, this::find);
      case "throttle-group" -> ThrottleLimits.check(object);
      default -> {}
    }
  }

  private static void completeMemory(QomObject memory, String id) {
    long size = (Long) memory.get("size");
    List<?> nodes = (List<?>) memory.get("host-nodes");
    String policy = (String) memory.get("policy");
    if ((Boolean) memory.get("prealloc") && !(Boolean) memory.get("reserve")) {
      throw new ConfigException("'prealloc=on' and 'reserve=off' are incompatible");
    }
    if (size < 0 || size > Runtime.getRuntime().maxMemory() << 10) {
      throw new ConfigException("cannot set up guest memory '" + id + "': Cannot allocate memory");
    }
    if (memory.type().isA("memory-backend-file")) {
      MemoryFile.prepare(memory);
    }
    if (memory.type().isA("memory-backend-memfd") && (Boolean) memory.get("hugetlb")) {
      throw new ConfigException("huge pages (hugetlb=on) are not supported yet");
    }
    if (nodes.isEmpty() && !policy.equals("default")) {
      throw new ConfigException("host-nodes must be set for policy " + policy);
    }
    if (!nodes.isEmpty() && policy.equals("default")) {
      throw new ConfigException("host-nodes must be empty for policy default,"
          + " or you should explicitly specify a policy other than default");
    }
  }

  /// The emulator runs on it from then on.
  private void completeMainLoop(QomObject loop) {
    UserObjectTypes.checkEventLoop(loop);
    if (all().stream().anyMatch(object -> object.type() == loop.type() && object != loop)) {
      throw new ConfigException("only one main-loop instance allowed");
    }
    use(loop, "the emulator");
  }

  private static void completeRng(QomObject rng) {
    Path file = Path.of((String) rng.get("filename"));
    if (!Files.isReadable(file)) {
      throw new ConfigException("Could not open '" + file + "': "
          + (Files.exists(file) ? "Permission denied" : "No such file or directory"));
    }
  }
}
