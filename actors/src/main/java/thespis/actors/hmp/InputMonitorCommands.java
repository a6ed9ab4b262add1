package thespis.actors.hmp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import thespis.qmp.command.DisplayCommands;
import thespis.qmp.command.DisplayCommands.MouseInfo;
import thespis.qmp.command.InputCommands;
import thespis.qmp.command.InputCommands.KeyValue;
import thespis.qmp.command.MemoryCommands;
import thespis.qmp.command.QKeyCode;
import thespis.qmp.wire.WireNames;

/// Keys pressed at the monitor, mice, and memory to a file.
final class InputMonitorCommands {
  private static final Map<String, QKeyCode> KEYS = new HashMap<>();

  static {
    for (QKeyCode key : QKeyCode.values()) {
      KEYS.put(WireNames.of(key), key);
    }
  }

  static final List<HmpCommand> ALL = List.of(
      new HmpCommand("sendkey", "keys:s,hold-time:i?", "keys [hold_ms]",
          "send keys to the VM (e.g. 'sendkey ctrl-alt-f1', default hold time=100 ms)", InputMonitorCommands::press),
      new HmpCommand("memsave", "val:l,size:i,filename:s", "addr size file",
          "save to disk virtual memory dump starting at 'addr' of size 'size'",
          (s, a) -> s.current().thenCompose(cpu -> Qmp.done(s, new MemoryCommands.Memsave(
              a.number("val"), a.number("size"), a.text("filename"), Optional.of((long) Math.max(cpu, 0)))))),
      new HmpCommand("pmemsave", "val:l,size:i,filename:s", "addr size file",
          "save to disk physical memory dump starting at 'addr' of size 'size'",
          (s, a) -> Qmp.done(
              s, new MemoryCommands.Pmemsave(a.number("val"), a.number("size"), a.text("filename")))));

  static final List<HmpCommand> INFO = List.of(
      HmpCommand.plain("mice", "show which guest mouse is receiving events",
          s -> Qmp.shown(s, new DisplayCommands.QueryMice(), mice -> mice((List<?>) mice))));

  private InputMonitorCommands() {}

  private static CompletionStage<String> press(Session session, Arguments arguments) {
    List<KeyValue> keys = new ArrayList<>();
    for (String name : arguments.text("keys").split("-", -1)) {
      KeyValue key = key(name);
      if (key == null) {
        return HmpCommand.text("invalid parameter: " + name + "\n");
      }
      keys.add(key);
    }
    Optional<Long> hold = arguments.has("hold-time") ? Optional.of(arguments.number("hold-time")) : Optional.empty();
    return Qmp.done(session, new InputCommands.SendKey(keys, hold));
  }

  /// By name, or by a PC's number. Null for what is neither.
  private static KeyValue key(String name) {
    if (name.startsWith("0x")) {
      try {
        return new KeyValue.Number(Long.decode(name));
      } catch (NumberFormatException e) {
        return null;
      }
    }
    QKeyCode key = name.equals("<") ? QKeyCode.LESS : KEYS.get(name);
    return key == null ? null : new KeyValue.Qcode(key);
  }

  private static String mice(List<?> mice) {
    if (mice.isEmpty()) {
      return "No mouse devices connected\n";
    }
    StringBuilder out = new StringBuilder();
    for (Object each : mice) {
      MouseInfo mouse = (MouseInfo) each;
      out.append(mouse.current() ? '*' : ' ').append(" Mouse #").append(mouse.index()).append(": ").append(mouse.name())
          .append(mouse.absolute() ? " (absolute)" : "").append('\n');
    }
    return out.toString();
  }
}
