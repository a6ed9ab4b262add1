package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ShortSlicesTest {
  private static final int NICE = 19;

  /// proc(5) "/proc/pid/stat": the fields behind the name, from the state on.
  private static String niceness() throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[NICE - 3];
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void askingLeavesTheNicenessAsItIs() throws IOException {
    String before = niceness();
    ShortSlices.askFor();
    assertEquals(before, niceness());
  }
}
