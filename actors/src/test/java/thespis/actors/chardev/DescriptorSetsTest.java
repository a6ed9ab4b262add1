package thespis.actors.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import thespis.actors.chardev.DescriptorSets.Member;

class DescriptorSetsTest {
  private static final int O_WRONLY = 1;
  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 0x80000;

  @TempDir
  Path folder;

  @Test
  void whatWasOpenedToBeWrittenIsWrittenTo() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "old ");
    int reader = Libc.open(file.toString(), O_RDONLY);
    int writer = Libc.open(file.toString(), O_WRONLY);
    DescriptorSets.inherit(41, reader, Optional.empty());
    DescriptorSets.inherit(41, writer, Optional.of("log"));
    assertEquals(List.of(new Member(reader, Optional.empty()), new Member(writer, Optional.of("log"))),
        DescriptorSets.all().get(41L));
    try (FileOutputStream out = DescriptorSets.output("/dev/fdset/41", false)) {
      out.write('n');
    }
    assertEquals("old n", Files.readString(file));
    assertEquals("fd is not valid or already in use", refusal(writer));
    assertTrue(DescriptorSets.remove(41, Optional.of((long) writer)));
    assertEquals("/dev/fdset/41 (Permission denied)",
        assertThrows(IOException.class, () -> DescriptorSets.output("/dev/fdset/41", true)).getMessage());
    assertTrue(DescriptorSets.remove(41, Optional.empty()));
    assertFalse(DescriptorSets.remove(41, Optional.empty()));
    assertEquals("/dev/fdset/41 (No such file or directory)",
        assertThrows(IOException.class, () -> DescriptorSets.output("/dev/fdset/41", true)).getMessage());
  }

  @Test
  void onlyWhatWasLeftOpenOnPurposeIsTaken() {
    int own = Libc.open("/dev/null", O_WRONLY | O_CLOEXEC);
    assertEquals("fd is not valid or already in use", refusal(own));
    Libc.close(own);
    assertEquals("fd is not valid or already in use", refusal(987));
    assertEquals("fd cannot be a standard I/O stream", refusal(2));
  }

  private static String refusal(int fd) {
    return assertThrows(ChardevException.class, () -> DescriptorSets.inherit(41, fd, Optional.empty())).getMessage();
  }
}
