package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static thespis.actors.TestMachine.add;
import static thespis.actors.TestMachine.dump;
import static thespis.actors.TestMachine.quit;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import thespis.cpu.model.ConfigException;
import thespis.cpu.run.Exit;
import thespis.hotplug.Answer;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Cause;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.Failure;
import thespis.hotplug.HotplugStep;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.OstInfo;
import thespis.hotplug.RunState;

/// Power-on, stop, reset, defects and the end of a board with all its actors, on scripted cores.
@ExtendWith(ActorKit.class)
class BoardTest extends BoardFixture {
  BoardTest(ActorTestKit kit) {
    super(kit);
  }

  @Test
  void bootCpusRunWhenTheChipsAreReset() {
    FakeHardware hw = start(2);
    machine.await(new MachineEvent.Ready());
    machine.await(new MachineEvent.Resumed());
    assertEquals(RunState.RUNNING, machine.status());
    assertEquals(Set.of(0, 1), hw.present);
    assertEquals(
        List.of("/machine/unattached/device[0]", "/machine/unattached/device[2]"),
        machine.cpus().stream().map(CpuInfo::qomPath).toList());
    assertEquals(List.of("reset", "resume"), machine.log().stream().filter(l -> l.startsWith("re")).toList());
    hw.core(0).in(FakeHardware.FLAGS);
    assertEquals(3, hw.core(0).answer(), "the registers show both");
  }

  @Test
  void aPausedMachineWaitsForCont() {
    FakeHardware hw = start(new FakeHardware(1, 4), Machine.builder().paused());
    machine.await(new MachineEvent.Ready());
    assertEquals(RunState.PRELAUNCH, machine.status());
    assertEquals(0, hw.core(0).runs.get());
    machine.ok(BoardProtocol.Stop::new);
    machine.ok(BoardProtocol.Cont::new);
    assertEquals(List.of(new MachineEvent.Resumed()), machine.events());
    machine.ok(BoardProtocol.Cont::new);
    assertEquals(List.of(), machine.events());
  }

  @Test
  void aBootCpuThatCannotBeEndsTheMachine() {
    FakeHardware hw = new FakeHardware(2, 4);
    hw.realizeThrows = new ConfigException("TCG doesn't support requested features");
    start(hw, Machine.builder());
    machine.await(new MachineEvent.NotReady(Failure.generic("TCG doesn't support requested features")));
    machine.await(new MachineEvent.Ended(1));
  }

  @Test
  void imagesThatCannotBeLoadedEndTheMachine() {
    FakeHardware hw = new FakeHardware(1, 4);
    hw.resetThrows = new IllegalStateException("could not open kernel file 'x'");
    start(hw, Machine.builder());
    machine.await(new MachineEvent.NotReady(Failure.generic("could not open kernel file 'x'")));
    machine.await(new MachineEvent.Ended(1));
  }

  @Test
  void aDeviceOfTheConfigurationIsThereFromPowerOn() {
    start(
        new FakeHardware(1, 4),
        Machine.builder().paused().device(TestMachine.cpu("cp1", 1)));
    machine.await(new MachineEvent.Ready());
    CpuInfo cp1 = machine.cpus().get(1);
    assertEquals(Optional.of("cp1"), cp1.id());
    assertFalse(cp1.hotplugged());
    assertFalse(machine.log().contains("GPE 2"));
  }

  @Test
  void aDeviceOfTheConfigurationThatDoesNotFitEndsTheMachine() {
    FakeHardware hw = new FakeHardware(1, 4);
    start(hw, Machine.builder().device("-device it", TestMachine.cpu(null, 0)));
    machine.await(new MachineEvent.NotReady(Failure.generic("-device it: CPU[0] with APIC ID 0 exists")));
    machine.await(new MachineEvent.Ended(1));
    assertFalse(hw.log.contains("reset"), "the first reset is not begun when the memory goes");
  }

