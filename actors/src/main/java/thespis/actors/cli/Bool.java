package thespis.actors.cli;

/// A switch in an option's argument.
final class Bool {
  private Bool() {}

  static boolean parse(String key, String value) {
    return switch (value) {
      case "on", "yes", "true", "y" -> true;
      case "off", "no", "false", "n" -> false;
      default -> throw new OptionException("Parameter '" + key + "' expects 'on' or 'off'");
    };
  }
}
