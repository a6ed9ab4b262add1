package thespis.hotplug;

import akka.actor.typed.ActorRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import thespis.cpu.run.Inspector;
import thespis.machine.qom.ObjectTree;

/// What the machine's board can be told. The board owns the machine's run state, its slots and the life of its vCPUs.
/// Requests that take several steps run one after another, as in QEMU's main loop; what the guest starts (an ejection, a
/// fault) and {@link Quit} never wait behind them.
public interface BoardProtocol {
  /// Open: the board adds its own private messages, and QMP its requests.
  interface Message {}

  /// What clients may send.
  sealed interface Command extends Message {}

  /// `device_add`: driver, id, place and properties, in the order given. Succeeds when the guest was told, not when it
  /// has brought the CPU online.
  ///
  /// @param warnings hears what the user is to be warned of, on the board's thread; empty: an event tells of it
  record AddDevice(
      Map<String, Object> arguments, Optional<Consumer<String>> warnings, ActorRef<Answer<CpuInfo>> replyTo)
      implements Command {
    public AddDevice(Map<String, Object> arguments, ActorRef<Answer<CpuInfo>> replyTo) {
      this(arguments, Optional.empty(), replyTo);
    }
  }

  /// `cpu-add` of QEMU up to 5.1: the CPU of a slot, nameless. Succeeds as {@link AddDevice} does.
  record AddCpuByIndex(long index, ActorRef<Answer<CpuInfo>> replyTo) implements Command {}

  /// `device_del`, by id or QOM path: asks the guest. The removal itself is a {@link MachineEvent.DeviceDeleted}.
  record RemoveDevice(String idOrPath, ActorRef<Answer<Answer.Done>> replyTo) implements Command {}

  /// What has become of the requests to remove CPUs; ascending by slot.
  record QueryUnplugs(ActorRef<List<UnplugInfo>> replyTo) implements Command {}

  /// Answered when the last request to remove this CPU is settled, or after the limit with how far it has come.
  record AwaitUnplug(String idOrPath, Duration limit, ActorRef<Answer<UnplugInfo>> replyTo) implements Command {}

  /// Takes a request to remove a CPU back, if the guest has not seen it yet.
  record CancelUnplug(String idOrPath, ActorRef<Answer<Answer.Done>> replyTo) implements Command {}

  /// Answered when the guest has started the CPU in this slot, with a failure if that can't come about any more.
  record AwaitOnline(int slot, Duration limit, ActorRef<Answer<CpuInfo>> replyTo) implements Command {}

  record Stop(ActorRef<Answer<Answer.Done>> replyTo) implements Command {}

  record Cont(ActorRef<Answer<Answer.Done>> replyTo) implements Command {}

  /// A debugger's way to go on: these CPUs run, those do one instruction, any others stay where they are. Ends when
  /// the machine is stopped, be it by {@link MachineEvent.DebugStopped}.
  record DebugRun(Set<Integer> running, Set<Integer> stepping, ActorRef<Answer<Answer.Done>> replyTo)
      implements Command {}

  record Reset(ActorRef<Answer<Answer.Done>> replyTo) implements Command {}

  /// Presses the power button; what comes of it is the guest's choice.
  record PowerDown(ActorRef<Answer<Answer.Done>> replyTo) implements Command {}

  /// Out of sleep state S3.
  record WakeUp(ActorRef<Answer<Answer.Done>> replyTo) implements Command {}

  record InjectNmi(ActorRef<Answer<Answer.Done>> replyTo) implements Command {}

  /// Ends the machine. Never waits behind other requests; {@link MachineEvent.Ended} is the last thing heard of it.
  record Quit(Cause cause, ActorRef<Answer<Answer.Done>> replyTo) implements Command {}

  record QueryStatus(ActorRef<RunState> replyTo) implements Command {}

  /// Present CPUs in order of creation.
  record QueryCpus(ActorRef<List<CpuInfo>> replyTo) implements Command {}

  /// Possible CPUs, ascending.
  record QuerySlots(ActorRef<Answer<List<SlotInfo>>> replyTo) implements Command {}

  record QueryOspm(ActorRef<Answer<List<OstInfo>>> replyTo) implements Command {}

  /// A monitor's look at one CPU, taken on its thread between two slices.
  record LookAtCpu(int slot, Function<Inspector, String> look, ActorRef<Answer<String>> replyTo) implements Command {}

  /// A tester's access to a port of the ACPI controller's, as if a guest's. Ones are read where there is none.
  record TouchPort(PortAccess access, ActorRef<VcpuProtocol.PortDone> replyTo) implements Command {}

  /// What all CPUs have translated, as `info jit` has it.
  record DescribeTranslation(ActorRef<Answer<String>> replyTo) implements Command {}

  /// A monitor's look at the machine's objects, which are the board's; a refusal is a `ConfigException`.
  record LookAtObjects(Function<ObjectTree, String> look, ActorRef<Answer<String>> replyTo) implements Command {}

  /// `set-action`: what a reset and the guest's end do from now on.
  record SetAction(Optional<RebootAction> reboot, Optional<ShutdownAction> shutdown, ActorRef<Answer<Answer.Done>> replyTo)
      implements Command {}

  /// From now on every {@link MachineEvent} goes there too, until that actor stops.
  record Subscribe(ActorRef<MachineEvent> subscriber) implements Command {}

  record Unsubscribe(ActorRef<MachineEvent> subscriber) implements Command {}

  /// The chips: the guest wrote a reset register, powered off, or left through the debug exit device.
  record GuestAsked(Cause cause, int exitStatus) implements Command {}
}
