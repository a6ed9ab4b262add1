package thespis.tests;

import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Assumptions;
import thespis.actors.demo.DemoException;
import thespis.actors.demo.LinuxGuest;
import thespis.actors.process.UserCache;

/// The Linux that the demo boots.
public final class UnmodifiedLinux {
  private UnmodifiedLinux() {}

  /// Its files. The test is skipped where they cannot be fetched.
  public static LinuxGuest fetched() {
    LinuxGuest guest = new LinuxGuest(UserCache.folder(), new PrintStream(OutputStream.nullOutputStream()), false);
    try {
      guest.fetch();
    } catch (DemoException e) {
      Assumptions.abort("no Linux to boot: " + e.getMessage());
    }
    return guest;
  }
}
