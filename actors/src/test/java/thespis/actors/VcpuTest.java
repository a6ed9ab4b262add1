package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import akka.actor.testkit.typed.javadsl.TestInbox;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.model.CpuOption;
import thespis.cpu.run.Exit;
import thespis.cpu.run.Inspector;
import thespis.hotplug.AcpiProtocol;
import thespis.hotplug.AcpiProtocol.GuestPort;
import thespis.hotplug.Answer;
import thespis.hotplug.Failure;
import thespis.hotplug.PortAccess;
import thespis.hotplug.VcpuProtocol;
import thespis.hotplug.VcpuProtocol.Broke;
import thespis.hotplug.VcpuProtocol.DebugStopped;
import thespis.hotplug.VcpuProtocol.Event;
import thespis.hotplug.VcpuProtocol.Interrupt;
import thespis.hotplug.VcpuProtocol.Look;
import thespis.hotplug.VcpuProtocol.Message;
import thespis.hotplug.VcpuProtocol.Pause;
import thespis.hotplug.VcpuProtocol.Paused;
import thespis.hotplug.VcpuProtocol.PortDone;
import thespis.hotplug.VcpuProtocol.Realize;
import thespis.hotplug.VcpuProtocol.RealizeFailed;
import thespis.hotplug.VcpuProtocol.Realized;
import thespis.hotplug.VcpuProtocol.Reset;
import thespis.hotplug.VcpuProtocol.Run;
import thespis.hotplug.VcpuProtocol.Seen;
import thespis.hotplug.VcpuProtocol.Started;
import thespis.hotplug.VcpuProtocol.Step;
import thespis.hotplug.VcpuProtocol.TripleFaulted;
import thespis.hotplug.VcpuProtocol.Unplug;
import thespis.hotplug.VcpuProtocol.WasReset;

/// One vCPU's messages, one at a time: what it tells itself is delivered when the test says so.
class VcpuTest {
  private static final CpuConfig CONFIG =
      new CpuConfig(CpuOption.parse("qemu64").model(), Accelerator.qemuTcg());

  private final FakeHardware hardware = new FakeHardware(1, 4);
  private final TestInbox<AcpiProtocol.Command> acpi = TestInbox.create();
  private final TestInbox<Event> board = TestInbox.create();
  private Runnable kick;
  private LongSupplier threadId;

  @Test
  void itRunsSlicesUntilTheGuestHalts() {
    BehaviorTestKit<Message> vcpu = running(0);
    hardware.core(0).then(new ScriptedCore.Ends(Exit.BUDGET)).then(new ScriptedCore.Ends(Exit.YIELD));
    deliver(vcpu);
    assertEquals(3, hardware.core(0).runs.get());
    assertFalse(vcpu.selfInbox().hasMessages(), "a halted vCPU sends itself nothing");
  }

  @Test
  void aBreakpointPausesItAndTheBoardHears() {
    BehaviorTestKit<Message> vcpu = running(0);
    hardware.core(0).then(new ScriptedCore.Ends(Exit.DEBUG));
    deliver(vcpu);
    assertEquals(new DebugStopped(0), board.receiveMessage());
    assertEquals(1, hardware.core(0).runs.get());
    vcpu.run(new Pause(board.getRef()));
    assertEquals(new Paused(0), board.receiveMessage());
  }

  @Test
  void aStepIsOneInstructionAndThenItIsPausedAgain() {
    BehaviorTestKit<Message> vcpu = running(0);
    hardware.core(0).then(new ScriptedCore.Ends(Exit.DEBUG)).then(new ScriptedCore.Ends(Exit.BUDGET));
    deliver(vcpu);
    board.receiveMessage();
    vcpu.run(new Step());
    deliver(vcpu);
    assertEquals(new DebugStopped(0), board.receiveMessage());
    assertEquals(1, hardware.core(0).steps.get());
    assertEquals(1, hardware.core(0).runs.get());
    vcpu.run(new Run());
    deliver(vcpu);
    assertEquals(1, hardware.core(0).steps.get());
    assertEquals(3, hardware.core(0).runs.get());
  }

  @Test
  void anInterruptWakesAHaltedVcpuOnceForManyReasons() {
    BehaviorTestKit<Message> vcpu = running(0);
    deliver(vcpu);
    ScriptedCore core = hardware.core(0);
    core.then(new ScriptedCore.Ends(Exit.BUDGET)).then(new ScriptedCore.Ends(Exit.BUDGET));
    assertEquals(List.of(Interrupt.INTERRUPT), vcpu.selfInbox().getAllReceived());
    vcpu.run(Interrupt.INTERRUPT);
    deliver(vcpu);
    assertEquals(4, core.runs.get());
    core.then(new ScriptedCore.Ends(Exit.BUDGET));
    assertEquals(List.of(Interrupt.INTERRUPT), vcpu.selfInbox().getAllReceived());
  }

