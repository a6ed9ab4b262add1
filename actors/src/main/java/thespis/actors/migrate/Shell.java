package thespis.actors.migrate;

import java.io.IOException;

/// The commands of `exec:` addresses. What they say goes where the emulator's own messages go.
final class Shell {
  private Shell() {}

  /// @param writes the stream goes to its standard input, and not the other way round
  static Process start(String command, boolean writes) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    if (writes) {
      builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
    } else {
      builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
    }
    return builder.start();
  }
}
