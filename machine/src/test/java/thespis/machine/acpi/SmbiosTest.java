package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import thespis.cpu.mmu.GuestRam;
import thespis.machine.bus.GuestMemory;

class SmbiosTest {
  private static final int EAX = 0x60FB1;
  private static final int EDX = 0x78BFBFD;
  private static final int ANCHOR = 31;
  private static final long LOW = 0xF5C80;
  private static final long HIGH = 2 << 20;

  /// `-M pc -smp 1,maxcpus=4 -m 256`
  private final SmbiosMachine pc = new SmbiosMachine(
      "Standard PC (i440FX + PIIX, 1996)", "pc-i440fx-7.2", new UUID(0, 0), 1, 4, 4, EAX, EDX, 256L << 20, 0,
      SmbiosFields.NONE);

  /// `-M q35 -smp 13,maxcpus=24,sockets=2,dies=2,cores=3,threads=2 -m 20G -uuid ...`
  private final SmbiosMachine q35 = new SmbiosMachine(
      "Standard PC (Q35 + ICH9, 2009)",
      "pc-q35-7.2",
      UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
      2,
      6,
      12,
      EAX,
      EDX,
      2L << 30,
      18L << 30,
      SmbiosFields.NONE);

  @Test
  void structuresAreThoseOfQemu() throws IOException {
    assertSame("smbios-pc.gz", Smbios.build(pc));
    assertSame("smbios-q35-big.gz", Smbios.build(q35));
  }

  private static void assertSame(String name, Smbios ours) throws IOException {
    byte[] golden = GoldenTable.read(name);
    assertArrayEquals(Arrays.copyOf(golden, ANCHOR), ours.anchor(), name);
    assertArrayEquals(Arrays.copyOfRange(golden, ANCHOR, golden.length), ours.tables(), name);
  }

  @Test
  void whatTheUserSaysTakesThePlaceOfTheBoardsWords() {
    SmbiosFields fields = new SmbiosFields(
        Map.of(
            0, Map.of("vendor", "Acme", "release", "4.5", "uefi", "on"),
            1, Map.of("product", "P", "serial", "S"),
            2, Map.of("location", "L"),
            4, Map.of("sock_pfx", "SOCK", "max-speed", "3000"),
            17, Map.of("loc_pfx", "MEM", "speed", "2400")),
        List.of(Map.of("internal_reference", "J1", "port_type", "9")),
        List.of("hello", "world"),
        List.of());
    SmbiosMachine machine =
        new SmbiosMachine("board", "pc", new UUID(0, 0), 1, 1, 1, EAX, EDX, 256L << 20, 0, fields);
    assertEquals("0 1 2 3 4 8 11 16 17 19 32 127 ", walk(machine, LOW - 600, LOW));
    String tables = new String(Smbios.build(machine).tables(), java.nio.charset.StandardCharsets.ISO_8859_1);
    for (String text : List.of("Acme\0", "QEMU\0P\0pc\0S\0", "QEMU\0board\0pc\0L\0", "SOCK 0\0", "J1\0", "hello\0world\0",
        "MEM 0\0")) {
      assertTrue(tables.contains(text), text);
    }
  }

  @Test
  void aWholeStructureTakesThePlaceOfAllOfItsType() {
    byte[] own = {1, 4, 0, 1, 0, 0};
    SmbiosFields fields = new SmbiosFields(Map.of(), List.of(), List.of(), List.of(own));
    SmbiosMachine machine =
        new SmbiosMachine("board", "pc", new UUID(0, 0), 1, 1, 1, EAX, EDX, 256L << 20, 0, fields);
    assertEquals("0 1 3 4 16 17 19 32 127 ", walk(machine, LOW - 600, LOW));
    assertArrayEquals(own, Arrays.copyOf(Smbios.build(machine).tables(), own.length));
  }

  @Test
  void installedStructuresCanBeWalkedFromTheEntryPoint() {
    assertEquals("0 1 3 4 16 17 19 32 127 ", walk(pc, LOW - 600, LOW));
    assertEquals("0 1 3 4 4 16 17 17 19 19 32 127 ", walk(q35, LOW - 600, LOW));
  }

  @Test
  void manyStructuresAreKeptOutOfTheBiosArea() {
    SmbiosMachine many =
        new SmbiosMachine("board", "pc", new UUID(0, 0), 9, 1, 1, EAX, EDX, 256L << 20, 0, SmbiosFields.NONE);
    assertEquals("0 1 3 4 4 4 4 4 4 4 4 4 16 17 19 32 127 ", walk(many, HIGH - 1024, HIGH));
  }

  /// @return the structures' types
  private static String walk(SmbiosMachine machine, long from, long to) {
    try (GuestRam ram = new GuestRam(HIGH)) {
      GuestMemory memory = new GuestMemory(ram, HIGH);
      BiosArea low = new BiosArea(LOW);
      Smbios.build(machine).install(memory, low, new BiosArea(HIGH), "Vendor", "1", "04/01/2014");
      byte[] entry = memory.read(low.lowest(), ANCHOR);
      assertEquals(0, sum(entry, 0, ANCHOR));
      assertEquals(0, sum(entry, 16, ANCHOR));
      ByteBuffer fields = ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN);
      long at = fields.getInt(24);
      long end = at + fields.getShort(22);
      assertTrue(at >= from && end <= to, Long.toHexString(at));
      StringBuilder types = new StringBuilder();
      for (int n = fields.getShort(28); n > 0; n--) {
        types.append(memory.get8(at)).append(' ');
        at += memory.get8(at + 1);
        while (memory.get16(at) != 0) {
          at++;
        }
        at += 2;
      }
      assertEquals(end, at);
      return types.toString();
    }
  }

  private static int sum(byte[] bytes, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += bytes[i];
    }
    return sum & 0xFF;
  }
}
