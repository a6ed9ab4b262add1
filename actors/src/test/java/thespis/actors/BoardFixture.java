package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import thespis.hotplug.MachineEvent;

/// One machine on fake hardware for each test, ended and looked after when the test is over.
abstract class BoardFixture {
  static final String TYPE = FakeHardware.TYPE;

  TestMachine machine;
  private final ActorTestKit kit;

  BoardFixture(ActorTestKit kit) {
    this.kit = kit;
  }

  FakeHardware start(int bootCpus) {
    return start(new FakeHardware(bootCpus, 4), Machine.builder());
  }

  FakeHardware start(FakeHardware hardware, MachineBuilder builder) {
    machine = new TestMachine(kit, builder.config(), hardware);
    return hardware;
  }

  /// One CPU of four, running.
  FakeHardware started() {
    FakeHardware hardware = start(1);
    machine.await(new MachineEvent.Ready());
    machine.await(new MachineEvent.Resumed());
    machine.awaitLog("occupy 0");
    machine.log();
    return hardware;
  }

  @AfterEach
  void end() {
    machine.end();
    assertTrue(machine.hardware.closed, "everything is freed");
    machine.hardware.cores.values().forEach(c -> assertTrue(c.closed));
  }
}
