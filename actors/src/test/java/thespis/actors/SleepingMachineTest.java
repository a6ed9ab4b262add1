package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Cause;
import thespis.hotplug.Failure;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.RunState;
import thespis.machine.acpi.WakeReason;
import thespis.qmp.QmpReply;
import thespis.qmp.QmpRequest;
import thespis.qmp.command.InputCommands;

/// The run state of a machine whose guest enters sleep state S3, with QEMU 7.2's answers.
@ExtendWith(ActorKit.class)
class SleepingMachineTest extends BoardFixture {
  private static final Failure AWAKE = Failure.generic("Unable to wake up: guest is not in suspended state");

  private final ActorTestKit kit;

  SleepingMachineTest(ActorTestKit kit) {
    super(kit);
    this.kit = kit;
  }

  private FakeHardware asleep() {
    FakeHardware hw = started();
    machine.events();
    hw.guest.slept();
    machine.await(new MachineEvent.Suspended());
    assertEquals(RunState.SUSPENDED, machine.status());
    return hw;
  }

  @Test
  void aWakeUpResetsTheCpusAndGoesOn() {
    FakeHardware hw = asleep();
    machine.ok(BoardProtocol.WakeUp::new);
    assertEquals(RunState.RUNNING, machine.status());
    machine.await(new MachineEvent.WokeUp());
    machine.awaitLog("wake OTHER");
    assertEquals(1, hw.core(0).resets.get() - 1, "one at power-on, one now");
    assertEquals(AWAKE, machine.refused(BoardProtocol.WakeUp::new));
  }

  @Test
  void whoIsAwakeCannotBeWoken() {
    started();
    assertEquals(AWAKE, machine.refused(BoardProtocol.WakeUp::new));
    machine.ok(BoardProtocol.Stop::new);
    assertEquals(AWAKE, machine.refused(BoardProtocol.WakeUp::new));
  }

  @Test
  void whatTheGuestWantedToBeWokenByWakesItOnce() {
    FakeHardware hw = asleep();
    hw.guest.woken(WakeReason.RTC_ALARM);
    hw.guest.woken(WakeReason.RTC_ALARM);
    machine.await(new MachineEvent.WokeUp());
    machine.awaitLog("wake RTC_ALARM");
    assertEquals(RunState.RUNNING, machine.status());
    assertEquals(List.of(), machine.events());
  }

  @Test
  void aKeyWakesTheGuest() {
    asleep();
    TestProbe<QmpReply> client = kit.createTestProbe();
    machine.board().tell(new QmpRequest(
        new InputCommands.SendKey(List.of(new InputCommands.KeyValue.Number(30)), Optional.of(0L)), client.ref()));
    assertEquals(QmpReply.done(), client.receiveMessage());
    machine.await(new MachineEvent.WokeUp());
    machine.awaitLog("wake OTHER");
    assertEquals(RunState.RUNNING, machine.status());
  }

  @Test
  void stopAndContLeaveASleepingGuestAlone() {
    asleep();
    machine.ok(BoardProtocol.Stop::new);
    assertEquals(RunState.SUSPENDED, machine.status());
    machine.ok(BoardProtocol.Cont::new);
    assertEquals(RunState.SUSPENDED, machine.status());
    assertEquals(List.of(), machine.events());
  }

  @Test
  void aGuestThatIsStoppedOnItsWayToSleepSleepsWhenItGoesOn() {
    FakeHardware hw = started();
    machine.ok(BoardProtocol.Stop::new);
    hw.guest.slept();
    assertEquals(RunState.PAUSED, machine.status());
    machine.ok(BoardProtocol.Cont::new);
    assertEquals(RunState.SUSPENDED, machine.status());
    machine.ok(BoardProtocol.WakeUp::new);
    assertEquals(RunState.RUNNING, machine.status());
  }

  @Test
  void aResetEndsTheSleepBeforeTheMachineGoesOn() {
    asleep();
    machine.ok(BoardProtocol.Reset::new);
    machine.await(new MachineEvent.WasReset(Cause.HOST_QMP_SYSTEM_RESET));
    assertEquals(RunState.PRELAUNCH, machine.status());
    assertEquals(AWAKE, machine.refused(BoardProtocol.WakeUp::new));
    machine.ok(BoardProtocol.Cont::new);
    assertEquals(RunState.RUNNING, machine.status());
  }

  @Test
  void aCpuThatComesWhileTheGuestSleepsStartsWithTheOthers() {
    FakeHardware hw = asleep();
    machine.add("c2", 2);
    machine.ok(BoardProtocol.WakeUp::new);
    machine.await(new MachineEvent.WokeUp());
    assertEquals(1, hw.core(2).resets.get());
    assertEquals(2, machine.cpus().size());
  }

  @Test
  void aWakeUpThatFailsIsAnInternalError() {
    FakeHardware hw = asleep();
    hw.resetThrows = new IllegalStateException("memory is gone");
    machine.ok(BoardProtocol.WakeUp::new);
    machine.await(new MachineEvent.Warning("Wake-up failed: memory is gone"));
    assertEquals(RunState.INTERNAL_ERROR, machine.status());
    hw.resetThrows = null;
    machine.ok(BoardProtocol.Reset::new);
  }

  @Test
  void aGuestThatSleepsOnDiskIsToldOfAndPowersOff() {
    FakeHardware hw = started();
    hw.guest.hibernated();
    machine.await(new MachineEvent.SuspendedToDisk());
    machine.await(new MachineEvent.ShutDown(Cause.GUEST_SHUTDOWN));
    machine.await(new MachineEvent.Ended(0));
  }
}
