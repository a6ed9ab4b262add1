package thespis.machine.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import thespis.cpu.state.BootState;
import thespis.cpu.state.BootState.Mode;

/// PVH, multiboot, and QEMU's words for files that are none of them.
class KernelImageTest {
  private static final long INFO = 0x10000;

  @TempDir
  Path folder;

  private LoaderFixture machine;

  @BeforeEach
  void open() {
    machine = new LoaderFixture(folder);
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @Test
  void whatHasBeenLoadedIsFoundAgainWhenItsNameIsGone() throws IOException {
    Path kernel = machine.file("kernel", Images.elf64(0x200000, random(500), 0x200123));
    Path initrd = machine.file("initrd", random(100));
    try (OpenImages files = new OpenImages()) {
      BootRequest request = new BootRequest(
          files, machine.memory, machine.map, 0, "", Optional.of(initrd.toString()), false);
      BootState first = KernelImage.load(kernel, request);
      Files.delete(kernel);
      Files.delete(initrd);
      assertEquals(first.rip(), KernelImage.load(kernel, request).rip());
    }
  }

  @Test
  void anElfWithThePvhNoteGetsAStartInfo() throws IOException {
    byte[] initrd = random(100);
    BootState start = machine.boot(Images.elf64(0x200000, random(500), 0x200123), "tiny=1", initrd, false);
    assertEquals(Mode.PROTECTED32, start.mode());
    assertEquals(0x200123, start.rip());
    assertEquals(INFO, start.gpr()[BootState.RBX]);
    assertArrayEquals(random(500), machine.memory.read(0x200000, 500));
    assertEquals(0x336EC578, machine.memory.get32(INFO));
    assertEquals(1, machine.memory.get32(INFO + 4));
    assertEquals(0, machine.memory.get32(INFO + 8));
    assertEquals("tiny=1", machine.text(machine.memory.get64(INFO + 24)));
    assertEquals(LoaderFixture.RSDP, machine.memory.get64(INFO + 32));
    assertEquals(1, machine.memory.get32(INFO + 12));
    long module = machine.memory.get64(INFO + 16);
    assertArrayEquals(initrd, machine.memory.read(machine.memory.get64(module), 100));
    assertEquals(100, machine.memory.get64(module + 8));
    assertEquals(machine.map.size(), machine.memory.get32(INFO + 48));
    long map = machine.memory.get64(INFO + 40);
    for (int i = 0; i < machine.map.size(); i++) {
      long at = map + 24 * i;
      assertEquals(
          machine.map.get(i),
          new E820.Entry(machine.memory.get64(at), machine.memory.get64(at + 8), machine.memory.get32(at + 16)));
    }
  }

  @Test
  void anElfWithoutTheNoteIsRefused() {
    LoadException e = assertThrows(
        LoadException.class, () -> machine.boot(Images.elf64(0x200000, random(50), 0), "", null, false));
    assertEquals("Error loading uncompressed kernel without PVH ELF Note", e.getMessage());
  }

  @Test
  void aMultibootElfGetsItsInformationStructure() throws IOException {
    byte[] text = join(Images.multibootHeader(3), random(300));
    Path one = machine.file("one", random(5000));
    Path two = machine.file("two", random(70));
    Path kernel = machine.file("kernel", Images.elf32(0x100000, text));
    BootState start = KernelImage.load(
        kernel,
        new BootRequest(
            new OpenImages(), machine.memory, machine.map, 0, "hello world", Optional.of(one + " a b," + two), false));
    assertEquals(Mode.PROTECTED32, start.mode());
    assertEquals(0x10000C, start.rip());
    assertEquals(0x2BADB002L, start.gpr()[BootState.RAX]);
    assertEquals(INFO, start.gpr()[BootState.RBX]);
    assertArrayEquals(text, machine.memory.read(0x100000, text.length));
    assertArrayEquals(new byte[64], machine.memory.read(0x100000 + text.length, 64));
    assertEquals(0x24F, machine.memory.get32(INFO));
    assertEquals(639, machine.memory.get32(INFO + 4));
    assertEquals((48 << 10) - 1024, machine.memory.get32(INFO + 8));
    assertEquals(kernel + " hello world", machine.text(machine.memory.get32(INFO + 16)));
    assertEquals(2, machine.memory.get32(INFO + 20));
    long list = machine.memory.get32(INFO + 24);
    long first = machine.memory.get32(list);
    assertEquals(0, first % 4096);
    assertEquals(first + 5000, machine.memory.get32(list + 4));
    assertArrayEquals(random(5000), machine.memory.read(first, 5000));
    assertEquals(one + " a b", machine.text(machine.memory.get32(list + 8)));
    assertArrayEquals(random(70), machine.memory.read(machine.memory.get32(list + 16), 70));
    assertEquals(two.toString(), machine.text(machine.memory.get32(list + 24)));
    assertEquals(24 * machine.map.size(), machine.memory.get32(INFO + 44));
    long map = machine.memory.get32(INFO + 48);
    assertEquals(20, machine.memory.get32(map));
    assertEquals(0x9FC00, machine.memory.get64(map + 12));
    assertEquals(1, machine.memory.get32(map + 20));
    assertEquals("qemu", machine.text(machine.memory.get32(INFO + 64)));
  }

  @Test
  void multibootAddressesInTheHeaderReplaceElf() throws IOException {
    byte[] header = Images.multibootHeader(0x10003, 0x200040, 0x200000, 0x200100, 0x200180, 0x200077);
    byte[] file = join(random(0x40), header, random(0x400));
    BootState start = machine.boot(file, "", null, false);
    assertEquals(0x200077, start.rip());
    assertArrayEquals(Arrays.copyOf(file, 0x100), machine.memory.read(0x200000, 0x100));
    assertArrayEquals(new byte[0x80], machine.memory.read(0x200100, 0x80), "bss");
    assertEquals(0xFF, machine.memory.get8(0x200180));
    assertEquals(0, machine.memory.get32(INFO) & 0x8, "no modules");
  }

  @Test
  void errorsAreInQemusWords() throws IOException {
    BootRequest request = new BootRequest(new OpenImages(), machine.memory, machine.map, 0, "", Optional.empty(), false);
    assertEquals(
        "could not open kernel file '/nowhere/vmlinuz': No such file or directory",
        assertThrows(LoadException.class, () -> KernelImage.load(Path.of("/nowhere/vmlinuz"), request)).getMessage());
    assertEquals(
        "could not load kernel '" + folder + "': Is a directory",
        assertThrows(LoadException.class, () -> KernelImage.load(folder, request)).getMessage());
    Path text = machine.file("text", "hello\n".getBytes(StandardCharsets.UTF_8));
    assertEquals(
        "invalid kernel header",
        assertThrows(LoadException.class, () -> KernelImage.load(text, request)).getMessage());
    Path kernel = machine.file("kernel", Images.bzImage(0x20F, 3, new byte[0]));
    BootRequest missing =
        new BootRequest(new OpenImages(), machine.memory, machine.map, 0, "", Optional.of("/nowhere/initrd"), false);
    assertEquals(
        "error reading initrd /nowhere/initrd: Failed to open file “/nowhere/initrd”: open() failed: No such file or "
            + "directory",
        assertThrows(LoadException.class, () -> KernelImage.load(kernel, missing)).getMessage());
  }

  @Test
  void aSegmentOutsideOfRamIsRefused() {
    LoadException e = assertThrows(
        LoadException.class, () -> machine.boot(Images.elf64(0x2FFFF00, random(50), 0x10), "", null, false));
    assertEquals("kernel segment at 0x2ffff00, 0x132 bytes, does not fit in memory", e.getMessage());
  }
}
