package thespis.machine.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.v3.lz4.Lz4JavaCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import thespis.cpu.state.BootState;
import thespis.cpu.state.BootState.Mode;

class BzImageTest {
  private static final long KERNEL = 0x1000000;
  private static final long ZERO_PAGE = 0x10000;

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

  /// Compressible, more than one LZ4 block.
  private static byte[] text() {
    byte[] text = new byte[9 << 20];
    Random random = new Random(7);
    for (int i = 0; i < text.length; i += 16) {
      text[i] = (byte) random.nextInt();
    }
    return text;
  }

  private static byte[] pack(Payload format, byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    switch (format) {
      case LZ4 -> {
        out.write(new byte[] {0x02, 0x21, 0x4C, 0x18});
        for (int at = 0; at < plain.length; at += 8 << 20) {
          Lz4JavaCompressor lz4 = new Lz4JavaCompressor();
          int count = Math.min(8 << 20, plain.length - at);
          byte[] block = new byte[lz4.maxCompressedLength(count)];
          int size = lz4.compress(plain, at, count, block, 0, block.length);
          le32(out, size);
          out.write(block, 0, size);
        }
      }
      case ZSTD -> {
        ZstdJavaCompressor zstd = new ZstdJavaCompressor();
        byte[] block = new byte[zstd.maxCompressedLength(plain.length)];
        out.write(block, 0, zstd.compress(plain, 0, plain.length, block, 0, block.length));
      }
      case GZIP -> {
        try (OutputStream gzip = new GZIPOutputStream(out)) {
          gzip.write(plain);
        }
        return out.toByteArray();
      }
      case XZ -> {
        try (OutputStream xz = new XZOutputStream(out, new LZMA2Options(0))) {
          xz.write(plain);
        }
      }
    }
    le32(out, plain.length);
    return out.toByteArray();
  }

  private static void le32(OutputStream out, int value) throws IOException {
    out.write(new byte[] {(byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)});
  }

  @ParameterizedTest
  @EnumSource(Payload.class)
  void thePayloadIsUnpackedAndEnteredAtItsElfEntry(Payload format) throws IOException {
    byte[] text = text();
    byte[] kernel = Images.bzImage(0x20F, 3, pack(format, Images.elf64(KERNEL, text, 0)));
    BootState start = machine.boot(kernel, "console=ttyS0", null, false);
    assertEquals(Mode.LONG64, start.mode());
    assertEquals(KERNEL + 8, start.rip());
    assertEquals(ZERO_PAGE, start.gpr()[BootState.RSI]);
    assertTrue(Arrays.equals(text, machine.memory.read(KERNEL, text.length)));
    assertArrayEquals(new byte[256], machine.memory.read(KERNEL + text.length, 256), "bss");
    assertEquals(0xFF, machine.memory.get8(KERNEL + text.length + 256));
  }

  @ParameterizedTest
  @EnumSource(Payload.class)
  void soIsThatOfAKernelOf32Bits(Payload format) throws IOException {
    byte[] text = text();
    byte[] kernel = Images.bzImage(0x20F, 0, pack(format, Images.elf32(KERNEL, text)));
    BootState start = machine.boot(kernel, "console=ttyS0", null, false);
    assertEquals(Mode.PROTECTED32, start.mode());
    assertEquals(KERNEL + 12, start.rip());
    assertEquals(ZERO_PAGE, start.gpr()[BootState.RSI]);
    assertTrue(Arrays.equals(text, machine.memory.read(KERNEL, text.length)));
    assertSameEarly(kernel);
  }

  @ParameterizedTest
  @EnumSource(Payload.class)
  void whatIsUnpackedBeforehandIsTheSame(Payload format) throws IOException {
    assertSame(pack(format, Images.elf64(KERNEL, text(), 0)));
  }

