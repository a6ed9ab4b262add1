package thespis.actors;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import thespis.cpu.model.ConfigException;
import thespis.hotplug.ErrorClass;
import thespis.hotplug.Failure;
import thespis.machine.board.CpuIntrospection;
import thespis.machine.board.MachineObjects;
import thespis.machine.board.MachineVersions;
import thespis.machine.qom.DeviceNotFoundException;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;
import thespis.machine.qom.UserObjects;
import thespis.qmp.QmpReply;
import thespis.qmp.command.CpuModelCommands;
import thespis.qmp.command.CpuModelCommands.CpuDefinitionInfo;
import thespis.qmp.command.CpuModelCommands.CpuModelExpansionInfo;
import thespis.qmp.command.CpuModelCommands.CpuModelExpansionType;
import thespis.qmp.command.CpuModelCommands.ExpandedModel;
import thespis.qmp.command.MachineCommands.IoThreadInfo;
import thespis.qmp.command.MemoryCommands.HostMemPolicy;
import thespis.qmp.command.MemoryCommands.Memdev;
import thespis.qmp.command.ObjectCommands;
import thespis.qmp.command.ObjectCommands.ObjectPropertyInfo;
import thespis.qmp.command.ObjectCommands.ObjectTypeInfo;
import thespis.qmp.command.QmpCommand;

/// The object model's commands, answered from a machine's tree, from the types and from the CPU models.
final class ObjectQueries {
  private final ObjectTree tree;
  private final UserObjects userObjects;
  private final Optional<CpuIntrospection> models;

  ObjectQueries(Hardware hardware) {
    tree = hardware.objects();
    userObjects = hardware.userObjects();
    String machine = tree.find("/machine").type().name().replaceFirst("-machine$", "");
    boolean aliases = MachineVersions.find(machine).map(MachineVersions::modelsAreAliases).orElse(true);
    models = Optional.of(new CpuIntrospection(hardware.cpus(), aliases));
  }

  /// Before there is a machine.
  ObjectQueries(MachineObjects objects) {
    tree = objects.tree();
    userObjects = objects.userObjects();
    models = Optional.empty();
  }

  QmpReply answer(ObjectCommands<?> command) {
    return guarded(() -> switch (command) {
      case ObjectCommands.QomList(String path) -> properties(tree.list(path));
      case ObjectCommands.QomGet(String path, String property) -> tree.get(path, property);
      case ObjectCommands.QomSet(String path, String property, JsonNode value) -> {
        tree.set(path, property, plain(value));
        yield QmpCommand.Nothing.NOTHING;
      }
      case ObjectCommands.QomListTypes(var implementing, var withAbstract) ->
        ObjectTypes.list(implementing.orElse(null), withAbstract.orElse(false)).stream()
            .map(ObjectQueries::type)
            .toList();
      case ObjectCommands.QomListProperties(String type) -> properties(ObjectTypes.properties(type));
      case ObjectCommands.ObjectAdd(var options) -> {
        userObjects.add(options.type(), options.id(), options.properties());
        yield QmpCommand.Nothing.NOTHING;
      }
      case ObjectCommands.ObjectDel(String id) -> {
        userObjects.remove(id);
        yield QmpCommand.Nothing.NOTHING;
      }
      case ObjectCommands.DeviceListProperties(String type) -> properties(ObjectTypes.deviceProperties(type));
    });
  }

  /// `query-memdev`.
  List<Memdev> memoryBackends() {
    return userObjects.walk().reversed().stream()
        .filter(object -> object.type().isA("memory-backend"))
        .map(ObjectQueries::memdev)
        .toList();
  }

