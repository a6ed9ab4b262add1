package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.apic.LocalApics;
import thespis.cpu.state.BootState;
import thespis.machine.acpi.Chipset;
import thespis.machine.acpi.WakeReason;
import thespis.machine.bus.Device;
import thespis.machine.bus.GuestMemory;
import thespis.machine.device.irq.IoApic;
import thespis.machine.migrate.Section;
import thespis.machine.time.VirtualClock;

/// Sleep state S3 as the board sees it: asleep by PM1 control, woken by the clock chip's alarm or from outside.
class SleepTest {
  private static final int PM1_ENABLE = 0x602;
  private static final int PM1_CONTROL = 0x604;
  private static final int CPU_HOTPLUG_STATUS = 1 << 2;
  private static final long SCRATCH = 0x20_0000;
  private static final long MINUTE = 60_000_000_000L;

  private final VirtualClock clock = new VirtualClock();
  private final List<String> heard = new ArrayList<>();

  private Board board(String type, BoardConfig.Builder config) {
    config.ram(64 << 20).slots(CpuSlots.of(new Topology(1, 4, 4, 1, 1, 1))).utcNanos(clock::nanos);
    LocalApics apics = new LocalApics();
    Board board = type.equals("pc")
        ? new PcBoard(config.build(), clock, apics)
        : new Q35Board(config.machine("pc-q35-7.2").build(), clock, apics);
    board.onRequest(new BoardRequests() {
      @Override
      public void reset() {}

      @Override
      public void powerOff() {}

      @Override
      public void suspend() {
        heard.add("suspend");
      }

      @Override
      public void wake(WakeReason reason) {
        heard.add("wake " + reason);
      }

      @Override
      public void hibernated() {}

      @Override
      public void debugExit(int status) {}
    });
    return board;
  }

  /// Where the FACS is, as an OS finds it: "RSD PTR ", RSDT, FADT.
  private static long facs(GuestMemory memory) {
    long rsdp = 0xE0000;
    while (memory.get64(rsdp) != 0x2052_5450_2044_5352L) {
      rsdp += 16;
    }
    long rsdt = memory.get32(rsdp + 16);
    long fadt = memory.get32(rsdt + 36);
    return memory.get32(fadt + 36);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void aSleepingGuestGoesOnAtItsWakingVectorInRealModeWithItsMemoryAsItWas(String type) {
    try (Board board = board(type, BoardConfig.builder())) {
      board.reset();
      GuestMemory memory = board.memory();
      memory.put32(facs(memory) + 12, 0x9A123);
      memory.put32(SCRATCH, 0xCAFE);
      memory.put8(0x410, 0x77);
      board.bus().out(0x21, 1, 0x55);
      board.bus().out(PM1_CONTROL, 2, 0x2401);
      assertEquals(List.of("suspend"), heard);
      BootState start = board.wake(WakeReason.OTHER).orElseThrow();
      assertEquals(BootState.Mode.REAL, start.mode());
      assertEquals(0x9A12, start.cs().selector());
      assertEquals(3, start.rip());
      assertEquals(0xCAFE, memory.get32(SCRATCH));
      assertEquals(0x77, memory.get8(0x410));
      assertEquals(0xFB, board.bus().in(0x21, 1), "as firmware leaves it");
      assertEquals(0x8100, board.bus().in(0x600, 2) & 0xFF00, "woken, as if by the power button");
      assertEquals(0, board.rtc().getByte(0x0F));
    }
  }

  @Test
  void withoutAWakingVectorTheMachineStartsAnew() {
    try (Board board = board("pc", BoardConfig.builder())) {
      Optional<BootState> first = board.reset();
      board.memory().put8(0x410, 0x77);
      board.bus().out(PM1_CONTROL, 2, 0x2401);
      assertEquals(first.orElseThrow().rip(), board.wake(WakeReason.OTHER).orElseThrow().rip());
      assertEquals(0x06, board.memory().get8(0x410));
    }
  }

  /// A stream may say anything.
  @Test
  void aPlaceOfTablesThatIsNotInMemoryHasNoWakingVector() {
    try (Board board = board("pc", BoardConfig.builder())) {
      Optional<BootState> first = board.reset();
      Device wires = board.saved().stream().filter(device -> device.name().equals("board")).findFirst().orElseThrow();
      Section.save("board", io -> {
        io.longs("gsi", new long[IoApic.PINS]);
        io.u64("facs", 1L << 50);
      }).load(wires::state);
      assertEquals(first.orElseThrow().rip(), board.wake(WakeReason.OTHER).orElseThrow().rip());
    }
  }

  @Test
  void firmwareFindsInCmosThatTheMachineWakesUp(@TempDir Path folder) throws IOException {
    Path image = Files.write(folder.resolve("bios"), new byte[0x10000]);
    try (Board board = board("pc", BoardConfig.builder().firmware(image))) {
      board.reset();
      assertTrue(board.wake(WakeReason.OTHER).isEmpty(), "at the reset vector");
      assertEquals(0xFE, board.rtc().getByte(0x0F));
    }
  }

  @Test
  void theAlarmOfTheClockChipWakesAGuestThatEnabledItInBothChips() {
    try (Board board = board("pc", BoardConfig.builder())) {
      board.reset();
      alarmEachMinute(board);
      board.bus().out(PM1_ENABLE, 2, 0x0400);
      clock.advanceTo(MINUTE);
      assertEquals(List.of(), heard, "awake");
      board.bus().out(PM1_CONTROL, 2, 0x2401);
      board.bus().in(0x71, 1);
      clock.advanceTo(2 * MINUTE);
      assertEquals(List.of("suspend", "wake RTC_ALARM"), heard);
    }
  }

  private static void alarmEachMinute(Board board) {
    int[][] registers = {{1, 0}, {3, 0xC0}, {5, 0xC0}, {0x0B, 0x22}};
    for (int[] register : registers) {
      board.bus().out(0x70, 1, register[0]);
      board.bus().out(0x71, 1, register[1]);
    }
    board.bus().out(0x70, 1, 0x0C);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCpuThatCameWhileTheGuestSleptIsAnEventWhenItWakesUp(boolean added) {
    try (Board board = board("pc", BoardConfig.builder())) {
      board.reset();
      board.memory().put32(facs(board.memory()) + 12, 0x9A000);
      board.ports().write(Chipset.PC.cpuHotplug, 4, 0);
      board.bus().out(PM1_CONTROL, 2, 0x2401);
      if (added) {
        board.cpuHotplug().plug(2);
        board.power().raiseGpe(2);
      }
      board.wake(WakeReason.OTHER);
      assertEquals(added ? CPU_HOTPLUG_STATUS : 0, board.bus().in(Chipset.PC.gpe, 1));
    }
  }
}
