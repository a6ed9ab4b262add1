package thespis.actors.chardev;

import java.nio.file.Files;
import java.nio.file.Path;

/// Devices of the host's, by their path.
final class HostDevices {
  private HostDevices() {}

  /// A serial line, or whatever else is there. Its speed stays as it is.
  static Chardev serial(ChardevSpec spec, String path) {
    int descriptor = open(path);
    LineChardev.makeRaw(descriptor);
    return new LineChardev(spec, descriptor) {
      @Override
      public String filename() {
        return "serial";
      }
    };
  }

  /// Always refused.
  static Chardev parallel(String path) {
    int descriptor = open(path);
    Libc.close(descriptor);
    throw new ChardevException(path.startsWith("/dev/parport")
        ? "a parallel port of the host's is not supported yet"
        : "not a parallel port: Inappropriate ioctl for device");
  }

  private static int open(String path) {
    int descriptor = Libc.open(path, Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK);
    if (descriptor < 0) {
      throw new ChardevException("Could not open '" + path + "': "
          + (Files.exists(Path.of(path)) ? "Permission denied" : "No such file or directory"));
    }
    return descriptor;
  }
}
