package thespis.actors.migrate;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import thespis.cpu.mmu.HostCall;

/// The commands of `exec:` addresses. What they say goes where the emulator's own messages go.
final class Shell {
  private static final Optional<HostCall> STOP = HostCall.find("kill");
  private static final int SIGSTOP = 19;

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

  /// Whoever reads or writes its pipe then comes to an end: nobody holds the other one. The stream is theirs to close, as
  /// closing it, which is what `Process.destroy` does, would wait for them.
  static void kill(Process process) {
    if (!process.isAlive()) {
      return; // its number may be another's by now
    }
    // Stopped, it starts no more that would not be seen here.
    STOP.ifPresent(kill -> kill.call(process.pid(), SIGSTOP, 0));
    List<ProcessHandle> all = process.descendants().toList();
    process.toHandle().destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
