package thespis.actors.migrate;

/// Ends what is given up: nobody needs to hear how.
final class Quietly {
  private Quietly() {}

  static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // It is given up.
    }
  }
}