  @Test
  void workThatCameWhileHaltingIsNotLost() {
    BehaviorTestKit<Message> vcpu = running(0);
    hardware.core(0).then(new ScriptedCore.Ends(Exit.HALTED)).then(new ScriptedCore.Ends(Exit.BUDGET));
    deliver(vcpu);
    assertEquals(3, hardware.core(0).runs.get());
  }

  @Test
  void aPortAccessEndsTheSliceAndItsAnswerResumesTheGuest() {
    BehaviorTestKit<Message> vcpu = running(0);
    hardware.core(0).in(FakeHardware.FLAGS);
    deliver(vcpu);
    GuestPort asked = (GuestPort) acpi.receiveMessage();
    assertEquals(new PortAccess(FakeHardware.FLAGS, 1, false, 0), asked.access());
    vcpu.run(Interrupt.INTERRUPT);
    deliver(vcpu);
    assertEquals(1, hardware.core(0).runs.get(), "it waits for the answer");
    vcpu.run(new PortDone(9));
    deliver(vcpu);
    assertEquals(9, hardware.core(0).answer());
    assertEquals(3, hardware.core(0).runs.get());
  }

  @Test
  void aPauseDuringAPortAccessIsAnsweredWhenTheAccessIsWhole() {
    BehaviorTestKit<Message> vcpu = running(0);
    hardware.core(0).out(FakeHardware.OST, 5);
    deliver(vcpu);
    vcpu.run(new Pause(board.getRef()));
    assertFalse(board.hasMessages());
    vcpu.run(new PortDone(0));
    assertEquals(new Paused(0), board.receiveMessage());
    assertEquals(2, hardware.core(0).runs.get(), "one instruction, the access");
    deliver(vcpu);
    assertEquals(2, hardware.core(0).runs.get());
    vcpu.run(new Run());
    deliver(vcpu);
    assertEquals(3, hardware.core(0).runs.get());
  }

  @Test
  void aRepeatedAccessKeepsThePauseWaiting() {
    BehaviorTestKit<Message> vcpu = running(0);
    ScriptedCore core = hardware.core(0).out(FakeHardware.OST, 5);
    deliver(vcpu);
    vcpu.run(new Pause(board.getRef()));
    core.repeatsAccess();
    vcpu.run(new PortDone(0));
    assertFalse(board.hasMessages());
    vcpu.run(new PortDone(0));
    assertEquals(new Paused(0), board.receiveMessage());
  }

  @Test
  void aPausedVcpuDoesNotRunAndTwoRunsAreOne() {
    BehaviorTestKit<Message> vcpu = running(0);
    ScriptedCore core = hardware.core(0).then(new ScriptedCore.Ends(Exit.BUDGET));
    vcpu.run(new Pause(board.getRef()));
    assertEquals(new Paused(0), board.receiveMessage());
    deliver(vcpu);
    assertEquals(0, core.runs.get());
    vcpu.run(new Run());
    vcpu.run(new Run());
    deliver(vcpu);
    assertEquals(2, core.runs.get());
  }

  @Test
  void aPauseAndARunBetweenTwoSlicesDoNotDoubleThem() {
    BehaviorTestKit<Message> vcpu = running(0);
    vcpu.run(new Pause(board.getRef()));
    vcpu.run(new Run());
    assertEquals(1, vcpu.selfInbox().getAllReceived().size());
  }

  @Test
  void aTripleFaultWaitsForReset() {
    BehaviorTestKit<Message> vcpu = running(0);
    ScriptedCore core = hardware.core(0).then(new ScriptedCore.Ends(Exit.SHUTDOWN));
    deliver(vcpu);
    assertEquals(new TripleFaulted(0), board.receiveMessage());
    vcpu.run(Interrupt.INTERRUPT);
    vcpu.run(new Run());
    deliver(vcpu);
    assertEquals(1, core.runs.get());
    vcpu.run(new Pause(board.getRef()));
    vcpu.run(new Reset(board.getRef()));
    assertEquals(List.of(new Paused(0), new WasReset(0, false)), board.getAllReceived());
    vcpu.run(new Run());
    deliver(vcpu);
    assertEquals(2, core.runs.get());
  }

  @Test
  void aDefectIsReportedWithRegistersAndTheVcpuStillAnswers() {
    BehaviorTestKit<Message> vcpu = running(0);
    hardware.core(0).then(new ScriptedCore.Throws(new IllegalStateException("op 0F 0B")));
    deliver(vcpu);
    Broke broke = (Broke) board.receiveMessage();
    assertTrue(broke.report().contains("op 0F 0B") && broke.report().contains("registers of 0"), broke.report());
    vcpu.run(new Look(Inspector::registers, board.getRef()));
    vcpu.run(new Pause(board.getRef()));
    assertEquals(List.of(new Seen(0, Answer.ok("registers of 0")), new Paused(0)), board.getAllReceived());
    vcpu.run(new Reset(board.getRef()));
    vcpu.run(new Run());
    deliver(vcpu);
    assertEquals(2, hardware.core(0).runs.get());
  }