  /// Segments as Linux has them; the first too far down; the last where the file would lie; in another order; too much.
  @ParameterizedTest
  @ValueSource(strings = {
    "200000 1000000 400000 400000  600000 1600000 100000 100000  800000 171a000 1000 1000  84e000 174e000 80000 90000",
    "200000 0f00000 400000 400000",
    "200000 1000000 400000 400000  600000 1400000 100000 200000  700000 2800000 80000 90000",
    "200000 1400000 100000 100000  400000 1000000 100000 100000",
    "200000 1000000 400000 400000  600000 2f00000 100000 200000"
  })
  void segmentsAreMovedToTheirPlaces(String segments) throws IOException {
    long[] n = Arrays.stream(segments.split(" +")).mapToLong(s -> Long.parseLong(s, 16)).toArray();
    long[][] all = new long[n.length / 4][];
    for (int i = 0; i < all.length; i++) {
      all[i] = Arrays.copyOfRange(n, 4 * i, 4 * i + 4);
    }
    byte[] packed = pack(Payload.LZ4, Images.elf64(9 << 20, KERNEL + 64, all));
    if (n[n.length - 3] + n[n.length - 1] <= 48 << 20) {
      assertSame(packed);
    } else {
      assertThrows(LoadException.class, () -> machine.bootEarly(Images.bzImage(0x20F, 3, packed)));
    }
  }

  /// The whole of RAM, with and without.
  private void assertSame(byte[] packed) throws IOException {
    assertSameEarly(Images.bzImage(0x20F, 3, packed));
  }

  private void assertSameEarly(byte[] kernel) throws IOException {
    try (LoaderFixture other = new LoaderFixture(folder)) {
      machine.clear();
      other.clear();
      BootState late = machine.boot(kernel, "quiet", null, false);
      BootState early = other.bootEarly(kernel);
      assertEquals(late.mode(), early.mode());
      assertEquals(late.rip(), early.rip());
      assertEquals(-1, machine.ram.segment().mismatch(other.ram.segment()));
    }
  }

  @Test
  void theFirstFourGigabytesAreMappedOneToOne() throws IOException {
    BootState start = machine.boot(Images.bzImage(0x20F, 3, new byte[0]), "", null, false);
    assertEquals(0x20, start.cr4());
    assertEquals(0x500, start.efer());
    assertEquals(0x80000001L, start.cr0() & 0x80000001L);
    for (long address : new long[] {0, 0x1234567, 0x7FFFFFFF, 0xFEE00000L, 0xFFFFFFFFL}) {
      long pdpt = machine.memory.get64(start.cr3()) & -4096;
      long directory = machine.memory.get64(pdpt + 8 * (address >>> 30)) & -4096;
      long page = machine.memory.get64(directory + 8 * (address >>> 21 & 511));
      assertEquals(0x83, page & 0xFFF);
      assertEquals(address & -0x200000L, page & -0x200000L);
    }
    long gdt = start.gdt().base();
    assertEquals(0x00AF9B000000FFFFL, machine.memory.get64(gdt + start.cs().selector()));
    assertEquals(0x00CF93000000FFFFL, machine.memory.get64(gdt + start.data().selector()));
    assertTrue(start.gdt().limit() >= start.data().selector() + 7);
  }

  @Test
  void anUnknownCompressionIsLeftToTheKernelsOwnDecompressor() throws IOException {
    byte[] lzo = {(byte) 0x89, 'L', 'Z', 'O', 0, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3};
    BootState start = machine.boot(Images.bzImage(0x20F, 3, lzo), "", null, false);
    assertEquals(0x100200, start.rip());
    assertEquals(0x1122334455667788L, machine.memory.get64(0x100000));
  }

  @Test
  void theGuestsDecompressorCanBeAskedFor() throws IOException {
    byte[] kernel = Images.bzImage(0x20F, 3, pack(Payload.GZIP, Images.elf64(KERNEL, new byte[64], 0)));
    BootState start = machine.boot(kernel, "", null, true);
    assertEquals(Mode.LONG64, start.mode());
    assertEquals(0x100200, start.rip());
  }