  @Test
  void stopAndContPauseAndResumeEveryCpu() {
    FakeHardware hw = start(2);
    machine.await(new MachineEvent.Ready());
    machine.await(new MachineEvent.Resumed());
    hw.core(0).then(new ScriptedCore.Spins());
    machine.log();
    machine.ok(BoardProtocol.Stop::new);
    assertEquals(List.of(new MachineEvent.Stopped()), machine.events());
    assertEquals(RunState.PAUSED, machine.status());
    int runs = hw.core(0).runs.get();
    hw.core(1).then(new ScriptedCore.Ends(Exit.BUDGET));
    machine.ok(BoardProtocol.Stop::new);
    assertEquals(runs, hw.core(0).runs.get());
    machine.ok(BoardProtocol.Cont::new);
    assertEquals(List.of("pause", "resume"), machine.log().stream().filter(l -> l.matches("pause|resume")).toList());
  }

  @Test
  void stopDuringAnEjectionIsAnsweredWhenTheEjectedCpuIsGone() throws InterruptedException {
    FakeHardware hw = started();
    machine.add("c1", 1);
    machine.add("c2", 2);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(1);
    hw.core(1).then(new ScriptedCore.Blocks(entered, busy));
    assertTrue(entered.await(3, TimeUnit.SECONDS));
    hw.core(0).out(FakeHardware.EJECT, 1);
    machine.await(new MachineEvent.SlotStep(1, HotplugStep.EJECTING, "not asked for"));
    hw.core(2).in(FakeHardware.FLAGS);
    var stop = machine.send(BoardProtocol.Stop::new);
    machine.status();
    busy.countDown();
    assertEquals(Answer.done(), stop.receiveMessage());
    assertEquals(RunState.PAUSED, machine.status());
    machine.await(new MachineEvent.Stopped());
    assertTrue(machine.passed().contains(new MachineEvent.DeviceDeleted(Optional.of("c1"), "/machine/peripheral/c1")));
    machine.ok(BoardProtocol.Cont::new);
  }

