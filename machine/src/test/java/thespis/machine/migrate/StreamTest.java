package thespis.machine.migrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.StateException;
import thespis.cpu.state.StateIo;

/// Streams that are whole, cut off, damaged, or something else.
class StreamTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 512;
  private static final List<RamBlock> BLOCKS =
      List.of(new RamBlock("low", 0, 100 * PAGE), new RamBlock("high", 100 * PAGE, (PAGES - 100) * PAGE));
  private static final MachineShape SHAPE =
      new MachineShape("pc-i440fx-7.2", "qemu64-x86_64-cpu", new int[] {1, 2, 3}, BLOCKS, 4, Map.of(0, 0, 2, 5));

  /// Values of every kind.
  private static final class Things {
    boolean flag = true;
    int small = 0xFE;
    int word = 0xFEDC;
    int number = -3;
    long big = Long.MIN_VALUE + 1;
    String text = "grüße";
    final byte[] bytes = {1, -1};
    final int[] ints = {Integer.MIN_VALUE, 7};
    final long[] longs = {-1, 1L << 40};

    void state(StateIo io) {
      flag = io.bool("flag", flag);
      small = io.u8("small", small);
      word = io.u16("word", word);
      number = io.u32("number", number);
      big = io.u64("big", big);
      text = io.text("text", text);
      io.bytes("bytes", bytes);
      io.ints("ints", ints);
      io.longs("longs", longs);
    }
  }

  private static byte[] stream(GuestRam ram, Section... sections) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StreamWriter out = new StreamWriter(bytes);
    out.section(SHAPE.section());
    OutgoingRam pages = new OutgoingRam(ram, BLOCKS, () -> {});
    pages.begin();
    while (pages.remaining() > 0) {
      pages.send(out);
    }
    for (Section section : sections) {
      out.section(section);
    }
    out.end();
    assertEquals(bytes.size(), out.bytes());
    return bytes.toByteArray();
  }

  private static Map<String, Section> read(byte[] stream, GuestRam into) throws IOException {
    return new StreamReader(new ByteArrayInputStream(stream)).read(first -> {
      SHAPE.accept(first);
      return new IncomingRam(into, BLOCKS);
    });
  }

  private static GuestRam ram(Random random) {
    GuestRam ram = new GuestRam((long) PAGES * PAGE);
    for (int i = 0; i < 60; i++) {
      long at = ram.host() + random.nextInt(PAGES) * (long) PAGE + 8 * random.nextInt(512);
      Mem.put64(at, random.nextLong());
      ram.written(at);
    }
    return ram;
  }

  private static byte[] content(GuestRam ram) {
    byte[] all = new byte[(int) ram.size()];
    Mem.copyOut(ram.host(), all, 0, all.length);
    return all;
  }

  @Test
  void everyKindOfFieldComesBack() throws IOException {
    Things saved = new Things();
    try (GuestRam ram = ram(new Random(1)); GuestRam copy = new GuestRam(ram.size())) {
      byte[] stream = stream(ram, Section.save("things", saved::state));
      Things loaded = new Things();
      loaded.flag = false;
      loaded.small = loaded.word = loaded.number = 0;
      loaded.big = 0;
      loaded.text = "";
      Arrays.fill(loaded.bytes, (byte) 0);
      Arrays.fill(loaded.ints, 0);
      Arrays.fill(loaded.longs, 0);
      read(stream, copy).get("things").load(loaded::state);
      assertArrayEquals(
          Section.save("things", saved::state).content(), Section.save("things", loaded::state).content());
      assertArrayEquals(content(ram), content(copy));
    }
  }

  @Test
  void whatIsWrittenMeanwhileIsSentAgain() throws IOException {
    Random random = new Random(2);
    try (GuestRam ram = ram(random); GuestRam copy = new GuestRam(ram.size())) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      StreamWriter out = new StreamWriter(bytes);
      out.section(SHAPE.section());
      OutgoingRam pages = new OutgoingRam(ram, BLOCKS, () -> {});
      pages.begin();
      for (int round = 0; round < 3; round++) {
        while (pages.remaining() > 0) {
          pages.send(out);
          long at = ram.host() + random.nextInt(PAGES) * (long) PAGE;
          Mem.put64(at, random.nextInt(3) == 0 ? 0 : random.nextLong());
          ram.written(at);
        }
        assertTrue(pages.collect() > 0);
      }
      while (pages.remaining() > 0) {
        pages.send(out);
      }
      assertEquals(0, pages.collect());
      out.end();
      read(bytes.toByteArray(), copy);
      assertArrayEquals(content(ram), content(copy));
    }
  }

  @Test
  void memoryThatNobodyWroteToTakesNoRoom() throws IOException {
    try (GuestRam ram = new GuestRam((long) PAGES * PAGE)) {
      assertTrue(stream(ram).length < 1000);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      5145564d 00000003            | this is a migration stream of QEMU's: Thespis takes its own only
      7f454c46 02010100            | Not a migration stream
      54485350 00000002            | Unsupported migration stream version 2
      54485350                     | the stream ends too early
      54485350 00000001            | the stream ends too early
      54485350 00000001 02         | the stream is damaged
      54485350 00000001 01 01 61 7fffffff | the stream is damaged
      54485350 00000001 01 01 61 00000000 | the stream does not begin with a machine
      54485350 00000001 01 01 61 00000003 01 62 09 | section 'a' is damaged
      54485350 00000001 01 01 61 00000007 01 62 07 7fffffff | section 'a' is cut off
      54485350 00000001 01 01 61 00000006 01 62 00 01 62 00 | section 'a' is cut off
      54485350 00000001 01 01 61 00000008 01 62 00 00 01 62 00 00 | section 'a' has field 'b' twice
      """)
  void whatIsNoStreamIsRefused(String hex, String text) {
    byte[] stream = HexFormat.of().parseHex(hex.replace(" ", ""));
    try (GuestRam ram = new GuestRam((long) PAGES * PAGE)) {
      assertEquals(text, assertThrows(StreamException.class, () -> read(stream, ram)).getMessage());
    }
  }

  @Test
  void otherMachinesAreRefused() throws IOException {
    refused("Machine type received is 'pc-i440fx-7.2' and local is 'pc-q35-7.2'",
        new MachineShape("pc-q35-7.2", SHAPE.cpuType(), SHAPE.cpuid(), BLOCKS, 4, SHAPE.apicIds()));
    refused("Size mismatch: high: 0x19c000 != 0x1000: Invalid argument",
        new MachineShape(SHAPE.type(), SHAPE.cpuType(), SHAPE.cpuid(),
            List.of(BLOCKS.get(0), new RamBlock("high", 100 * PAGE, PAGE)), 4, SHAPE.apicIds()));
    refused("Unknown ramblock \"high\", cannot accept migration",
        new MachineShape(SHAPE.type(), SHAPE.cpuType(), SHAPE.cpuid(), List.of(BLOCKS.get(0)), 4, SHAPE.apicIds()));
    refused("Machine received has places for 4 CPUs and the local one for 8",
        new MachineShape(SHAPE.type(), SHAPE.cpuType(), SHAPE.cpuid(), BLOCKS, 8, SHAPE.apicIds()));
    refused("CPU type received is 'qemu64-x86_64-cpu' and local is 'max-x86_64-cpu'",
        new MachineShape(SHAPE.type(), "max-x86_64-cpu", SHAPE.cpuid(), BLOCKS, 4, SHAPE.apicIds()));
    refused("CPUs received are of type 'qemu64-x86_64-cpu' as the local ones, but with other features",
        new MachineShape(SHAPE.type(), SHAPE.cpuType(), new int[] {1, 2, 4}, BLOCKS, 4, SHAPE.apicIds()));
    refused("Unknown savevm section or instance 'cpu' 2. Make sure that your current VM setup matches your saved VM setup,"
        + " including any hotplugged devices", SHAPE.with(Map.of(0, 0)));
    refused("CPU 3 is not in the stream. Make sure that your current VM setup matches your saved VM setup, including any"
        + " hotplugged devices", SHAPE.with(Map.of(0, 0, 2, 5, 3, 6)));
    refused("CPU 2 received has APIC ID 5 and the local one has 4", SHAPE.with(Map.of(0, 0, 2, 4)));
    SHAPE.accept(SHAPE.section());
  }

  private static void refused(String text, MachineShape local) {
    assertEquals(text, assertThrows(StreamException.class, () -> local.accept(SHAPE.section())).getMessage());
  }

  @Test
  void sectionsAreLoadedAsTheyWereSavedOrNotAtAll() {
    Section section = Section.save("s", io -> {
      io.u8("a", 1);
      io.ints("b", new int[2]);
    });
    assertEquals("field 'c' is missing", wrong(section, io -> io.u8("c", 0)));
    assertEquals("field 'a' is of another type", wrong(section, io -> io.u16("a", 0)));
    assertEquals("field 'b' has another length than 3", wrong(section, io -> io.ints("b", new int[3])));
    assertEquals("field 'b' is not known", wrong(section, io -> io.u8("a", 0)));
    Section numbers = Section.save("n", io -> {
      io.u32("a", 9);
      io.u64("b", 0x11);
    });
    assertEquals("a is 9, not between 0 and 7", wrong(numbers, io -> io.within("a", 0, 0, 7)));
    assertEquals("b has bits that are not there: 0x10", wrong(numbers, io -> io.bits("b", 0, 0xF)));
  }

  private static String wrong(Section section, java.util.function.Consumer<StateIo> walk) {
    return assertThrows(StateException.class, () -> section.load(walk)).getMessage();
  }

  /// Cut off or changed anywhere: refused. The check sum sees to the rest.
  @Test
  void damagedStreamsAreRefused() throws IOException {
    Random random = new Random(3);
    byte[] sound;
    try (GuestRam ram = ram(random)) {
      sound = stream(ram, Section.save("things", new Things()::state));
    }
    for (int n = 0; n < 2000; n++) {
      byte[] damaged = random.nextInt(4) == 0 ? Arrays.copyOf(sound, random.nextInt(sound.length)) : sound.clone();
      for (int i = 0; i <= random.nextInt(3) && damaged.length > 0; i++) {
        int at = random.nextInt(random.nextBoolean() ? Math.min(400, damaged.length) : damaged.length);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
      }
      if (!Arrays.equals(sound, damaged)) {
        try (GuestRam ram = new GuestRam((long) PAGES * PAGE)) {
          String text = assertThrows(StreamException.class, () -> read(damaged, ram)).getMessage();
          assertFalse(text.isBlank());
        }
      }
    }
  }
}
