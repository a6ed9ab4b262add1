package thespis.actors.hmp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import thespis.qmp.command.DisplayCommands;
import thespis.qmp.command.DisplayCommands.MouseInfo;
import thespis.qmp.command.InputCommands;
import thespis.qmp.command.InputCommands.Axis;
import thespis.qmp.command.InputCommands.Button;
import thespis.qmp.command.InputCommands.ButtonEvent;
import thespis.qmp.command.InputCommands.InputEvent;
import thespis.qmp.command.InputCommands.KeyValue;
import thespis.qmp.command.InputCommands.MoveEvent;
import thespis.qmp.command.MemoryCommands;
import thespis.qmp.command.QKeyCode;
import thespis.qmp.wire.WireNames;

/// Keys pressed at the monitor, mice, and memory to a file.
final class InputMonitorCommands {
  /// Its number among QEMU's input devices.
  private static final int KEYBOARD = 1;

  private static final Map<String, QKeyCode> KEYS = new HashMap<>();

  static {
    for (QKeyCode key : QKeyCode.values()) {
      KEYS.put(WireNames.of(key), key);
    }
  }

  static final List<HmpCommand> ALL = List.of(
      new HmpCommand("sendkey", "keys:s,hold-time:i?", "keys [hold_ms]",
          "send keys to the VM (e.g. 'sendkey ctrl-alt-f1', default hold time=100 ms)", InputMonitorCommands::press),
      new HmpCommand("mouse_button", "button_state:i", "state", "change mouse button state (1=L, 2=M, 4=R)",
          InputMonitorCommands::button),
      new HmpCommand("mouse_move", "dx:s,dy:s,dz:s?", "dx dy [dz]", "send mouse move events",
          InputMonitorCommands::move),
      new HmpCommand("mouse_set", "index:i", "index", "set which mouse device receives events",
          (s, a) -> Qmp.shown(s, new DisplayCommands.QueryMice(), mice -> choice((List<?>) mice, a.number("index")))),
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

  /// All three buttons are as this says from now on. Nothing happens while the machine does not run.
  private static CompletionStage<String> button(Session session, Arguments arguments) {
    long state = arguments.number("button_state");
    List<InputEvent> events = new ArrayList<>();
    for (Button button : List.of(Button.LEFT, Button.MIDDLE, Button.RIGHT)) {
      events.add(new InputEvent.Btn(new ButtonEvent(button, (state >> button.ordinal() & 1) != 0)));
    }
    return send(session, events);
  }

  private static CompletionStage<String> move(Session session, Arguments arguments) {
    List<InputEvent> events = new ArrayList<>();
    events.add(new InputEvent.Rel(new MoveEvent(Axis.X, number(arguments.text("dx")))));
    events.add(new InputEvent.Rel(new MoveEvent(Axis.Y, number(arguments.text("dy")))));
    long wheel = arguments.has("dz") ? number(arguments.text("dz")) : 0;
    if (wheel != 0) {
      Button button = wheel > 0 ? Button.WHEEL_UP : Button.WHEEL_DOWN;
      events.add(new InputEvent.Btn(new ButtonEvent(button, true)));
      events.add(new InputEvent.Btn(new ButtonEvent(button, false)));
    }
    return send(session, events);
  }

  private static CompletionStage<String> send(Session session, List<InputEvent> events) {
    return Qmp.done(session, new InputCommands.InputSendEvent(Optional.empty(), Optional.empty(), events))
        .thenApply(said -> "");
  }

  /// What does not begin with a number is 0, as C has it.
  private static long number(String text) {
    Matcher number = Pattern.compile("-?[0-9]{1,9}").matcher(text);
    return number.lookingAt() ? Long.parseLong(number.group()) : 0;
  }

  private static String choice(List<?> mice, long index) {
    return mice.stream().anyMatch(mouse -> ((MouseInfo) mouse).index() == index) ? ""
        : index == KEYBOARD && !mice.isEmpty() ? "Input device 'QEMU PS/2 Keyboard' is not a mouse\n"
        : "Mouse at index '" + index + "' not found\n";
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
