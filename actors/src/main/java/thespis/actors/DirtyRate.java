package thespis.actors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;
import thespis.hotplug.Answer;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.Failure;
import thespis.machine.board.RamPart;
import thespis.qmp.command.DirtyRateCommands.CalcDirtyRate;
import thespis.qmp.command.DirtyRateCommands.DirtyRateInfo;
import thespis.qmp.command.DirtyRateCommands.DirtyRateMode;
import thespis.qmp.command.DirtyRateCommands.DirtyRateStatus;
import thespis.qmp.wire.WireNames;

/// `calc-dirty-rate`: how fast the guest changes its memory. Pages are taken at random and digested, and once more when
/// the time is over; those that differ stand for all. QEMU QMP reference "Migration", "calc-dirty-rate".
///
/// QEMU differs: its mode `dirty-bitmap` has the pages counted that were written to. Here every page is digested, so a
/// page that was written to and has its old contents again is not counted.
final class DirtyRate {
  /// A piece of guest memory and where it is on the host.
  record Block(long host, long bytes) {}

  private record Sample(long host, int digest) {}

  /// Of a smaller block the few pages would say nothing.
  private static final long SMALLEST_BLOCK = 128L << 20;

  private static final int SHORTEST = 1, LONGEST = 60;
  private static final int FEWEST = 128, MOST = 16384, USUAL = 512;
  private static final int PAGE = (int) PhysMap.PAGE_SIZE;

  private final List<Block> blocks;
  private final RunControl.Offload offload;
  private final Waits.Alarm alarm;
  private final LongSupplier seconds;
  private final SplittableRandom random;
  private DirtyRateInfo last = new DirtyRateInfo(
      Optional.empty(), DirtyRateStatus.UNSTARTED, 0, 0, 0, DirtyRateMode.PAGE_SAMPLING, Optional.empty());

  /// @param blocks the guest's memory
  /// @param seconds since the host's start
  DirtyRate(
      List<Block> blocks, RunControl.Offload offload, Waits.Alarm alarm, LongSupplier seconds, SplittableRandom random) {
    this.blocks = blocks.stream().filter(block -> block.bytes >= SMALLEST_BLOCK).toList();
    this.offload = offload;
    this.alarm = alarm;
    this.seconds = seconds;
    this.random = random;
  }

  static DirtyRate of(Board board, Hardware hardware) {
    return new DirtyRate(
        hardware.chips().map(DirtyRate::blocks).orElse(List.of()), board::offload, board::after,
        () -> TimeUnit.NANOSECONDS.toSeconds(System.nanoTime()), new SplittableRandom());
  }

  /// One for each memory back end.
  private static List<Block> blocks(thespis.machine.board.Board chips) {
    List<Block> blocks = new ArrayList<>();
    long host = chips.ram().host();
    for (RamPart part : chips.config().ramParts()) {
      blocks.add(new Block(host, part.bytes()));
      host += part.bytes();
    }
    return blocks.isEmpty() ? List.of(new Block(host, chips.ram().size())) : blocks;
  }

  DirtyRateInfo info() {
    return last;
  }

  /// Answered when it has begun.
  void measure(CalcDirtyRate command, Consumer<Answer<Done>> done) {
    Optional<String> wrong = wrongWith(command);
    if (wrong.isPresent()) {
      done.accept(Answer.failed(Failure.generic(wrong.get())));
      return;
    }
    DirtyRateMode mode = command.mode().orElse(DirtyRateMode.PAGE_SAMPLING);
    last = new DirtyRateInfo(
        Optional.empty(), DirtyRateStatus.MEASURING, seconds.getAsLong(), command.calcTime(),
        command.samplePages().orElse((long) USUAL), mode, Optional.empty());
    done.accept(Answer.done());
    List<Sample> samples = new ArrayList<>();
    offload.run(() -> take(mode, last.samplePages(), samples), begun -> {
      Duration time = Duration.ofSeconds(command.calcTime());
      alarm.after(time, () -> compare(samples, time));
    });
  }

  private Optional<String> wrongWith(CalcDirtyRate c) {
    DirtyRateMode mode = c.mode().orElse(DirtyRateMode.PAGE_SAMPLING);
    long pages = c.samplePages().orElse((long) USUAL);
    return Optional.ofNullable(
        last.status() == DirtyRateStatus.MEASURING ? "the dirty rate is already being measured."
        : c.calcTime() < SHORTEST || c.calcTime() > LONGEST
            ? "calc-time is out of range[" + SHORTEST + ", " + LONGEST + "]."
        : c.samplePages().isPresent() && mode == DirtyRateMode.DIRTY_RING
            ? "either sample-pages or dirty-ring can be specified."
        : pages < FEWEST || pages > MOST ? "sample-pages is out of range[" + FEWEST + ", " + MOST + "]."
        : mode == DirtyRateMode.DIRTY_RING
            ? "mode " + WireNames.of(mode) + " is not enabled, use other method instead."
        : null);
  }

  private void take(DirtyRateMode mode, long perGib, List<Sample> samples) {
    byte[] page = new byte[PAGE];
    for (Block block : blocks) {
      long pages = block.bytes / PAGE;
      long wanted = mode == DirtyRateMode.DIRTY_BITMAP ? pages : (block.bytes * perGib) >> 30;
      for (long i = 0; i < wanted; i++) {
        long host = block.host + PAGE * (mode == DirtyRateMode.DIRTY_BITMAP ? i : random.nextLong(pages));
        samples.add(new Sample(host, digest(host, page)));
      }
    }
  }

  private void compare(List<Sample> samples, Duration time) {
    long[] changed = {0};
    byte[] page = new byte[PAGE];
    offload.run(
        () -> changed[0] = samples.stream().filter(sample -> digest(sample.host, page) != sample.digest).count(),
        compared -> finish(rate(changed[0], samples.size(), time)));
  }

  /// MiB a second.
  private long rate(long changed, long looked, Duration time) {
    long mib = blocks.stream().mapToLong(Block::bytes).sum() >> 20;
    return looked == 0 ? 0 : changed * mib * 1000 / (looked * time.toMillis());
  }

  private void finish(long rate) {
    last = new DirtyRateInfo(
        Optional.of(rate), DirtyRateStatus.MEASURED, last.startTime(), last.calcTime(),
        last.mode() == DirtyRateMode.DIRTY_BITMAP ? 0 : last.samplePages(), last.mode(), Optional.empty());
  }

  private static int digest(long host, byte[] page) {
    Mem.copyOut(host, page, 0, PAGE);
    CRC32C digest = new CRC32C();
    digest.update(page, 0, PAGE);
    return (int) digest.getValue();
  }
}