  /// `query-iothreads`. QEMU differs: there is nothing for these threads to do yet, so they all are this process.
  List<IoThreadInfo> ioThreads() {
    return userObjects.walk().stream()
        .filter(object -> object.type().isA("iothread"))
        .map(object -> new IoThreadInfo(
            object.name(),
            ProcessHandle.current().pid(),
            (Long) object.get("poll-max-ns"),
            (Long) object.get("poll-grow"),
            (Long) object.get("poll-shrink"),
            (Long) object.get("aio-max-batch")))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static Memdev memdev(QomObject backend) {
    return new Memdev(
        Optional.of(backend.name()),
        (Long) backend.get("size"),
        (Boolean) backend.get("merge"),
        (Boolean) backend.get("dump"),
        (Boolean) backend.get("prealloc"),
        (Boolean) backend.get("share"),
        Optional.of((Boolean) backend.get("reserve")),
        (List<Long>) backend.get("host-nodes"),
        HostMemPolicy.valueOf(((String) backend.get("policy")).toUpperCase(Locale.ROOT)));
  }

  QmpReply answer(CpuModelCommands<?> command) {
    return guarded(() -> switch (command) {
      case CpuModelCommands.QueryCpuDefinitions() ->
        models.orElseThrow().definitions().stream().map(ObjectQueries::definition).toList();
      case CpuModelCommands.QueryCpuModelExpansion(var type, var model) ->
        expansion(models.orElseThrow().expansion(
            type == CpuModelExpansionType.STATIC, model.name(), model.props().map(ObjectQueries::members).orElse(Map.of())));
    });
  }

  private interface Query {
    Object run();
  }

  private static QmpReply guarded(Query query) {
    try {
      return new QmpReply.Ok(query.run());
    } catch (ConfigException e) {
      return QmpReply.fail(e.getMessage());
    } catch (DeviceNotFoundException e) {
      return QmpReply.of(new Failure(ErrorClass.DEVICE_NOT_FOUND, e.getMessage()));
    }
  }

  private static List<ObjectPropertyInfo> properties(List<Map<String, Object>> rows) {
    return rows.stream()
        .map(row -> new ObjectPropertyInfo(
            (String) row.get("name"),
            (String) row.get("type"),
            Optional.ofNullable((String) row.get("description")),
            Optional.ofNullable(row.get("default-value"))))
        .toList();
  }

  private static ObjectTypeInfo type(Map<String, Object> row) {
    return new ObjectTypeInfo(
        (String) row.get("name"),
        Optional.ofNullable((Boolean) row.get("abstract")),
        Optional.ofNullable((String) row.get("parent")));
  }

  @SuppressWarnings("unchecked")
  private static CpuDefinitionInfo definition(Map<String, Object> row) {
    return new CpuDefinitionInfo(
        (String) row.get("name"),
        Optional.of((Boolean) row.get("migration-safe")),
        (Boolean) row.get("static"),
        Optional.of((List<String>) row.get("unavailable-features")),
        (String) row.get("typename"),
        Optional.ofNullable((String) row.get("alias-of")),
        (Boolean) row.get("deprecated"));
  }

  private static CpuModelExpansionInfo expansion(Map<String, Object> result) {
    Map<?, ?> model = (Map<?, ?>) result.get("model");
    return new CpuModelExpansionInfo(
        new ExpandedModel((String) model.get("name"), Optional.of(model.get("props"))));
  }

  /// Empty for what is no object.
  private static Map<String, Object> members(JsonNode json) {
    Map<String, Object> members = new LinkedHashMap<>();
    json.properties().forEach(m -> members.put(m.getKey(), plain(m.getValue())));
    return members;
  }

  /// JSON as properties take it.
  private static Object plain(JsonNode json) {
    return switch (json.getNodeType()) {
      case STRING -> json.textValue();
      case BOOLEAN -> json.booleanValue();
      case NUMBER -> !json.isIntegralNumber() ? (Object) json.doubleValue()
          : json.canConvertToLong() ? (Object) json.longValue() : json.bigIntegerValue();
      case OBJECT -> members(json);
      case ARRAY -> {
        List<Object> elements = new ArrayList<>();
        json.forEach(e -> elements.add(plain(e)));
        yield elements;
      }
      default -> Optional.empty();
    };
  }
}
