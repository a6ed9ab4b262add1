package thespis.actors.hmp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.MigrationCommands.MigrateSetParameters;
import thespis.qmp.wire.WireNames;

/// `migrate_set_parameter`: one of QMP's parameters, as text.
final class MigrationParameter {
  private static final List<String> TEXTS = List.of("tls-creds", "tls-hostname", "tls-authz", "multifd-compression");
  private static final List<String> SWITCHES =
      List.of("compress-wait-thread", "cpu-throttle-tailslow", "block-incremental");

  /// With a unit; the first in MiB if there is none.
  private static final List<String> SIZES = List.of("max-bandwidth", "xbzrle-cache-size", "max-postcopy-bandwidth");

  private MigrationParameter() {}

  static CompletionStage<String> set(Session session, String name, String value) {
    if (Stream.of(MigrateSetParameters.class.getRecordComponents()).noneMatch(c -> WireNames.of(c).equals(name))) {
      return HmpCommand.text("Error: invalid parameter value: " + name + "\n");
    }
    if (name.equals("block-bitmap-mapping")) {
      return HmpCommand.text("Error: The block-bitmap-mapping parameter can only be set through QMP\n");
    }
    ObjectNode arguments = JsonNodeFactory.instance.objectNode();
    try {
      put(arguments, name, value);
      return Qmp.done(session, (BoardCommand<?>) CommandTable.find("migrate-set-parameters").decode(arguments));
    } catch (ArgumentException | HumanMonitor.BadLine e) {
      return HmpCommand.text("Error: " + e.getMessage() + "\n");
    }
  }

  private static void put(ObjectNode arguments, String name, String value) {
    if (TEXTS.contains(name)) {
      arguments.put(name, value);
    } else if (SWITCHES.contains(name)) {
      arguments.put(name, isOn(name, value));
    } else if (SIZES.contains(name)) {
      arguments.put(name, size(name, value));
    } else {
      arguments.put(name, number(name, value));
    }
  }

  private static boolean isOn(String name, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "on", "yes", "true", "y" -> true;
      case "off", "no", "false", "n" -> false;
      default -> throw new HumanMonitor.BadLine("Parameter '" + name + "' expects boolean");
    };
  }

  private static BigInteger number(String name, String value) {
    if (!value.matches("[0-9]+")) {
      throw new HumanMonitor.BadLine("Parameter '" + name + "' expects uint64");
    }
    return new BigInteger(value);
  }

  private static long size(String name, String value) {
    if (!value.matches("[0-9]+(\\.[0-9]+)?[bBkKmMgGtTpPeE]?")) {
      throw new HumanMonitor.BadLine(
          name.equals("max-bandwidth") ? "Invalid size " + value : "Parameter '" + name + "' expects size");
    }
    int unit = "BKMGTPE".indexOf(Character.toUpperCase(value.charAt(value.length() - 1)));
    double number = Double.parseDouble(unit < 0 ? value : value.substring(0, value.length() - 1));
    int plain = name.equals("max-bandwidth") ? 2 : 0;
    return (long) (number * (1L << 10 * (unit < 0 ? plain : unit)));
  }
}
