package thespis.actors.hmp;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import thespis.actors.Machine;
import thespis.actors.cli.DeviceText;
import thespis.hotplug.Cause;

/// The commands of the human monitor that do something.
final class HmpCommands {
  private HmpCommands() {}

  static List<HmpCommand> of(MonitorContext context) {
    Machine machine = context.machine();
    return List.of(
        new HmpCommand("stop|s", "", "stop emulation", a -> done(machine.stop())),
        new HmpCommand("cont|c", "", "resume emulation", a -> done(machine.cont())),
        new HmpCommand("quit|q", "", "quit the emulator", a -> done(machine.quit(Cause.HOST_QMP_QUIT))),
        new HmpCommand("system_reset", "", "reset the system", a -> done(machine.reset())),
        new HmpCommand("system_powerdown", "", "send system power down event", a -> done(machine.powerDown())),
        new HmpCommand("nmi", "", "inject an NMI", a -> done(machine.injectNmi())),
        new HmpCommand("device_add", "driver[,prop=value][,...]", "add device, like -device on the command line",
            a -> done(machine.addDevice(device(a)))),
        new HmpCommand("device_del", "device", "remove device", a -> {
          required("device_del", a);
          return done(machine.removeDevice(a));
        }));
  }

  private static Map<String, Object> device(String text) {
    try {
      return DeviceText.parse(text);
    } catch (thespis.actors.cli.OptionException e) {
      throw new HumanMonitor.BadLine("Error: " + e.getMessage());
    }
  }

  private static void required(String name, String argument) {
    if (argument.isEmpty()) {
      throw new HumanMonitor.BadLine(
          name + ": string expected\nTry \"help " + name + "\" for more information");
    }
  }

  private static CompletionStage<String> done(CompletionStage<?> stage) {
    return stage.thenApply(nothing -> "");
  }
}
