package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.apic.LocalApics;
import thespis.cpu.mmu.Mem;
import thespis.cpu.model.ConfigException;
import thespis.cpu.run.IoBus;
import thespis.cpu.state.BootState;
import thespis.machine.acpi.CpuHotplugRegs;
import thespis.machine.acpi.WakeReason;
import thespis.machine.bus.Device;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.PhysicalAccess;
import thespis.machine.bus.PortHandler;
import thespis.machine.bus.SavedState;
import thespis.machine.device.pci.Golden;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.device.serial.ByteSink;
import thespis.machine.loader.LoadException;
import thespis.machine.time.VirtualClock;

class BoardTest {
  private static final long MIB = 1 << 20;
  private static final long RSDP = 0x2052545020445352L;

  private final VirtualClock clock = new VirtualClock();

  private Board board(String type, BoardConfig.Builder config) {
    LocalApics apics = new LocalApics();
    return type.equals("q35")
        ? new Q35Board(config.build(), clock, apics)
        : new PcBoard(config.build(), clock, apics);
  }

  private static BoardConfig.Builder config() {
    return BoardConfig.builder().ram(64 * MIB);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void withNothingToBootTheProcessorHalts(String type) {
    try (Board board = board(type, config())) {
      BootState start = board.reset().orElseThrow();
      assertEquals(BootState.Mode.REAL, start.mode());
      long host = board.map().hostForRead(start.cs().base() + start.rip());
      assertEquals(0xFCEBF4FA, Mem.get32(host), "cli; hlt; jmp $-2");
      assertFalse(start.msrs().isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void resettingAgainGivesTheSameMachine(String type) {
    try (Board board = board(type, config())) {
      board.reset();
      List<String> ports = ports(board);
      List<String> mmio = mmio(board);
      List<String> windows = windows(board);
      board.reset();
      assertEquals(ports, ports(board));
      assertEquals(mmio, mmio(board));
      assertEquals(windows, windows(board));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void ramAbove4GiBIsTheRestOfTheBlock(String type) {
    try (Board board = board(type, BoardConfig.builder().ram(5120 * MIB))) {
      long low = type.equals("pc") ? 3072 * MIB : 2048 * MIB;
      assertEquals(board.ram().host() + low, board.map().hostForWrite(1L << 32));
      assertEquals(0, board.map().hostForRead(low));
      assertEquals(0, board.map().hostForRead((1L << 32) + 5120 * MIB - low));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void firmwareReadsHowManyProcessorsThereAre(String type) {
    CpuSlots slots = CpuSlots.of(new Topology(1, 6, 2, 1, 3, 1));
    try (Board board = board(type, config().slots(slots))) {
      board.reset();
      board.present(4, true);
      assertEquals(0x0002, fwCfg(board, 0x05));
      board.present(4, false);
      assertEquals(0x0001, fwCfg(board, 0x05));
      assertEquals(0x0007, fwCfg(board, 0x0F), "the second socket starts at APIC ID 4");
      assertEquals('Q' | 'E' << 8, fwCfg(board, 0x00));
    }
  }

  private static int fwCfg(Board board, int key) {
    board.ports().write(0x510, 2, key);
    return (int) board.ports().read(0x511, 1) | (int) board.ports().read(0x511, 1) << 8;
  }

  @Test
  void aDeferredPortEndsTheSlice() {
    try (Board board = board("pc", config())) {
      PortHandler seven = new PortHandler() {
        @Override
        public int read(int offset, int size) {
          return 7;
        }

        @Override
        public void write(int offset, int size, int value) {}
      };
      board.ports().mapDeferred("actor", 0x1230, 4, seven);
      board.ports().map("chip", 0x1234, 4, seven);
      assertEquals(IoBus.DEFERRED, board.bus().in(0x1230, 1));
      assertFalse(board.bus().out(0x1232, 2, 0));
      assertEquals(7, board.bus().in(0x1234, 4));
      assertTrue(board.bus().out(0x1234, 4, 0));
      assertEquals(0xFFFF, board.bus().in(0x1240, 2), "nothing there");
    }
  }

  @Test
  void firmwareIsSeenBelow4GiBAndBelow1MiBAndStartsByItself(@TempDir Path folder) throws IOException {
    byte[] image = new byte[256 << 10];
    Arrays.fill(image, (byte) 0x11);
    Arrays.fill(image, 128 << 10, image.length, (byte) 0x22);
    Path file = Files.write(folder.resolve("bios.bin"), image);
    try (Board board = board("pc", config().firmware(file))) {
      assertTrue(board.reset().isEmpty());
      assertEquals(0x11, Mem.get8(board.map().hostForRead(0xFFFC0000L)));
      assertEquals(0x22, Mem.get8(board.map().hostForRead(0xFFFFFFF0L)));
      assertEquals(0x22, Mem.get8(board.map().hostForRead(0xE0000)));
      assertEquals(0, board.map().hostForWrite(0xFFFF0));
      board.ports().write(0xCF8, 4, 0x80000058);
      board.ports().write(0xCFD, 1, 0x30);
      assertEquals(board.ram().host() + 0xFFFF0, board.map().hostForWrite(0xFFFF0), "shadow RAM over the ROM");
      board.reset();
      assertEquals(0x22, Mem.get8(board.map().hostForRead(0xFFFF0)));
    }
  }

  @Test
  void oddFirmwareIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("bios.bin"), new byte[1000]);
    ConfigException e = assertThrows(ConfigException.class, () -> board("pc", config().firmware(file)));
    assertEquals("could not load PC BIOS '" + file + "'", e.getMessage());
  }

  @Test
  void aMissingKernelIsReportedOnReset() {
    try (Board board = board("pc", config().kernel(Path.of("/nowhere")))) {
      LoadException e = assertThrows(LoadException.class, board::reset);
      assertEquals("could not open kernel file '/nowhere': No such file or directory", e.getMessage());
    }
  }

  /// As QEMU 7.2's CMOS reads; bytes that are not zero, the clock's own left out.
  @ParameterizedTest(name = "{0} with {1} MiB")
  @CsvSource({
    "pc,  8,    14:06 15:80 16:02 18:1c 31:1c 38:30 3d:12",
    "pc,  128,  14:06 15:80 16:02 17:ff 18:ff 30:ff 31:ff 35:07 38:30 3d:12",
    "pc,  5120, 14:06 15:80 16:02 17:ff 18:ff 30:ff 31:ff 35:bf 38:30 3d:12 5c:80 5f:01",
    "q35, 5120, 14:06 15:80 16:02 17:ff 18:ff 30:ff 31:ff 35:7f 38:30 3d:12 5c:c0 5f:01",
  })
  void cmosTellsFirmwareTheMemorySizes(String type, long mib, String expected) {
    int cpus = mib == 5120 ? 2 : 1;
    CpuSlots slots = CpuSlots.of(new Topology(cpus, 4, 1, 1, 4, 1));
    try (Board board = board(type, BoardConfig.builder().ram(mib * MIB).slots(slots))) {
      board.reset();
      StringBuilder seen = new StringBuilder();
      for (int i = 0x0E; i < 0x80; i++) {
        board.ports().write(0x70, 1, i);
        long value = board.ports().read(0x71, 1);
        if (value != 0 && i != 0x32 && i != 0x37) {
          seen.append(String.format(" %02x:%02x", i, value));
        }
      }
      assertEquals(expected, seen.toString().strip());
    }
  }

  /// As QEMU's tests/qtest/boot-order-test reads it, at 0x38 and 0x3D, before and after a reset.
  @ParameterizedTest(name = "{0} then {1}")
  @CsvSource({
    "cad,        , true,  1230, 1230",
    "cad,        , false, 1231, 1231",
    "c,          , true,  0200, 0200",
    "nda,        , true,  3410, 3410",
    "'',         , true,  0000, 0000",
    "cad,       a, true,  0100, 1230",
    "cad,       a, false, 0101, 1231",
    "nda,       d, true,  0300, 3410",
  })
  void cmosTellsFirmwareTheBootOrder(String order, String once, boolean check, String first, String later) {
    BootChoice boot = new BootChoice(
        order, Optional.ofNullable(once), false, check, -1, OptionalInt.empty());
    try (Board board = board("pc", config().driven(true).boot(boot))) {
      board.reset();
      assertEquals(first, bootOrder(board));
      board.reset();
      assertEquals(later, bootOrder(board));
    }
  }

  private static String bootOrder(Board board) {
    return String.format("%02x%02x", board.rtc().getByte(0x3D), board.rtc().getByte(0x38));
  }

  @ParameterizedTest
  @CsvSource({
    "cadn, Too many boot devices for PC",
    "ce,   Invalid boot device for PC: 'e'",
  })
  void drivesThatAPcCannotBootFromAreRefused(String order, String words) {
    ConfigException e = assertThrows(ConfigException.class, () -> new BootChoice(
        order, Optional.empty(), false, true, -1, OptionalInt.empty()));
    assertEquals(words, e.getMessage());
  }

  /// Chips as their resets leave them, memory empty.
  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void noFirmwareTouchesAMachineThatIsDriven(String type) {
    try (Board board = board(type, config().driven(true))) {
      assertEquals(Optional.empty(), board.reset());
      assertEquals(0, board.memory().get32(0xFFFF0));
      assertEquals(0xFF, board.ports().read(0xB000, 1), "power management has no place yet");
    }
  }

  @Test
  void addressesAreReadAndWrittenAsAProcessorWould() {
    Board board = board("pc", config().driven(true));
    board.reset();
    PhysicalAccess physical = board.physical();
    physical.write(0xFFE, new byte[] {1, 2, 3, 4});
    assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 0}, physical.read(0xFFD, 6), "over the end of a page");
    physical.write(0xC0000, new byte[] {5});
    assertArrayEquals(new byte[] {0}, physical.read(0xC0000, 1), "no shadow RAM yet");
    // IO-APIC "IOREGSEL": the version
    physical.write(0xFEC00000L, new byte[] {1, 0, 0, 0});
    assertArrayEquals(new byte[] {0x20, 0, 0x17, 0}, physical.read(0xFEC00010L, 4));
    // HPET "General Capabilities": two accesses of four bytes
    assertArrayEquals(
        new byte[] {1, (byte) 0xA2, (byte) 0x86, (byte) 0x80, (byte) 0x80, (byte) 0x96, (byte) 0x98, 0},
        physical.read(0xFED00000L, 8));
    assertArrayEquals(new byte[4], physical.read(0xD0000000L, 4), "nothing is there");
    board.close();
    assertArrayEquals(new byte[4], physical.read(0xFFE, 4), "nothing is there any more");
    physical.write(0xFFE, new byte[4]);
  }

  @Test
  void serialOutputReachesItsSink() {
    StringBuilder console = new StringBuilder();
    try (Board board = board("pc", config().serial((bytes, from, n) ->
        console.append(new String(bytes, from, n, StandardCharsets.US_ASCII))))) {
      board.reset();
      for (char c : "hi\n".toCharArray()) {
        board.bus().out(0x3F8, 1, c);
      }
      assertEquals("hi\n", console.toString());
      assertEquals(0xFF, board.bus().in(0x2F9, 1), "only as many ports as sinks");
      assertEquals(0x3F8, board.memory().get16(0x400));
    }
  }

  /// DSDT and MADT are those that Linux finds on QEMU 7.2 with `-nodefaults -serial null -smp 1,maxcpus=4 -m 256`.
  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void theTablesInRamAreQemus(String type) throws IOException {
    CpuSlots slots = CpuSlots.of(new Topology(1, 4, 1, 1, 4, 1));
    try (Board board = board(type, BoardConfig.builder().ram(256 * MIB).slots(slots).serial(ByteSink.NONE))) {
      board.reset();
      GuestMemory memory = board.memory();
      long rsdp = rsdp(memory);
      assertEquals(0xFFE_0000, memory.get32(rsdp + 16) & ~0x1FFFF, "RSDT in the last 128 KiB");
      assertArrayEquals(golden(type, "dsdt"), table(memory, 0x54445344));
      assertArrayEquals(golden(type, "apic"), table(memory, 0x43495041));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void portsAreListedAsTheyAreFound(String type) {
    BoardConfig.Builder config = BoardConfig.builder().ram(256 * MIB).serial(ByteSink.NONE).serial(ByteSink.NONE);
    try (Board board = board(type, config.parallel(ByteSink.NONE).parallel(ByteSink.NONE))) {
      board.reset();
      String dsdt = new String(table(board.memory(), 0x54445344), StandardCharsets.ISO_8859_1);
      List<String> order = Pattern.compile("(LPT|COM)[12]").matcher(dsdt).results().map(MatchResult::group).toList();
      assertEquals(List.of("LPT2", "LPT1", "COM2", "COM1"), order, "QEMU's order");
      assertEquals(0x378, board.memory().get16(0x408));
      assertEquals(0x278, board.memory().get16(0x40A));
      assertEquals(2, board.memory().get16(0x410) >>> 14, "as many printers as the BIOS found");
      assertEquals(0xD9, board.bus().in(0x379, 1));
      assertEquals(0xFF, board.bus().in(0x3BD, 1), "there is no third port");
    }
  }

  /// "info mtree", "info pci" and the files of fw_cfg of QEMU 7.2 with `-machine acpi=off`. Where there is power management,
  /// SeaBIOS gives the guest tables of its own.
  @ParameterizedTest
  @CsvSource({"pc, false", "q35, true"})
  void withoutAcpiTheBoardHasNoTablesAndOnPcNoPowerManagement(String type, boolean powerManaged) {
    try (Board board = board(type, config().acpi(false))) {
      board.reset();
      assertEquals(powerManaged, board.powerManaged());
      assertEquals(powerManaged, ports(board).stream().anyMatch(port -> port.matches(".*(acpi|apm|pm-|ich9-pm).*")));
      assertEquals(type.equals("pc") ? 3 : 4, board.pci().devices().size());
      boolean pointer = false;
      for (long at = 0xE0000; at < 0x100000; at += 16) {
        pointer |= board.memory().get64(at) == RSDP;
      }
      assertEquals(powerManaged, pointer);
      List<String> files = fwCfgFiles(board);
      assertFalse(files.stream().anyMatch(file -> file.matches("etc/(acpi|tpm|table).*")), files.toString());
      assertEquals(powerManaged, files.contains("etc/system-states"));
      assertTrue(files.contains("etc/smbios/smbios-tables"), files.toString());
    }
  }

  private static List<String> fwCfgFiles(Board board) {
    fwCfg(board, 0x19);
    int count = (int) board.ports().read(0x511, 1) << 8 | (int) board.ports().read(0x511, 1);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] entry = new byte[64];
      for (int j = 0; j < entry.length; j++) {
        entry[j] = (byte) board.ports().read(0x511, 1);
      }
      names.add(new String(entry, 8, 56, StandardCharsets.US_ASCII).trim());
    }
    return names;
  }

  /// QEMU 7.2 with `-M q35 -nodefaults -m 256 -serial null -smp 1,maxcpus=4` and three `-device pcie-root-port`.
  @Test
  void rootPortsAreInTheTablesAsInQemus() throws IOException {
    List<PcieRootPort.Settings> ports = List.of(
        new PcieRootPort.Settings("p1", 8, 8, 0, true), new PcieRootPort.Settings("p2", 9, 9, 0, false),
        new PcieRootPort.Settings("p3", 16, 0, 0, false));
    CpuSlots slots = CpuSlots.of(new Topology(1, 4, 1, 1, 4, 1));
    try (Board board = board("q35",
            BoardConfig.builder().ram(256 * MIB).slots(slots).serial(ByteSink.NONE).rootPorts(ports));
        InputStream in = new GZIPInputStream(getClass().getResourceAsStream("dsdt-root-ports.aml.gz"))) {
      board.reset();
      assertArrayEquals(in.readAllBytes(), table(board.memory(), 0x54445344));
    }
  }

  private static long rsdp(GuestMemory memory) {
    long at = 0xE0000;
    while (memory.get64(at) != RSDP) {
      at += 16;
    }
    return at;
  }

  private static byte[] golden(String type, String table) throws IOException {
    String name = "/thespis/machine/acpi/" + type + "-smp1-max4/" + table + ".aml";
    try (InputStream in = BoardTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static byte[] table(GuestMemory memory, int signature) {
    long at = 0xFFE_0000;
    while (memory.get32(at) != signature) {
      at++;
    }
    return memory.read(at, memory.get32(at + 4));
  }

  @Test
  void aProcessorThatCameIsEnabledInTheTablesOfTheNextReset() {
    CpuSlots slots = CpuSlots.of(new Topology(1, 4, 1, 1, 4, 1));
    try (Board board = board("pc", BoardConfig.builder().ram(256 * MIB).slots(slots))) {
      board.reset();
      board.present(2, true);
      assertEquals(1, board.rtc().getByte(0x5F));
      byte[] before = table(board.memory(), 0x43495041);
      assertEquals(0, before[44 + 2 * 8 + 4], "flags of slot 2");
      board.reset();
      assertEquals(1, table(board.memory(), 0x43495041)[44 + 2 * 8 + 4]);
      board.present(2, false);
      assertEquals(0, board.rtc().getByte(0x5F));
    }
  }

  @Test
  void hotplugRegistersAnswerTheirOwnerOnly() {
    CpuSlots slots = CpuSlots.of(new Topology(1, 4, 1, 1, 4, 1));
    try (Board board = board("q35", config().slots(slots))) {
      List<String> heard = new ArrayList<>();
      board.onCpuHotplug(new CpuHotplugRegs.Listener() {
        @Override
        public void ejectRequested(int slot) {
          heard.add("eject " + slot);
        }

        @Override
        public void ostReported(int slot, long event, long status) {
          heard.add("ost " + slot);
        }
      });
      assertEquals(IoBus.DEFERRED, board.bus().in(0xCD8, 4));
      board.cpuHotplug().coldPlug(0);
      board.ports().write(0xCD8, 4, 0);
      board.cpuHotplug().plug(1);
      board.ports().write(0xCD8, 4, 1);
      assertEquals(3, board.ports().read(0xCDC, 1), "enabled, inserting");
      board.ports().write(0xCDC, 1, 8);
      assertEquals(List.of("eject 1"), heard);
    }
  }

  @Test
  void requestsOfTheGuestAreHeard() {
    List<String> heard = new ArrayList<>();
    try (Board board = board("pc", config().debugExit(true))) {
      board.reset();
      board.onRequest(new BoardRequests() {
        @Override
        public void reset() {
          heard.add("reset");
        }

        @Override
        public void powerOff() {
          heard.add("off");
        }

        @Override
        public void suspend() {
          heard.add("suspend");
        }

        @Override
        public void wake(WakeReason reason) {
          heard.add("wake " + reason);
        }

        @Override
        public void hibernated() {
          heard.add("hibernated");
        }

        @Override
        public void debugExit(int status) {
          heard.add("exit " + status);
        }
      });
      board.bus().out(0xCF9, 1, 0x06);
      board.bus().out(0x64, 1, 0xFE);
      board.bus().out(0x92, 1, 0x01);
      board.bus().out(0x501, 1, 0x10);
      board.bus().out(0x604, 2, 0x2000);
      assertEquals(List.of("reset", "reset", "reset", "exit 33", "off"), heard);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void savedStateMakesTheSameBoard(String type) {
    try (Board one = board(type, config().serial(ByteSink.NONE));
        Board two = board(type, config().serial(ByteSink.NONE))) {
      one.reset();
      clock.advance(1_234_567_890);
      one.bus().out(0x3F9, 1, 0x02);
      one.bus().out(0x70, 1, 0x40);
      one.bus().out(0x71, 1, 0x5A);
      one.bus().out(0xCF8, 4, 0x80000000);
      one.bus().mmioWrite(0xFEC00000L, 4, 0x12);
      one.bus().mmioWrite(0xFEC00010L, 4, 0x10031);
      List<SavedState> saved = one.devices().stream().map(SavedState::of).toList();
      assertEquals(names(one), names(two));
      for (int i = 0; i < saved.size(); i++) {
        saved.get(i).loadInto(two.devices().get(i));
      }
      assertEquals(ports(one), ports(two));
      assertEquals(mmio(one), mmio(two));
      assertEquals(windows(one), windows(two));
      for (int i = 0; i < one.pci().devices().size(); i++) {
        assertArrayEquals(Golden.read(one.pci().devices().get(i)), Golden.read(two.pci().devices().get(i)));
      }
      for (int i = 0; i < saved.size(); i++) {
        Device device = two.devices().get(i);
        assertEquals(saved.get(i).toString(), SavedState.of(device).toString(), device.name());
      }
    }
  }

  private static List<String> names(Board board) {
    return board.devices().stream().map(Device::name).toList();
  }

  private static List<String> ports(Board board) {
    return board.ports().mappings().stream().map(m -> m.name() + " " + m.base()).sorted().toList();
  }

  private static List<String> mmio(Board board) {
    return board.mmio().mappings().stream().map(m -> m.name() + " " + m.base()).sorted().toList();
  }

  /// Ranges without the host addresses, which differ.
  private static List<String> windows(Board board) {
    return board.map().ranges().stream().map(r -> r.name() + " " + r.gpa() + " " + r.access()).toList();
  }

  @Test
  void closingTwiceIsFine() {
    Board board = board("q35", config());
    board.close();
    board.close();
  }
}
