package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static thespis.actors.TestMachine.remove;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import thespis.cpu.run.Exit;
import thespis.hotplug.Answer;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.Failure;
import thespis.hotplug.HotplugStep;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.OstInfo;
import thespis.hotplug.UnplugInfo;
import thespis.hotplug.UnplugState;

/// A removal is a request to the guest: what has become of it can be read, waited for, repeated and taken back, and a guest
/// that never answers is in nobody's way.
@ExtendWith(ActorKit.class)
class UnplugTest extends BoardFixture {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final String PATH = "/machine/peripheral/c1";

  UnplugTest(ActorTestKit kit) {
    super(kit);
  }

  private FakeHardware asked() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    machine.ok(remove("c1"));
    return hw;
  }

  @Test
  void aSlotThatNobodyAskedForHasNoRequest() {
    started();
    machine.add("c1", 1);
    assertEquals(List.of(), machine.answer(BoardProtocol.QueryUnplugs::new));
    assertEquals(notAsked("c1"), machine.refused(await("c1", NEVER)));
    assertEquals(notAsked("c1"), machine.refused(cancel("c1")));
  }

  @Test
  void aRequestGoesFromAskedToSeenToInProgressToDone() {
    FakeHardware hw = asked();
    assertEquals(info(UnplugState.REQUESTED, 1, null), request());
    TestProbe<Answer<UnplugInfo>> waiting = machine.send(await("c1", NEVER));
    hw.core(0).out(FakeHardware.SCAN, 1).answer();
    assertEquals(info(UnplugState.SEEN, 1, null), request());
    ost(hw, 0x84);
    assertEquals(info(UnplugState.IN_PROGRESS, 1, 0x84L), request());
    waiting.expectNoMessage(Duration.ZERO);
    hw.core(0).out(FakeHardware.EJECT, 1).answer();
    assertEquals(Answer.ok(info(UnplugState.DONE, 1, 0x84L)), waiting.receiveMessage());
    ost(hw, 0);
    assertEquals(info(UnplugState.DONE, 1, 0L), request(), "what came of it is kept");
    assertEquals(info(UnplugState.DONE, 1, 0L), machine.ok(await(PATH, NEVER)), "for those who come late too");
    assertEquals(
        List.of(
            HotplugStep.REALIZING, HotplugStep.REALIZED, HotplugStep.INSERTING, HotplugStep.GPE_RAISED,
            HotplugStep.UNPLUG_REQUESTED, HotplugStep.UNPLUG_SEEN, HotplugStep.EJECTING, HotplugStep.EJECTED),
        machine.steps(1));
  }

  @Test
  void aRejectionSettlesTheRequestAndTheNextOneStartsOver() {
    FakeHardware hw = asked();
    TestProbe<Answer<UnplugInfo>> waiting = machine.send(await("c1", NEVER));
    hw.core(0).out(FakeHardware.SCAN, 1).answer();
    ost(hw, 0x81);
    assertEquals(Answer.ok(info(UnplugState.REJECTED, 1, 0x81L)), waiting.receiveMessage());
    machine.await(new MachineEvent.UnplugRejected(Optional.of("c1"), PATH));
    assertEquals(2, machine.cpus().size());
    machine.ok(remove("c1"));
    assertEquals(info(UnplugState.REQUESTED, 1, null), request());
  }

  @Test
  void aRepeatedRequestIsCounted() {
    FakeHardware hw = asked();
    hw.core(0).out(FakeHardware.SCAN, 1).answer();
    machine.ok(remove("c1"));
    assertEquals(info(UnplugState.REQUESTED, 2, null), request());
    ost(hw, 0x84);
    machine.ok(remove("c1"));
    assertEquals(info(UnplugState.IN_PROGRESS, 3, 0x84L), request(), "the guest is at work already");
  }

  @Test
  void whatTheGuestHasNotSeenCanBeTakenBack() {
    FakeHardware hw = asked();
    TestProbe<Answer<UnplugInfo>> waiting = machine.send(await("c1", NEVER));
    machine.ok(cancel("c1"));
    assertFalse(hw.registers.removing.contains(1));
    assertEquals(Answer.ok(info(UnplugState.CANCELLED, 1, null)), waiting.receiveMessage());
    assertEquals(notAsked("c1"), machine.refused(cancel("c1")), "once");
  }

  @Test
  void whatTheGuestHasSeenCanNot() {
    FakeHardware hw = asked();
    hw.core(0).out(FakeHardware.SCAN, 1).answer();
    assertEquals(
        Failure.generic("The guest has seen the request to remove 'c1' already"), machine.refused(cancel("c1")));
    assertEquals(info(UnplugState.SEEN, 1, null), request());
  }

  @Test
  void aScanThatComesBeforeTheCancelWins() {
    FakeHardware hw = asked();
    hw.registers.removing.remove(1);
    assertEquals(
        Failure.generic("The guest has seen the request to remove 'c1' already"), machine.refused(cancel("c1")));
  }

  @Test
  void aGuestThatNeverAnswersIsWaitedForUntilTheLimitAndBlocksNobody() {
    asked();
    TestProbe<Answer<UnplugInfo>> patient = machine.send(await("c1", NEVER));
    assertEquals(info(UnplugState.REQUESTED, 1, null), machine.ok(await("c1", Duration.ZERO)));
    machine.add("c2", 2);
    machine.ok(BoardProtocol.Stop::new);
    machine.ok(BoardProtocol.Cont::new);
    patient.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aResetMakesTheGuestForgetWhatItHasSeen() {
    FakeHardware hw = asked();
    machine.add("c2", 2);
    machine.ok(remove("c2"));
    hw.core(0).out(FakeHardware.SCAN, 1).answer();
    TestProbe<Answer<UnplugInfo>> waiting = machine.send(await("c1", NEVER));
    machine.ok(BoardProtocol.Reset::new);
    assertEquals(Answer.ok(info(UnplugState.FORGOTTEN, 1, null)), waiting.receiveMessage());
    assertEquals(
        List.of(UnplugState.FORGOTTEN, UnplugState.REQUESTED),
        machine.answer(BoardProtocol.QueryUnplugs::new).stream().map(UnplugInfo::state).toList(),
        "what it has not seen is still in the registers");
  }

  @Test
  void aRequestSurvivesStopAndTheGuestServesItAfterCont() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    machine.ok(BoardProtocol.Stop::new);
    machine.ok(remove("c1"));
    hw.core(0).out(FakeHardware.EJECT, 1);
    assertEquals(2, machine.cpus().size());
    machine.ok(BoardProtocol.Cont::new);
    machine.await(new MachineEvent.DeviceDeleted(Optional.of("c1"), PATH));
  }

  @Test
  void anEjectionThatNobodyAskedForIsObeyedAndReported() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    hw.core(0).out(FakeHardware.EJECT, 1).answer();
    machine.await(new MachineEvent.SlotStep(1, HotplugStep.EJECTING, "not asked for"));
    assertEquals(info(UnplugState.DONE, 0, null), request());
  }

  @Test
  void aRequestEndsWithItsCpuNotWithTheNextInItsSlot() {
    FakeHardware hw = asked();
    hw.core(0).out(FakeHardware.EJECT, 1).answer();
    machine.add("c1", 1);
    assertEquals(List.of(), machine.answer(BoardProtocol.QueryUnplugs::new));
  }

  @Test
  void legacyRegistersLeaveNoRequest() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    hw.registers.legacy = true;
    machine.refused(remove("c1"));
    assertEquals(List.of(), machine.answer(BoardProtocol.QueryUnplugs::new));
  }

  @Test
  void aRequestThatCouldNotBeToldIsNone() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    hw.gpeThrows = new IllegalStateException("defect");
    machine.refused(remove("c1"));
    machine.await(new MachineEvent.Stopped());
    assertEquals(List.of(), machine.answer(BoardProtocol.QueryUnplugs::new));
  }

  @Test
  void aCancelWhoseControllerFailsIsAnswered() {
    FakeHardware hw = asked();
    hw.core(0).out(99, 0);
    machine.await(new MachineEvent.Stopped());
    assertEquals(Failure.generic("CPU 1: the ACPI controller failed"), machine.refused(cancel("c1")));
  }

  @Test
  void onlineIsWhenTheGuestHasStartedIt() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    TestProbe<Answer<CpuInfo>> waiting = machine.send(online(1, NEVER));
    assertEquals(
        Failure.generic("The guest has not started CPU 1"), machine.refused(online(1, Duration.ZERO)));
    hw.core(1).then(new ScriptedCore.Ends(Exit.BUDGET));
    assertEquals(Answer.ok(machine.cpu("c1")).getClass(), waiting.receiveMessage().getClass());
    assertEquals(1, machine.ok(online(1, NEVER)).slot().index());
  }

  @Test
  void aCpuThatLeavesBeforeItIsOnlineNeverWillBe() {
    FakeHardware hw = asked();
    TestProbe<Answer<CpuInfo>> waiting = machine.send(online(1, NEVER));
    hw.core(0).out(FakeHardware.EJECT, 1).answer();
    assertEquals(Answer.failed(Failure.generic("CPU 1 is not there")), waiting.receiveMessage());
    assertEquals(Failure.generic("CPU 7 is not there"), machine.refused(online(7, NEVER)));
  }

  private void ost(FakeHardware hw, int status) {
    hw.core(0).out(FakeHardware.OST, 1 | OstInfo.EJECT_REQUEST << 4 | status << 8).answer();
  }

  private UnplugInfo request() {
    return machine.answer(BoardProtocol.QueryUnplugs::new).getFirst();
  }

  private static UnplugInfo info(UnplugState state, int requests, Long status) {
    return new UnplugInfo(1, Optional.of("c1"), PATH, state, requests, Optional.ofNullable(status));
  }

  private static Failure notAsked(String name) {
    return Failure.generic("The guest has not been asked to remove '" + name + "'");
  }

  private static Function<ActorRef<Answer<UnplugInfo>>, BoardProtocol.Message> await(String name, Duration limit) {
    return replyTo -> new BoardProtocol.AwaitUnplug(name, limit, replyTo);
  }

  private static Function<ActorRef<Answer<CpuInfo>>, BoardProtocol.Message> online(int slot, Duration limit) {
    return replyTo -> new BoardProtocol.AwaitOnline(slot, limit, replyTo);
  }

  private static Function<ActorRef<Answer<Done>>, BoardProtocol.Message> cancel(String name) {
    return replyTo -> new BoardProtocol.CancelUnplug(name, replyTo);
  }
}
