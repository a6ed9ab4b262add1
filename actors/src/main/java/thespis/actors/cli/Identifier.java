package thespis.actors.cli;

/// The `id` of a device or a character device.
final class Identifier {
  private Identifier() {}

  static String check(String id) {
    if (!id.matches("[a-zA-Z][a-zA-Z0-9\\-._]*")) {
      throw new OptionException("Parameter 'id' expects an identifier\n"
          + "Identifiers consist of letters, digits, '-', '.', '_', starting with a letter.");
    }
    return id;
  }
}
