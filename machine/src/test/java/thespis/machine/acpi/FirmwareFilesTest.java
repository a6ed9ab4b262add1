package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.GuestRam;
import thespis.machine.board.RamLayout;
import thespis.machine.bus.GuestMemory;
import thespis.machine.device.misc.FwCfg;
import thespis.machine.loader.E820;

class FirmwareFilesTest {
  private static final long FOUR_GIB = 1L << 32;
  private static final int EAX = 0x60FB1;
  private static final int EDX = 0x78BFBFD;
  private static final List<E820.Entry> HYPERTRANSPORT =
      List.of(new E820.Entry(0xFD_0000_0000L, 0x3_0000_0000L, E820.RESERVED));

  private final GuestRam ram = new GuestRam(1 << 20);
  private final FwCfg fwCfg = new FwCfg(new GuestMemory(ram, 1 << 20));
  private AcpiMachine machine;
  private int present;

  @AfterEach
  void free() {
    ram.close();
  }

  /// `-M pc -smp 2,maxcpus=4,sockets=4 -m 512 -uuid ...`, two NUMA nodes
  @Test
  void aPcTellsWhatQemuTells() throws IOException {
    startPc();
    assertGolden("fw-cfg-pc.txt");
  }

  /// `-M q35,hpet=off -smp 1,maxcpus=2,sockets=2 -m 6G -serial null`
  @Test
  void aQ35TellsWhatQemuTells() throws IOException {
    RamLayout layout = RamLayout.q35(6 * AcpiFixture.GIB);
    AcpiMachine small = AcpiFixture.q35Smi(0);
    machine = new AcpiMachine(
        small.chipset(),
        small.processors(),
        layout.below4g(),
        FOUR_GIB + layout.above4g(),
        false,
        small.pci(),
        Numa.NONE,
        SmiFeatures.NONE,
        SleepStates.ALL);
    SmbiosMachine smbios = new SmbiosMachine(
        "Standard PC (Q35 + ICH9, 2009)", "pc-q35-7.2", new UUID(0, 0), 2, 1, 1, EAX, EDX, layout.below4g(),
        layout.above4g(), SmbiosFields.NONE);
    start(new FirmwareFiles.Fixed(new UUID(0, 0), true, false, Numa.NONE, 2, smbios, HYPERTRANSPORT,
        Optional.of(SleepStates.ALL), true, false, -1, OptionalInt.empty()), 1);
    new SmiNegotiation(fwCfg, SmiFeatures.ALL);
    assertGolden("fw-cfg-q35.txt");
  }

  @Test
  void theNumberOfProcessorsFollowsTheMachine() {
    startPc();
    present = 3;
    assertArrayEquals(new byte[] {3, 0}, read(5, 2));
  }

  @Test
  void tablesStayUntilTheNextReset() {
    FirmwareFiles files = startPc();
    byte[] before = read(key("etc/acpi/tables"), 0x2000);
    machine = AcpiFixture.pc();
    assertArrayEquals(before, read(key("etc/acpi/tables"), 0x2000));
    files.reset();
    assertFalse(Arrays.equals(before, read(key("etc/acpi/tables"), 0x2000)));
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 2, 800000818280", "1, 0, 2, 800000018280", "0, 1, 2, 800000810280", "0, 0, 5, 800000818580"})
  void sleepStatesThatTheUserTakesAwayAreNotTold(int disableS3, int disableS4, int s4Type, String expected) {
    startPc(new SleepStates(disableS3 == 0, disableS4 == 0, s4Type));
    assertEquals(expected, HexFormat.of().formatHex(read(key("etc/system-states"), 6)));
  }

  private FirmwareFiles startPc() {
    return startPc(SleepStates.ALL);
  }

  private FirmwareFiles startPc(SleepStates sleep) {
    UUID uuid = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    machine = AcpiFixture.pcNuma();
    SmbiosMachine smbios = new SmbiosMachine(
        "Standard PC (i440FX + PIIX, 1996)", "pc-i440fx-7.2", uuid, 4, 1, 1, EAX, EDX, 512 * AcpiFixture.MIB, 0,
        SmbiosFields.NONE);
    return start(new FirmwareFiles.Fixed(uuid, true, true, machine.numa(), 4, smbios, HYPERTRANSPORT,
        Optional.of(sleep), true, false, -1, OptionalInt.empty()), 2);
  }

  private FirmwareFiles start(FirmwareFiles.Fixed fixed, int presentAtStart) {
    present = presentAtStart;
    return new FirmwareFiles(fwCfg, fixed, () -> present, () -> machine);
  }

  /// Lines `key NUMBER CONTENT` and `file NAME KEY SIZE CONTENT`, without the zeros that content ends in; content of
  /// large files is left out.
  private void assertGolden(String name) throws IOException {
    String golden = new String(GoldenTable.read(name), StandardCharsets.US_ASCII);
    StringBuilder ours = new StringBuilder();
    for (String line : golden.lines().toList()) {
      String[] word = line.split(" ", -1);
      if (word[0].equals("key")) {
        ours.append("key ").append(word[1]).append(' ').append(trimmed(read(Integer.parseInt(word[1], 16), 256)));
      } else {
        int key = key(word[1]);
        ours.append("file ").append(word[1]).append(' ').append(Integer.toHexString(key)).append(' ').append(size(key));
        ours.append(' ').append(word[4].equals("-") ? "-" : trimmed(read(key, size(key))));
      }
      ours.append('\n');
    }
    assertEquals(golden, ours.toString());
    assertEquals(golden.lines().filter(line -> line.startsWith("file")).count(), fwCfg.files().size());
  }

  private static String trimmed(byte[] content) {
    int length = content.length;
    while (length > 0 && content[length - 1] == 0) {
      length--;
    }
    return HexFormat.of().formatHex(content, 0, length);
  }

  private int key(String file) {
    return 0x20 + fwCfg.files().indexOf(file);
  }

  /// From the directory.
  private int size(int key) {
    byte[] entry = Arrays.copyOfRange(read(0x19, 4 + 64 * 32), 4 + 64 * (key - 0x20), 4 + 64 * (key - 0x20) + 4);
    return (entry[0] & 0xFF) << 24 | (entry[1] & 0xFF) << 16 | (entry[2] & 0xFF) << 8 | entry[3] & 0xFF;
  }

  private byte[] read(int key, int length) {
    fwCfg.write(0, 2, key);
    byte[] content = new byte[length];
    for (int i = 0; i < length; i++) {
      content[i] = (byte) fwCfg.read(1, 1);
    }
    return content;
  }
}
