package thespis.actors.hmp;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import thespis.actors.cli.HelpPages;
import thespis.actors.cli.ObjectText;
import thespis.actors.cli.OptionException;
import thespis.qmp.command.MachineCommands;
import thespis.qmp.command.MachineCommands.IoThreadInfo;
import thespis.qmp.command.MemoryCommands.Memdev;

/// The objects that users make, and what they are for.
final class UserObjectCommands {
  static final List<HmpCommand> ALL = List.of(
      new HmpCommand("object_add", "object:S", "[qom-type=]type,id=str[,prop=value][,...]", "create QOM object",
          UserObjectCommands::add),
      new HmpCommand("object_del", "id:s", "id", "destroy QOM object",
          (s, a) -> Qmp.done(s, new thespis.qmp.command.ObjectCommands.ObjectDel(a.text("id")))));

  static final List<HmpCommand> INFO = List.of(
      HmpCommand.plain("iothreads", "show iothreads", s ->
          Qmp.shown(s, new MachineCommands.QueryIothreads(), list -> each(list, i -> ioThread((IoThreadInfo) i)))),
      HmpCommand.plain("memdev", "show memory backends", s ->
          Qmp.shown(s, new thespis.qmp.command.MemoryCommands.QueryMemdev(),
              list -> each(list, m -> backend((Memdev) m)) + "\n")));

  private UserObjectCommands() {}

  private static CompletionStage<String> add(Session session, Arguments arguments) {
    String text = arguments.text("object");
    if (text.equals("help") || text.equals("?")) {
      return HmpCommand.text(HelpPages.objects());
    }
    if (HelpPages.object(text).isPresent()) {
      return HmpCommand.text(HelpPages.object(text).get());
    }
    try {
      return Qmp.done(session, new thespis.qmp.command.ObjectCommands.ObjectAdd(ObjectText.object(text)));
    } catch (OptionException e) {
      return HmpCommand.text("Error: " + e.getMessage() + "\n");
    }
  }

  private static String each(Object list, java.util.function.Function<Object, String> text) {
    return ((List<?>) list).stream().map(text).collect(Collectors.joining());
  }

  private static String ioThread(IoThreadInfo t) {
    return t.id() + ":\n  thread_id=" + t.threadId() + "\n  poll-max-ns=" + t.pollMaxNs() + "\n  poll-grow="
        + t.pollGrow() + "\n  poll-shrink=" + t.pollShrink() + "\n  aio-max-batch=" + t.aioMaxBatch() + "\n";
  }

  private static String backend(Memdev m) {
    return "memory backend: " + m.id().orElse("") + "\n  size:  " + m.size() + "\n  merge: " + m.merge()
        + "\n  dump: " + m.dump() + "\n  prealloc: " + m.prealloc() + "\n  share: " + m.share()
        + m.reserve().map(reserve -> "\n  reserve: " + reserve).orElse("")
        + "\n  policy: " + m.policy().name().toLowerCase(Locale.ROOT)
        + "\n  host nodes: " + m.hostNodes().stream().map(String::valueOf).collect(Collectors.joining(",")) + "\n";
  }
}
