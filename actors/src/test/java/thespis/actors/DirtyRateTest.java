package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.hotplug.Answer;
import thespis.qmp.command.DirtyRateCommands.CalcDirtyRate;
import thespis.qmp.command.DirtyRateCommands.DirtyRateInfo;
import thespis.qmp.command.DirtyRateCommands.DirtyRateMode;
import thespis.qmp.command.DirtyRateCommands.DirtyRateStatus;

/// A guest that changes its memory while somebody measures, on a clock that the test turns.
class DirtyRateTest {
  private static final long SIZE = 128L << 20;

  private final Deque<Runnable> alarms = new ArrayDeque<>();
  private final List<Duration> limits = new ArrayList<>();

  private DirtyRate rate(long host, long bytes) {
    return new DirtyRate(
        List.of(new DirtyRate.Block(host, bytes)),
        (work, then) -> {
          work.run();
          then.accept(Optional.empty());
        },
        (limit, then) -> {
          limits.add(limit);
          alarms.add(then);
          return () -> { };
        },
        () -> 77,
        new SplittableRandom(1));
  }

  private static String ask(DirtyRate rate, long seconds, Long pages, DirtyRateMode mode) {
    String[] text = {null};
    rate.measure(new CalcDirtyRate(seconds, Optional.ofNullable(pages), Optional.ofNullable(mode)), answer ->
        text[0] = answer instanceof Answer.Failed<?>(var failure) ? failure.desc() : "");
    return text[0];
  }

  @Test
  void pagesThatDifferStandForAll() {
    try (GuestRam ram = new GuestRam(SIZE)) {
      DirtyRate rate = rate(ram.host(), SIZE);
      assertEquals(DirtyRateStatus.UNSTARTED, rate.info().status());
      assertEquals("", ask(rate, 2, 16384L, null));
      assertEquals("the dirty rate is already being measured.", ask(rate, 2, null, null));
      assertEquals(List.of(Duration.ofSeconds(2)), limits);
      for (long at = 0; at < SIZE; at += 4096) {
        Mem.put8(ram.host() + at + 100, (byte) 1);
      }
      alarms.remove().run();
      assertEquals(
          new DirtyRateInfo(
              Optional.of(64L), DirtyRateStatus.MEASURED, 77, 2, 16384, DirtyRateMode.PAGE_SAMPLING, Optional.empty()),
          rate.info());
    }
  }

  @Test
  void everyPageIsLookedAtWhereTheClientWantsThat() {
    try (GuestRam ram = new GuestRam(SIZE)) {
      DirtyRate rate = rate(ram.host(), SIZE);
      assertEquals("", ask(rate, 1, null, DirtyRateMode.DIRTY_BITMAP));
      for (long at = 0; at < SIZE / 4; at += 4096) {
        Mem.put8(ram.host() + at, (byte) 1);
      }
      alarms.remove().run();
      assertEquals(Optional.of(32L), rate.info().dirtyRate());
      assertEquals(0, rate.info().samplePages());
    }
  }

  @Test
  void littleMemoryTellsNothing() {
    DirtyRate rate = rate(0, SIZE - 4096);
    assertEquals("", ask(rate, 1, null, null));
    alarms.remove().run();
    assertEquals(Optional.of(0L), rate.info().dirtyRate());
  }

  @ParameterizedTest(name = "{0} {1} {2} -> {3}")
  @CsvSource(delimiter = '|', textBlock = """
      0  |       |              | calc-time is out of range[1, 60].
      61 | 1     |              | calc-time is out of range[1, 60].
      1  | 127   |              | sample-pages is out of range[128, 16384].
      1  | 16385 |              | sample-pages is out of range[128, 16384].
      1  | 1     | DIRTY_RING   | either sample-pages or dirty-ring can be specified.
      1  |       | DIRTY_RING   | mode dirty-ring is not enabled, use other method instead.
      """)
  void whatDoesNotFitIsRefusedInQemusWords(long seconds, Long pages, DirtyRateMode mode, String text) {
    assertEquals(text, ask(rate(0, 4096), seconds, pages, mode));
  }
}