  @Test
  void kernelsWithoutA64BitEntryAreEnteredIn32Bits() throws IOException {
    BootState start = machine.boot(Images.bzImage(0x20B, 0, new byte[0]), "quiet", null, false);
    assertEquals(Mode.PROTECTED32, start.mode());
    assertEquals(0x100000, start.rip());
    assertEquals(ZERO_PAGE, start.gpr()[BootState.RSI]);
    assertEquals(0, start.gpr()[BootState.RBX]);
    assertEquals(1, start.cr0() & 0x80000001L);
  }

  @Test
  void bootParametersFollowTheProtocol() throws IOException {
    byte[] initrd = new byte[5000];
    new Random(3).nextBytes(initrd);
    machine.boot(Images.bzImage(0x20F, 3, new byte[0]), "console=ttyS0 root=/dev/ram0", initrd, false);
    assertEquals(0x53726448, machine.memory.get32(ZERO_PAGE + 0x202), "header copied");
    assertEquals(0, machine.memory.get8(ZERO_PAGE + 0x1EF), "sentinel");
    assertEquals(0, machine.memory.get8(ZERO_PAGE + 0x26C), "past the header");
    assertEquals(0xB0, machine.memory.get8(ZERO_PAGE + 0x210), "QEMU's loader type");
    assertEquals("console=ttyS0 root=/dev/ram0", machine.text(machine.memory.get32(ZERO_PAGE + 0x228)));
    assertEquals(LoaderFixture.RSDP, machine.memory.get64(ZERO_PAGE + 0x70));
    long image = machine.memory.get32(ZERO_PAGE + 0x218);
    assertEquals(0x2FDE000, image, "below the ACPI tables, on a page");
    assertEquals(5000, machine.memory.get32(ZERO_PAGE + 0x21C));
    assertArrayEquals(initrd, machine.memory.read(image, 5000));
    assertEquals(machine.map.size(), machine.memory.get8(ZERO_PAGE + 0x1E8));
    for (int i = 0; i < machine.map.size(); i++) {
      long at = ZERO_PAGE + 0x2D0 + 20 * i;
      assertEquals(
          machine.map.get(i),
          new E820.Entry(machine.memory.get64(at), machine.memory.get64(at + 8), machine.memory.get32(at + 16)));
    }
  }

  @Test
  void theCommandLineIsCutAtTheKernelsLimit() throws IOException {
    machine.boot(Images.bzImage(0x20F, 3, new byte[0]), "x".repeat(3000), null, false);
    assertEquals("x".repeat(2047), machine.text(0x20000));
  }

  @Test
  void anInitrdThatDoesNotFitIsRefused() {
    byte[] kernel = Images.bzImage(0x20F, 3, new byte[0]);
    LoadException e =
        assertThrows(LoadException.class, () -> machine.boot(kernel, "", new byte[49 << 20], false));
    assertEquals(
        "initrd is too large, cannot support.(max: " + (0x2FE0000 - 1) + ", need " + (49 << 20) + ")",
        e.getMessage());
  }

  @Test
  void damagedPayloadsAreReported() throws IOException {
    byte[] packed = pack(Payload.LZ4, Images.elf64(KERNEL, new byte[5000], 0));
    ByteBuffer.wrap(packed).putInt(8, -1);
    byte[] kernel = Images.bzImage(0x20F, 3, packed);
    LoadException e = assertThrows(LoadException.class, () -> machine.boot(kernel, "", null, false));
    assertTrue(e.getMessage().contains("compressed kernel"), e.getMessage());
    machine.clear();
    assertThrows(LoadException.class, () -> machine.bootEarly(kernel));
    assertArrayEquals(new byte[8192], machine.memory.read(KERNEL - 0x20_0000, 8192));
  }
}
