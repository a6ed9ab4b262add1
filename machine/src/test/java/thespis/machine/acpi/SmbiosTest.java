package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SmbiosTest {
  private static final int EAX = 0x60FB1;
  private static final int EDX = 0x78BFBFD;
  private static final int ANCHOR = 31;

  /// `-M pc -smp 1,maxcpus=4 -m 256`
  private final SmbiosMachine pc = new SmbiosMachine(
      "Standard PC (i440FX + PIIX, 1996)", "pc-i440fx-7.2", new UUID(0, 0), 1, 4, 4, EAX, EDX, 256L << 20, 0);

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
      18L << 30);

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
  void installedStructuresCanBeWalkedFromTheEntryPoint() {
    Smbios.Installed installed = Smbios.build(q35).install(Smbios.ENTRY_ADDRESS, "Vendor", "1", "04/01/2014");
    ByteBuffer memory = ByteBuffer.wrap(installed.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0, sum(installed.bytes(), 0, ANCHOR));
    assertEquals(0, sum(installed.bytes(), 16, ANCHOR));
    int at = memory.getInt(24) - (int) Smbios.ENTRY_ADDRESS;
    int end = at + memory.getShort(22);
    StringBuilder types = new StringBuilder();
    for (int n = memory.getShort(28); n > 0; n--) {
      types.append(memory.get(at)).append(' ');
      at += memory.get(at + 1);
      while (memory.getShort(at) != 0) {
        at++;
      }
      at += 2;
    }
    assertEquals("0 1 3 4 4 16 17 17 19 19 32 127 ", types.toString());
    assertEquals(end, at);
    assertEquals(installed.bytes().length, at);
  }

  private static int sum(byte[] bytes, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += bytes[i];
    }
    return sum & 0xFF;
  }
}
