package thespis.qmp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import thespis.qmp.wire.WireNames;

/// A command as clients see it: its name, when it may be given, and how its arguments are read.
public final class CommandSpec {
  private final Class<?> type;
  private final String name;
  private final boolean preconfig;
  private final boolean outOfBand;

  CommandSpec(Class<?> type) {
    this.type = type;
    String hyphened = WireNames.of(type);
    name = Underscored.class.isAssignableFrom(type) ? hyphened.replace('-', '_') : hyphened;
    preconfig = Preconfig.class.isAssignableFrom(type);
    outOfBand = OutOfBand.class.isAssignableFrom(type);
  }

  public String name() {
    return name;
  }

  /// It may be given before the machine is made.
  public boolean preconfig() {
    return preconfig;
  }

  /// It may be given by `exec-oob`.
  public boolean outOfBand() {
    return outOfBand;
  }

  /// QEMU does not have it.
  boolean extension() {
    return Extension.class.isAssignableFrom(type);
  }

  /// What the command returns: the type argument its record gives to its area.
  public Type returns() {
    return ((ParameterizedType) type.getGenericInterfaces()[0]).getActualTypeArguments()[0];
  }

  Class<?> type() {
    return type;
  }

  /// What clients can learn of it beyond its types.
  List<String> features() {
    Features features = type.getAnnotation(Features.class);
    return features == null ? List.of() : List.of(features.value());
  }

  /// @param arguments an object
  public QmpCommand<?> decode(JsonNode arguments) throws ArgumentException {
    return (QmpCommand<?>) ArgumentDecoder.decode(RecordSpec.of(type), arguments);
  }
}