  @Test
  void aProcessorThatCannotBeIsRefused() {
    hardware.realizeThrows = new ConfigException("TCG doesn't support requested features");
    BehaviorTestKit<Message> vcpu = blank(1);
    vcpu.run(new Realize(hardware.slots().all().get(1), CONFIG, board.getRef()));
    assertEquals(
        new RealizeFailed(1, Failure.generic("TCG doesn't support requested features")), board.receiveMessage());
    vcpu.run(Unplug.UNPLUG);
    assertFalse(vcpu.isAlive());
    assertFalse(hardware.log.contains("unrealize 1"), "there was nothing to take away");
  }

  @Test
  void itCanBeRealizedOnlyOnce() {
    BehaviorTestKit<Message> vcpu = running(0);
    vcpu.run(new Realize(hardware.slots().all().get(0), CONFIG, board.getRef()));
    assertTrue(board.receiveMessage() instanceof RealizeFailed);
  }

  @Test
  void unplugIsObeyedInTheMiddleOfAPortAccess() {
    BehaviorTestKit<Message> vcpu = running(2);
    hardware.core(2).out(FakeHardware.EJECT, 2);
    deliver(vcpu);
    vcpu.run(Unplug.UNPLUG);
    assertFalse(vcpu.isAlive());
    assertTrue(hardware.core(2).closed);
    assertTrue(hardware.log.contains("unrealize 2"));
  }

  @Test
  void aKickAfterTheEndTouchesNothing() {
    BehaviorTestKit<Message> vcpu = running(1);
    kick.run();
    assertTrue(hardware.core(1).kicked());
    vcpu.run(Unplug.UNPLUG);
    kick.run();
  }

  @Test
  void leavingWaitForSipiIsToldOnceForEachStart() {
    BehaviorTestKit<Message> vcpu = running(1);
    deliver(vcpu);
    assertFalse(board.hasMessages());
    hardware.core(1).then(new ScriptedCore.Ends(Exit.BUDGET)).then(new ScriptedCore.Ends(Exit.BUDGET));
    deliver(vcpu);
    assertEquals(List.of(new Started(1)), board.getAllReceived());
  }

  @Test
  void aKickBeforeTheSipiIsNoStart() {
    BehaviorTestKit<Message> vcpu = running(1);
    hardware.core(1).then(new ScriptedCore.Ends(Exit.KICKED)).then(new ScriptedCore.Ends(Exit.WAIT_FOR_SIPI));
    deliver(vcpu);
    assertFalse(board.hasMessages());
  }

  @Test
  void aThreadIsTheVcpusUntilAnotherRunsOnIt() {
    running(0);
    LongSupplier first = threadId;
    assertEquals(HostThread.current().id(), first.getAsLong(), "it is there, though it has run no guest code yet");
    BehaviorTestKit<Message> vcpu = running(1);
    assertEquals(0, first.getAsLong(), "another is there now");
    deliver(vcpu);
    LongSupplier second = threadId;
    long thread = second.getAsLong();
    assertEquals(HostThread.current().id(), thread);
    assertTrue(thread > 0);
    deliver(running(2));
    assertEquals(thread, threadId.getAsLong());
    assertEquals(0, second.getAsLong(), "another has it now");
    HostThread.current().use(null);
    assertEquals(0, threadId.getAsLong(), "a thread that has ended runs nobody");
  }

  @Test
  void initAndASecondSipiAreASecondStart() {
    BehaviorTestKit<Message> vcpu = running(1);
    hardware.core(1)
        .then(new ScriptedCore.Ends(Exit.BUDGET))
        .then(new ScriptedCore.Ends(Exit.BUDGET))
        .then(new ScriptedCore.Ends(Exit.WAIT_FOR_SIPI))
        .then(new ScriptedCore.Ends(Exit.BUDGET));
    deliver(vcpu);
    assertEquals(List.of(new Started(1), new Started(1)), board.getAllReceived());
  }

  @Test
  void theBootProcessorIsNotStartedByTheGuest() {
    BehaviorTestKit<Message> vcpu = running(0);
    hardware.core(0).then(new ScriptedCore.Ends(Exit.BUDGET));
    deliver(vcpu);
    assertFalse(board.hasMessages());
  }

  private BehaviorTestKit<Message> blank(int slot) {
    return BehaviorTestKit.create(Vcpu.create(slot, hardware, acpi.getRef(), board.getRef()));
  }

  private BehaviorTestKit<Message> running(int slot) {
    BehaviorTestKit<Message> vcpu = blank(slot);
    vcpu.run(new Realize(hardware.slots().all().get(slot), CONFIG, board.getRef()));
    Realized realized = (Realized) board.receiveMessage();
    assertEquals(slot != 0, realized.waiting());
    kick = realized.kick();
    threadId = realized.threadId();
    vcpu.run(new VcpuProtocol.Run());
    return vcpu;
  }

  private static void deliver(BehaviorTestKit<Message> vcpu) {
    while (vcpu.isAlive() && vcpu.selfInbox().hasMessages()) {
      vcpu.run(vcpu.selfInbox().receiveMessage());
    }
  }
}
