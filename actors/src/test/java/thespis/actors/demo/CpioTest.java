package thespis.actors.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Reads an archive back field by field. cpio(5) "New ASCII Format".
class CpioTest {
  @Test
  void entriesStandOneBehindTheOtherAlignedToFourBytes() {
    byte[] archive = new Cpio().folder("dev").device("dev/console", 5, 1).program("init", "hello".getBytes()).end();
    List<String> seen = new ArrayList<>();
    int at = 0;
    while (at < archive.length) {
      String header = new String(archive, at, 110, StandardCharsets.US_ASCII);
      assertTrue(header.startsWith("070701"));
      int size = field(header, 6);
      int nameSize = field(header, 11);
      String name = new String(archive, at + 110, nameSize - 1, StandardCharsets.US_ASCII);
      int content = at + 110 + nameSize + 3 & ~3;
      seen.add(name + " " + Integer.toOctalString(field(header, 1)) + " " + field(header, 9) + ":" + field(header, 10)
          + " " + new String(archive, content, size, StandardCharsets.US_ASCII));
      at = content + size + 3 & ~3;
    }
    assertEquals(
        List.of("dev 40755 0:0 ", "dev/console 20600 5:1 ", "init 100755 0:0 hello", "TRAILER!!! 0 0:0 "), seen);
  }

  private static int field(String header, int index) {
    return Integer.parseInt(header.substring(6 + 8 * index, 14 + 8 * index), 16);
  }
}
