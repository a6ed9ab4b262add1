package thespis.actors.hmp;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import thespis.actors.chardev.ChardevException;
import thespis.actors.cli.OptionException;

/// The commands for the process's character devices.
final class ChardevMonitorCommands {
  static final List<HmpCommand> ALL = List.of(
      new HmpCommand("chardev-add", "args:S", "args", "add chardev",
          (s, a) -> done(s, d -> d.add(a.text("args")))),
      new HmpCommand("chardev-change", "id:s,args:S", "id args", "change chardev",
          (s, a) -> done(s, d -> d.change(a.text("id"), a.text("args")))),
      new HmpCommand("chardev-remove", "id:s", "id", "remove chardev",
          (s, a) -> done(s, d -> d.remove(a.text("id")))),
      new HmpCommand("chardev-send-break", "id:s", "id", "send a break on chardev",
          (s, a) -> done(s, d -> d.sendBreak(a.text("id")))),
      new HmpCommand("ringbuf_write", "device:s,data:s", "device data", "Write to a ring buffer character device",
          (s, a) -> done(s, d -> d.write(a.text("device"), a.text("data")))),
      new HmpCommand("ringbuf_read", "device:s,size:i", "device size", "Read from a ring buffer character device",
          (s, a) -> on(s, d -> printable(d.read(a.text("device"), a.number("size"))))));

  private ChardevMonitorCommands() {}

  private interface Deed {
    void on(ChardevActions devices);
  }

  private static CompletionStage<String> done(Session session, Deed deed) {
    return on(session, devices -> {
      deed.on(devices);
      return "";
    });
  }

  private static CompletionStage<String> on(Session session, Function<ChardevActions, String> deed) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return deed.apply(session.context().actions());
      } catch (ChardevException | OptionException e) {
        return "Error: " + e.getMessage() + "\n";
      }
    }, command -> Thread.ofVirtual().start(command));
  }

  /// What would move the cursor is shown as a number.
  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c == '\\') {
        out.append("\\\\");
      } else if (c < 0x20 && c != '\n' && c != '\t' || c == 0x7F) {
        out.append(String.format("\\u%04X", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('\n').toString();
  }
}
