package thespis.machine.device.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.state.StateException;
import thespis.machine.bus.SavedState;
import thespis.machine.time.VirtualClock;

class VirtioBalloonTest {
  private static final int RAM = 2 << 20;
  private static final int INFLATE = 0;
  private static final int STATS = 2;
  private static final int REPORTED = 3;
  private static final long FEATURES = VirtioPci.VERSION_1 | 1 << 1;

  private final VirtualClock clock = new VirtualClock();
  private final VirtioBalloon balloon = new VirtioBalloon(RAM, VirtioBalloon.REPORTING, clock);
  private final Driver driver = new Driver(balloon, 0);

  @AfterEach
  void close() {
    driver.close();
  }

  private void inflate(long... pages) {
    for (int i = 0; i < pages.length; i++) {
      driver.memory.put32(0x4000 + 4 * i, (int) pages[i]);
    }
    driver.describe(INFLATE, 0, 0x4000, 4 * pages.length, 0, 0);
    driver.offer(INFLATE, 0);
  }

  @Test
  void pagesThatTheGuestGivesAreTheHostsAgain() {
    driver.start(FEATURES, 3);
    driver.memory.fill(0x10_0000, 0x8000, 0x55);
    inflate(0x100, 0x101, 0x103, 0x102, 0xFFFF_FFFF, 0x106);
    assertEquals(0, driver.back(INFLATE));
    for (int page = 0; page < 8; page++) {
      boolean given = page < 4 || page == 6;
      assertEquals(given ? 0 : 0x55, driver.memory.get8(0x10_0000 + page * 0x1000 + 0x123), "page " + page);
    }
  }

  @Test
  void whatHasChangedIsToldToHostAndGuest() {
    List<Long> told = new ArrayList<>();
    balloon.onChange(told::add);
    driver.start(FEATURES, 3);
    balloon.target(RAM / 2);
    assertEquals(3, driver.read(0x1000, 1), "the driver is to look");
    assertEquals(0, driver.read(0x1000, 1));
    assertEquals(RAM / 2 / 4096, driver.read(0x2000, 4));
    driver.write(0x2004, 4, 100);
    driver.write(0x2000, 4, 7);
    assertEquals(RAM / 2 / 4096, driver.read(0x2000, 4), "that is the host's");
    assertEquals(List.of(RAM - 100 * 4096L), told);
    assertEquals(RAM - 100 * 4096L, balloon.actual());
    balloon.target(Long.MAX_VALUE);
    assertEquals(0, driver.read(0x2000, 4));
  }

  @Test
  void statisticsAreAskedForAtIntervals() {
    driver.start(FEATURES, 3);
    balloon.interval(2);
    driver.memory.put16(0x5000, 4);
    driver.memory.put64(0x5002, 12345);
    driver.memory.put16(0x500A, 77);
    driver.describe(STATS, 0, 0x5000, 20, 0, 0);
    driver.offer(STATS, 0);
    assertEquals(-1, driver.back(STATS), "it is kept until the next request");
    assertEquals(12345, balloon.statistics().get("stat-free-memory"));
    assertEquals(-1, balloon.statistics().get("stat-swap-in"));
    clock.advance(2_000_000_000L);
    assertEquals(0, driver.back(STATS));
    driver.memory.put64(0x5002, 54321);
    driver.offer(STATS, 0);
    assertEquals(54321, balloon.statistics().get("stat-free-memory"));
    balloon.interval(0);
    clock.advance(10_000_000_000L);
    assertEquals(-1, driver.back(STATS));
  }

  @Test
  void freePagesThatAreReportedAreTheHostsUnlessTheyArePoisoned() {
    driver.start(FEATURES | VirtioBalloon.REPORTING | 1 << 4, 4);
    for (int poison : new int[] {0, 0xAA}) {
      driver.memory.fill(0x10_0000, 0x2000, 0x55);
      driver.write(0x200C, 4, poison);
      driver.describe(REPORTED, 0, 0x10_0000, 0x2000, 2, 0);
      driver.offer(REPORTED, 0);
      assertEquals(poison == 0 ? 0 : 0x55, driver.memory.get8(0x10_1000));
    }
  }

  /// What a driver must not do: the device asks for a reset and does nothing until then.
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "no such descriptor,        0,       4, 0, 0, 8",
    "not in memory,             0x7ff000, 0x2000, 0, 0, 0",
    "wraps around,              -4096,   0x2000, 0, 0, 0",
    "negative length,           0x4000,  -1, 0, 0, 0",
    "no length,                 0x4000,  0, 0, 0, 0",
    "chain without end,         0x4000,  4, 1, 0, 0",
    "leads nowhere,             0x4000,  4, 1, 99, 0",
    "indirect of odd length,    0x4000,  17, 4, 0, 0",
    "indirect of no length,     0x4000,  0, 4, 0, 0",
    "indirect too long,         0x4000,  4096, 4, 0, 0",
    "indirect and more,         0x4000,  16, 5, 0, 0",
    "indirect not in memory,    0x7000000, 16, 4, 0, 0",
  })
  void aBrokenQueueStopsTheDeviceUntilReset(String what, String address, String length, int flags, int next, int head) {
    driver.start(FEATURES, 3);
    driver.describe(INFLATE, 0, Long.decode(address), Integer.decode(length), flags, next);
    driver.offer(INFLATE, head);
    assertEquals(0x4F, driver.read(0x14, 1));
    assertEquals(-1, driver.back(INFLATE));
    inflate(0x100);
    assertEquals(-1, driver.back(INFLATE));
    driver.write(0x14, 1, 0);
    assertEquals(0, driver.read(0x14, 1));
    driver.start(FEATURES, 3);
    assertEquals(0xF, driver.read(0x14, 1));
  }

  @Test
  void ringsOutsideOfMemoryStopTheDevice() {
    driver.start(FEATURES, 0);
    driver.write(0x20, 8, -16);
    driver.write(0x28, 8, 0x7FFF_FFFF_FFFF_F000L);
    driver.write(0x30, 8, 0x1_0000);
    driver.write(0x1C, 2, 1);
    driver.write(0x3000, 2, 0);
    assertEquals(0x4F, driver.read(0x14, 1));
  }

  @Test
  void whatTheDriverSetUpIsSaved() {
    driver.start(FEATURES, 3);
    balloon.target(RAM / 2);
    driver.write(0x2004, 4, 9);
    driver.describe(STATS, 5, 0x5000, 10, 0, 0);
    driver.offer(STATS, 5);
    VirtioBalloon second = new VirtioBalloon(RAM, VirtioBalloon.REPORTING, clock);
    try (Driver other = new Driver(second, 0)) {
      SavedState.copy(driver.function, other.function);
      assertEquals(SavedState.of(driver.function).toString(), SavedState.of(other.function).toString());
      assertEquals(RAM - 9 * 4096L, second.actual());
      second.interval(1);
      clock.advance(1_000_000_000L);
      assertEquals(1, other.memory.get16(Driver.used(STATS) + 2));
      assertEquals(5, other.memory.get32(Driver.used(STATS) + 4));
    }
  }

  @Test
  void anIntervalThatNobodyCanHaveAskedForIsNotLoaded() {
    balloon.interval(VirtioBalloon.LONGEST_INTERVAL);
    SavedState.of(driver.function).loadInto(driver.function);
    balloon.interval(Long.MAX_VALUE / 1_000_000_000L + 1);
    SavedState saved = SavedState.of(driver.function);
    assertThrows(StateException.class, () -> saved.loadInto(driver.function));
  }
}