  @Test
  void resetKeepsARunningMachineRunning() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    machine.log();
    machine.events();
    machine.ok(BoardProtocol.Reset::new);
    assertEquals(List.of(new MachineEvent.WasReset(Cause.HOST_QMP_SYSTEM_RESET)), machine.events());
    assertEquals(RunState.RUNNING, machine.status());
    assertEquals(List.of("reset"), machine.log());
    assertEquals(2, hw.core(0).resets.get(), "at power-on and now");
    assertEquals(1, hw.core(1).resets.get());
    assertFalse(machine.cpu("c1").online());
  }

  @Test
  void resetOfAPausedMachineIsPrelaunch() {
    started();
    machine.ok(BoardProtocol.Stop::new);
    machine.ok(BoardProtocol.Reset::new);
    assertEquals(RunState.PRELAUNCH, machine.status());
  }

  @Test
  void aTripleFaultResetsTheMachine() {
    FakeHardware hw = started();
    hw.core(0).then(new ScriptedCore.Ends(Exit.SHUTDOWN));
    machine.await(new MachineEvent.WasReset(Cause.GUEST_RESET));
    hw.core(0).then(new ScriptedCore.Ends(Exit.SHUTDOWN));
    machine.await(new MachineEvent.WasReset(Cause.GUEST_RESET));
  }

  @Test
  void severalGuestResetsAtOnceAreOne() {
    FakeHardware hw = started();
    hw.resetGate = new CountDownLatch(1);
    hw.guest.asked(Cause.GUEST_RESET, 0);
    hw.guest.asked(Cause.GUEST_RESET, 0);
    hw.resetGate.countDown();
    machine.await(new MachineEvent.WasReset(Cause.GUEST_RESET));
    machine.ok(BoardProtocol.Stop::new);
    assertEquals(List.of(new MachineEvent.Stopped()), machine.events());
  }

  @Test
  void aResetInTheMiddleOfAHotAddComesAfterIt() {
    FakeHardware hw = started();
    var add = machine.send(add(TestMachine.cpu("c1", 1)));
    hw.guest.asked(Cause.GUEST_RESET, 0);
    assertInstanceOf(Answer.Ok.class, add.receiveMessage());
    machine.await(new MachineEvent.WasReset(Cause.GUEST_RESET));
    assertEquals(1, hw.core(1).resets.get());
    assertEquals(2, machine.cpus().size());
  }

  @Test
  void aHotAddInTheMiddleOfAResetComesAfterIt() {
    FakeHardware hw = started();
    hw.resetGate = new CountDownLatch(1);
    hw.guest.asked(Cause.GUEST_RESET, 0);
    var add = machine.send(add(TestMachine.cpu("c1", 1)));
    machine.status();
    assertFalse(hw.cores.containsKey(1));
    hw.resetGate.countDown();
    assertInstanceOf(Answer.Ok.class, add.receiveMessage());
    assertEquals(0, hw.core(1).resets.get());
  }

  @Test
  void aResetThatFailsIsAnInternalErrorAndIsAnswered() {
    FakeHardware hw = started();
    hw.resetThrows = new IllegalStateException("kernel is gone");
    assertEquals(Failure.generic("Reset failed: kernel is gone"), machine.refused(BoardProtocol.Reset::new));
    assertEquals(RunState.INTERNAL_ERROR, machine.status());
    assertEquals(
        Failure.generic("Resetting the Virtual Machine is required"), machine.refused(BoardProtocol.Cont::new));
    hw.resetThrows = null;
    machine.ok(BoardProtocol.Reset::new);
    machine.ok(BoardProtocol.Cont::new);
  }

  @Test
  void aVcpuThatBreaksStopsTheMachineAndQmpStaysAlive() {
    FakeHardware hw = start(2);
    machine.await(new MachineEvent.Ready());
    hw.core(0).then(new ScriptedCore.Throws(new IllegalStateException("op 0F 0B")));
    MachineEvent.VcpuBroke broke = machine.await(MachineEvent.VcpuBroke.class);
    assertEquals(0, broke.slot());
    assertTrue(broke.report().contains("registers of 0"));
    machine.await(new MachineEvent.Stopped());
    assertEquals(RunState.INTERNAL_ERROR, machine.status());
    assertEquals(
        Failure.generic("Resetting the Virtual Machine is required"), machine.refused(BoardProtocol.Cont::new));
    assertEquals(Answer.ok("registers of 1"), machine.answer(dump(1)));
    machine.ok(BoardProtocol.Reset::new);
    assertEquals(RunState.PRELAUNCH, machine.status());
    machine.ok(BoardProtocol.Cont::new);
    assertEquals(RunState.RUNNING, machine.status());
  }

  @Test
  void aVcpuWhoseActorFailsIsLostAndOnlyQuitHelps() {
    FakeHardware hw = started();
    hw.core(0).then(new ScriptedCore.Ends(99));
    machine.await(new MachineEvent.Stopped());
    assertEquals(RunState.INTERNAL_ERROR, machine.status());
    assertEquals(1, machine.cpus().size());
    assertEquals(
        Failure.generic("The CPU 0 failed, nothing but quit helps"), machine.refused(BoardProtocol.Reset::new));
  }

  @Test
  void thereAreNoRegistersOfAnEmptySlot() {
    started();
    for (int slot : new int[] {-1, 1, 4}) {
      assertEquals(
          Failure.generic("Parameter 'cpu-index' expects a CPU number"),
          machine.refused(dump(slot)));
    }
  }

  @Test
  void aGuestThatPowersOffEndsTheMachine() {
    FakeHardware hw = started();
    hw.guest.asked(Cause.GUEST_SHUTDOWN, 0);
    machine.await(new MachineEvent.ShutDown(Cause.GUEST_SHUTDOWN));
    machine.await(new MachineEvent.Ended(0));
  }

  @Test
  void noShutdownKeepsTheMachineStoppedUntilReset() {
    FakeHardware hw = start(new FakeHardware(1, 4), Machine.builder().noShutdown());
    machine.await(new MachineEvent.Resumed());
    hw.guest.asked(Cause.GUEST_SHUTDOWN, 0);
    machine.await(new MachineEvent.ShutDown(Cause.GUEST_SHUTDOWN));
    machine.await(new MachineEvent.Stopped());
    assertEquals(RunState.SHUTDOWN, machine.status());
    assertEquals(
        Failure.generic("Resetting the Virtual Machine is required"), machine.refused(BoardProtocol.Cont::new));
    machine.ok(BoardProtocol.Reset::new);
    assertEquals(RunState.PRELAUNCH, machine.status());
    machine.ok(BoardProtocol.Cont::new);
  }

  @Test
  void noRebootMakesAResetTheEnd() {
    start(new FakeHardware(1, 4), Machine.builder().noReboot());
    machine.await(new MachineEvent.Resumed());
    machine.ok(BoardProtocol.Reset::new);
    machine.await(new MachineEvent.ShutDown(Cause.HOST_QMP_SYSTEM_RESET));
    machine.await(new MachineEvent.Ended(0));
  }

  @Test
  void setActionChangesWhatAResetDoes() {
    started();
    machine.ok(TestMachine::rebootIsShutdownAndShutdownIsPause);
    machine.ok(BoardProtocol.Reset::new);
    assertEquals(
        List.of(new MachineEvent.ShutDown(Cause.HOST_QMP_SYSTEM_RESET), new MachineEvent.Stopped()),
        machine.events());
    assertEquals(RunState.SHUTDOWN, machine.status());
  }

  @Test
  void aShutdownThatPausesLeavesAPausedMachineAsItIs() {
    started();
    machine.ok(BoardProtocol.Stop::new);
    machine.ok(TestMachine::rebootIsShutdownAndShutdownIsPause);
    machine.events();
    machine.ok(BoardProtocol.Reset::new);
    assertEquals(List.of(new MachineEvent.ShutDown(Cause.HOST_QMP_SYSTEM_RESET)), machine.events());
    assertEquals(RunState.PAUSED, machine.status());
  }

  @Test
  void theDebugExitDeviceGivesTheExitStatus() {
    FakeHardware hw = started();
    hw.guest.asked(Cause.HOST_ERROR, 33);
    machine.await(new MachineEvent.Ended(33));
  }

  @Test
  void quitIsAnsweredAfterItsEventAndEndsEverything() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    hw.core(1).then(new ScriptedCore.Spins());
    hw.core(0).out(FakeHardware.EJECT, 3);
    machine.ok(quit(Cause.HOST_QMP_QUIT));
    machine.await(new MachineEvent.ShutDown(Cause.HOST_QMP_QUIT));
    machine.await(new MachineEvent.Ended(0));
  }

  @Test
  void quitInTheMiddleOfAResetWaitsForTheChipsBeforeItFreesThem() {
    FakeHardware hw = started();
    hw.resetGate = new CountDownLatch(1);
    hw.guest.asked(Cause.GUEST_RESET, 0);
    machine.awaitLog("reset");
    machine.ok(quit(Cause.HOST_QMP_QUIT));
    machine.status();
    assertFalse(hw.closed);
    hw.resetGate.countDown();
    machine.await(new MachineEvent.Ended(0));
  }

  @Test
  void quitInTheMiddleOfAHotAddTakesTheNewCpuAlong() {
    started();
    machine.send(add(TestMachine.cpu("c1", 1)));
    machine.ok(quit(Cause.HOST_SIGNAL));
    machine.await(new MachineEvent.Ended(0));
  }

  @Test
  void thePowerButtonAndTheNmiButtonReachTheChips() {
    started();
    machine.ok(BoardProtocol.PowerDown::new);
    assertEquals(List.of(new MachineEvent.PowerButtonPressed()), machine.events());
    machine.ok(BoardProtocol.InjectNmi::new);
    machine.awaitLog("power button");
    machine.awaitLog("NMI");
  }

  @Test
  void theGuestsStatusOfEverySlotIsListed() {
    started();
    assertEquals(4, ((Answer.Ok<List<OstInfo>>) machine.answer(BoardProtocol.QueryOspm::new)).value().size());
  }
}
