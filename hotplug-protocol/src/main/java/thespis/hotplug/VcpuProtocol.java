package thespis.hotplug;

import akka.actor.typed.ActorRef;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.run.Inspector;
import thespis.machine.board.CpuSlot;
import thespis.machine.migrate.Section;

/// What one processor can be told, and what it tells the board. A vCPU asks only the ACPI controller (its port
/// accesses); nobody needs an answer from a vCPU to give one to it, so it can always finish what it is doing.
public interface VcpuProtocol {
  /// Open: the actor adds its own private ones.
  interface Message {}

  /// What others may send.
  sealed interface Command extends Message {}

  /// Board: become this processor. {@link Realized} or {@link RealizeFailed}; it does not run yet.
  ///
  /// @param config the settings of its processor object, complete
  record Realize(CpuSlot slot, CpuConfig config, ActorRef<Event> replyTo) implements Command {}

  /// Board: run guest code from now on. No answer.
  record Run() implements Command {}

  /// Board: stop at the next instruction boundary, with no port access half done. {@link Paused}.
  record Pause(ActorRef<Event> replyTo) implements Command {}

  /// Board, while paused: run one instruction, for a debugger. {@link DebugStopped}.
  record Step() implements Command {}

  /// Board, while paused: system reset. {@link WasReset}.
  record Reset(ActorRef<Event> replyTo) implements Command {}

  /// Anyone: there may be a reason to leave HLT or wait-for-SIPI. Sent once per halt, however many reasons there are.
  enum Interrupt implements Command {
    INTERRUPT
  }

  /// ACPI controller: the answer to a port access.
  record PortDone(int value) implements Command {}

  /// Board: give up the processor and stop, in whatever state. The board sees it terminate.
  enum Unplug implements Command {
    UNPLUG
  }

  /// Board: a monitor's look at the processor, taken between two slices. {@link Seen}.
  record Look(Function<Inspector, String> look, ActorRef<Event> replyTo) implements Command {}

  /// Board, while paused: for another process to go on. {@link Saved}.
  record Save(ActorRef<Event> replyTo) implements Command {}

  /// Board, while paused: go on where another process's processor stopped. {@link Loaded}.
  record Load(Section state, ActorRef<Event> replyTo) implements Command {}

  /// What the board hears.
  sealed interface Event extends BoardProtocol.Message {
    int slot();
  }

  /// @param kick ends a running slice soon; any thread, at any time
  /// @param threadId the host's number for the thread that runs it, 0 if none does; any thread, at any time
  /// @param waiting it waits for SIPI, as all but the boot processor do
  record Realized(int slot, Runnable kick, LongSupplier threadId, boolean waiting) implements Event {}

  record RealizeFailed(int slot, Failure failure) implements Event {}

  record Paused(int slot) implements Event {}

  record WasReset(int slot, boolean waiting) implements Event {}

  /// It has done its {@link Step}, or met what a debugger wants it to stop at. It is paused.
  record DebugStopped(int slot) implements Event {}

  /// What a {@link Look} saw, or that there was nothing to see.
  record Seen(int slot, Answer<String> text) implements Event {}

  record Saved(int slot, Section state) implements Event {}

  /// @param wrong why it can't be that processor
  record Loaded(int slot, boolean waiting, Optional<String> wrong) implements Event {}

  /// It left wait-for-SIPI: the guest has brought it online.
  record Started(int slot) implements Event {}

  /// Triple fault. SDM Vol. 3A "Interrupt 8—Double Fault Exception (#DF)". It waits for reset.
  record TripleFaulted(int slot) implements Event {}

  /// A defect of ours: the processor is unusable until reset.
  record Broke(int slot, String report) implements Event {}
}
