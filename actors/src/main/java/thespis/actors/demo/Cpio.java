package thespis.actors.demo;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Writes an archive that Linux unpacks as its initial RAM disk. cpio(5) "New ASCII Format".
final class Cpio {
  private static final int FOLDER = 0040755;
  private static final int PROGRAM = 0100755;
  private static final int CHARACTER_DEVICE = 0020600;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int inode = 1;

  Cpio folder(String name) {
    return entry(name, FOLDER, 0, 0, new byte[0]);
  }

  Cpio program(String name, byte[] content) {
    return entry(name, PROGRAM, 0, 0, content);
  }

  Cpio device(String name, int major, int minor) {
    return entry(name, CHARACTER_DEVICE, major, minor, new byte[0]);
  }

  /// The archive with its end mark.
  byte[] end() {
    entry("TRAILER!!!", 0, 0, 0, new byte[0]);
    return out.toByteArray();
  }

  private Cpio entry(String name, int mode, int major, int minor, byte[] content) {
    byte[] path = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    int[] fields = {
      inode++, mode, 0, 0, 1, 0, content.length, 0, 0, major, minor, path.length, 0
    };
    StringBuilder header = new StringBuilder("070701");
    for (int field : fields) {
      header.append(String.format("%08X", field));
    }
    out.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(path);
    pad();
    out.writeBytes(content);
    pad();
    return this;
  }

  private void pad() {
    while (out.size() % 4 != 0) {
      out.write(0);
    }
  }
}
