package thespis.actors.hmp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import thespis.qmp.command.MemoryCommands;
import thespis.qmp.command.MemoryCommands.DumpFormat;
import thespis.qmp.command.MemoryCommands.DumpQueryResult;
import thespis.qmp.command.MemoryCommands.DumpStatus;

/// A picture of the guest's memory in a file, and how far it is.
final class DumpMonitorCommands {
  private static final Map<String, DumpFormat> FORMATS = Map.of(
      "zlib", DumpFormat.KDUMP_ZLIB, "lzo", DumpFormat.KDUMP_LZO, "snappy", DumpFormat.KDUMP_SNAPPY,
      "windmp", DumpFormat.WIN_DMP);

  static final List<HmpCommand> ALL = List.of(new HmpCommand("dump-guest-memory",
      "paging:-p,detach:-d,windmp:-w,zlib:-z,lzo:-l,snappy:-s,filename:F,begin:l?,length:l?",
      "[-p] [-d] [-z|-l|-s|-w] filename [begin length]",
      "dump guest memory into file 'filename'.\n\t\t\t-d: return immediately (do not wait for completion).\n"
          + "\t\t\tbegin: the starting physical address.\n\t\t\tlength: the memory size, in bytes.",
      DumpMonitorCommands::dump));

  static final List<HmpCommand> INFO = List.of(HmpCommand.plain("dump", "Display the latest dump status",
      s -> Qmp.shown(s, new MemoryCommands.QueryDump(), result -> status((DumpQueryResult) result))));

  private DumpMonitorCommands() {}

  private static CompletionStage<String> dump(Session session, Arguments arguments) {
    List<DumpFormat> formats = new ArrayList<>();
    FORMATS.forEach((flag, format) -> {
      if (arguments.has(flag)) {
        formats.add(format);
      }
    });
    if (formats.size() > 1) {
      return HmpCommand.text("Error: only one of '-z|-l|-s|-w' can be set\n");
    }
    return Qmp.done(session, new MemoryCommands.DumpGuestMemory(
        arguments.has("paging"), "file:" + arguments.text("filename"), Optional.of(arguments.has("detach")),
        number(arguments, "begin"), number(arguments, "length"),
        Optional.of(formats.isEmpty() ? DumpFormat.ELF : formats.getFirst())));
  }

  private static Optional<Long> number(Arguments arguments, String name) {
    return arguments.has(name) ? Optional.of(arguments.number(name)) : Optional.empty();
  }

  private static String status(DumpQueryResult result) {
    String line = "Status: " + result.status().name().toLowerCase(Locale.ROOT) + "\n";
    return result.status() == DumpStatus.ACTIVE
        ? line + String.format("Finished: %.2f %%\n", 100.0 * result.completed() / result.total())
        : line;
  }
}
