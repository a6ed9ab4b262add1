package thespis.actors.process;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Props;
import thespis.actors.chardev.ChardevException;
import thespis.actors.chardev.Chardevs;
import thespis.actors.chardev.Frontend;
import thespis.actors.cli.ChardevText;
import thespis.actors.cli.OptionException;
import thespis.actors.gdb.GdbStub;
import thespis.actors.gdb.MachineTarget;
import thespis.actors.gdb.Target;
import thespis.actors.hmp.HumanMonitor;
import thespis.actors.hmp.MonitorContext;
import thespis.cpu.state.DebugPoints;

/// Where a debugger can reach the machine: `-gdb`, `-s` and the monitor's `gdbserver`. There is one place at a time.
final class GdbServer {
  private static final String LABEL = "gdb";

  private final Chardevs chardevs;
  private final DebugPoints points;
  private ActorRef<GdbStub.Message> stub;
  private int stubs;

  GdbServer(Chardevs chardevs, DebugPoints points) {
    this.chardevs = chardevs;
    this.points = points;
  }

  /// Opens a device as after `-serial`, in the place of the last one; `none` for no device.
  ///
  /// @throws ChardevException or {@link OptionException} if it can't be opened
  synchronized void open(String device, MonitorContext context) {
    if (stub != null) {
      stub.tell(new GdbStub.End());
      stub = null;
      chardevs.discard(LABEL);
    }
    if (device.equals("none")) {
      return;
    }
    String full = device.startsWith("tcp:") ? device + ",wait=off,nodelay=on,server=on" : device;
    chardevs.add(ChardevText.compact(full, LABEL, "-gdb " + device));
    Bridge bridge = new Bridge();
    Target target = new MachineTarget(context.machine(), points, line -> new HumanMonitor(context).run(line));
    chardevs.connect(LABEL, bridge, output -> {
      stub = context.machine().system().systemActorOf(
          GdbStub.create(target, bytes -> output.write(bytes, 0, bytes.length)),
          "gdb-" + stubs++,
          Props.empty());
      bridge.to = stub;
    });
  }

  /// The monitor's command: what it prints.
  String command(String device, MonitorContext context) {
    try {
      open(device, context);
    } catch (ChardevException | OptionException e) {
      return e.getMessage() + "\nCould not open gdbserver on device '" + device + "'\n";
    }
    return device.equals("none")
        ? "Disabled gdbserver\n"
        : "Waiting for gdb connection on device '" + device + "'\n";
  }

  /// From the device to the debugger's actor.
  private static final class Bridge implements Frontend {
    private ActorRef<GdbStub.Message> to;

    @Override
    public void receive(byte[] bytes) {
      to.tell(new GdbStub.Received(bytes));
    }

    @Override
    public void event(Event event) {
      switch (event) {
        case OPENED -> to.tell(new GdbStub.Opened());
        case CLOSED -> to.tell(new GdbStub.Closed());
        case BREAK, FOCUS_IN, FOCUS_OUT -> { }
      }
    }
  }
}
