package thespis.actors.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.NumaOptions;
import thespis.qmp.command.ObjectOptions;

/// What stands behind `-object` and `-numa`: the arguments of `object-add` and `set-numa-node`, in another spelling.
public final class ObjectText {
  private ObjectText() {}

  /// @throws OptionException with QEMU's text, not yet with the option it belongs to
  public static ObjectOptions object(String text) {
    try {
      return text.startsWith("{")
          ? ObjectOptions.of(JsonArgument.read(text))
          : ObjectOptions.of(values(Item.flags(text, "qom-type")));
    } catch (ArgumentException e) {
      throw new OptionException(e.getMessage());
    }
  }

  /// Memory without a unit counts in mebibytes here.
  ///
  /// @throws OptionException with QEMU's text, not yet with the option it belongs to
  static NumaOptions numa(String text) {
    Map<String, List<String>> values = values(Item.flags(text, "type"));
    if (values.containsKey("mem") && values.containsKey("memdev")) {
      throw new OptionException("numa configuration should use either mem= or memdev=,mixing both is not allowed");
    }
    values.computeIfPresent("mem", (key, sizes) ->
        sizes.stream().map(size -> size.matches("[0-9]+") ? size + "M" : size).toList());
    try {
      return NumaOptions.of(values);
    } catch (ArgumentException e) {
      throw new OptionException(e.getMessage());
    }
  }

  private static Map<String, List<String>> values(List<Item> items) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    items.forEach(item -> values.computeIfAbsent(item.key(), key -> new ArrayList<>()).add(item.value()));
    return values;
  }
}
