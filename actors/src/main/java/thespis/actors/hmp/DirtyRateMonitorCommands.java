package thespis.actors.hmp;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import thespis.qmp.command.DirtyRateCommands.CalcDirtyRate;
import thespis.qmp.command.DirtyRateCommands.DirtyRateInfo;
import thespis.qmp.command.DirtyRateCommands.DirtyRateMode;
import thespis.qmp.command.DirtyRateCommands.QueryDirtyRate;
import thespis.qmp.wire.WireNames;

/// How fast the guest changes its memory, as the human monitor asks for it.
final class DirtyRateMonitorCommands {
  static final List<HmpCommand> ALL = List.of(new HmpCommand("calc_dirty_rate",
      "dirty_ring:-r,dirty_bitmap:-b,second:l,sample_pages_per_GB:l?", "[-r] [-b] second [sample_pages_per_GB]",
      "start a round of guest dirty rate measurement (using -r to\n\t\t\t specify dirty ring as the method of calculation"
          + " and\n\t\t\t -b to specify dirty bitmap as method of calculation)",
      DirtyRateMonitorCommands::measure));

  static final List<HmpCommand> INFO = List.of(HmpCommand.plain("dirty_rate", "show dirty rate information",
      s -> Qmp.shown(s, new QueryDirtyRate(), info -> text((DirtyRateInfo) info))));

  private DirtyRateMonitorCommands() {}

  private static CompletionStage<String> measure(Session session, Arguments arguments) {
    long seconds = arguments.number("second");
    if (seconds == 0) {
      return HmpCommand.text("Incorrect period length specified!\n");
    }
    if (arguments.has("dirty_ring") && arguments.has("dirty_bitmap")) {
      return HmpCommand.text("Either dirty ring or dirty bitmap can be specified!\n");
    }
    DirtyRateMode mode = arguments.has("dirty_ring") ? DirtyRateMode.DIRTY_RING
        : arguments.has("dirty_bitmap") ? DirtyRateMode.DIRTY_BITMAP
        : DirtyRateMode.PAGE_SAMPLING;
    Optional<Long> pages = arguments.has("sample_pages_per_GB")
        ? Optional.of(arguments.number("sample_pages_per_GB")) : Optional.empty();
    return Qmp.shown(session, new CalcDirtyRate(seconds, pages, Optional.of(mode)), done ->
        "Starting dirty rate measurement with period " + seconds
            + " seconds\n[Please use 'info dirty_rate' to check results]\n");
  }

  private static String text(DirtyRateInfo info) {
    return "Status: " + WireNames.of(info.status()) + "\nStart Time: " + info.startTime() + " (ms)\nSample Pages: "
        + info.samplePages() + " (per GB)\nPeriod: " + info.calcTime() + " (sec)\nMode: " + WireNames.of(info.mode())
        + "\nDirty rate: " + info.dirtyRate().map(rate -> rate + " (MB/s)").orElse("(not ready)") + "\n";
  }
}
