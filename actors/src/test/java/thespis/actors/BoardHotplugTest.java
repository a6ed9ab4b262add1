package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static thespis.actors.TestMachine.add;
import static thespis.actors.TestMachine.remove;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.ConfigException;
import thespis.cpu.run.Exit;
import thespis.hotplug.Answer;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.ErrorClass;
import thespis.hotplug.Failure;
import thespis.hotplug.HotplugStep;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.OstInfo;
import thespis.hotplug.RunState;
import thespis.machine.acpi.SmiFeatures;

/// CPUs come and go: every branch of `device_add`, `device_del` and the guest's ejection, on scripted cores.
@ExtendWith(ActorKit.class)
class BoardHotplugTest extends BoardFixture {
  BoardHotplugTest(ActorTestKit kit) {
    super(kit);
  }

  @Test
  void anAddedCpuIsRealizedPluggedAndToldToTheGuest() {
    FakeHardware hw = started();
    CpuInfo cpu = machine.add("cpu2", 2);
    assertEquals("/machine/peripheral/cpu2", cpu.qomPath());
    assertTrue(cpu.hotplugged());
    assertEquals(
        List.of(HotplugStep.REALIZING, HotplugStep.REALIZED, HotplugStep.INSERTING, HotplugStep.GPE_RAISED),
        machine.steps(2));
    assertEquals(List.of("insert 2", "GPE 2"), machine.log());
    assertEquals(Set.of(0, 2), hw.present);
  }

  @ParameterizedTest(name = "SMI features {0}")
  @CsvSource({"0, true, true", "1, false, false", "3, true, false", "7, true, true"})
  void firmwareThatWantsToBeAskedHasToTakePart(long smi, boolean plugs, boolean unplugs) {
    FakeHardware hw = started();
    machine.add("first", 1);
    hw.smi = new SmiFeatures(smi);
    Answer<CpuInfo> added = machine.answer(add(TestMachine.cpu("c2", 2)));
    assertEquals(plugs, added instanceof Answer.Ok);
    if (!plugs) {
      assertEquals(Answer.failed(Failure.generic("cpu hotplug with SMI wasn't enabled by firmware")), added);
      assertFalse(hw.cores.containsKey(2), "no trace is left");
    }
    Answer<Answer.Done> removed = machine.answer(replyTo -> new BoardProtocol.RemoveDevice("first", replyTo));
    assertEquals(
        unplugs
            ? Answer.done()
            : Answer.failed(Failure.generic("cpu hot-unplug with SMI wasn't enabled by firmware")),
        removed);
  }

  @Test
  void theGuestBringsItOnline() {
    FakeHardware hw = started();
    machine.add("cpu2", 2);
    hw.core(0).out(FakeHardware.OST, 2 | OstInfo.DEVICE_CHECK << 4);
    machine.await(new MachineEvent.OstReported(new OstInfo(Optional.of("cpu2"), 2, 1, 0)));
    machine.await(new MachineEvent.SlotStep(2, HotplugStep.OST_OK, ""));
    assertFalse(machine.cpu("cpu2").online());
    hw.core(2).then(new ScriptedCore.Ends(Exit.BUDGET));
    machine.await(new MachineEvent.SlotStep(2, HotplugStep.ONLINE, ""));
    assertTrue(machine.cpu("cpu2").online());
  }

  @Test
  void cpusAreListedInOrderOfCreation() {
    started();
    machine.add("cpu3", 3);
    machine.add(null, 1);
    machine.add(null, 2);
    assertEquals(
        List.of(
            "/machine/unattached/device[0]",
            "/machine/peripheral/cpu3",
            "/machine/peripheral-anon/device[0]",
            "/machine/peripheral-anon/device[1]"),
        machine.cpus().stream().map(CpuInfo::qomPath).toList());
    assertEquals(
        List.of(0, 2, 3, 1),
        machine.slots().stream().map(s -> s.cpu().orElseThrow().order()).toList());
  }

  @Test
  void cpusAreAddedWhileTheMachineIsPaused() {
    FakeHardware hw = started();
    machine.ok(BoardProtocol.Stop::new);
    machine.add("cpu1", 1);
    hw.core(1).then(new ScriptedCore.Ends(Exit.BUDGET));
    machine.ok(BoardProtocol.Cont::new);
    machine.await(new MachineEvent.SlotStep(1, HotplugStep.ONLINE, ""));
  }

  @Test
  void severalAtOnceAreAddedOneAfterAnother() {
    started();
    var one = machine.send(add(TestMachine.cpu("a", 1)));
    var two = machine.send(add(TestMachine.cpu("a", 2)));
    var three = machine.send(add(TestMachine.cpu("b", 1)));
    assertInstanceOf(Answer.Ok.class, one.receiveMessage());
    assertEquals(Answer.failed(Failure.generic("Duplicate device ID 'a'")), two.receiveMessage());
    assertEquals(Answer.failed(Failure.generic("CPU[1] with APIC ID 1 exists")), three.receiveMessage());
  }

  @ParameterizedTest(name = "driver={0} id={1} core={2} bus={3}")
  @CsvSource(nullValues = "-", delimiter = '|', quoteCharacter = '"', textBlock = """
      -                  | c1  | 1 | -     | Parameter 'driver' is missing
      nosuch             | c1  | 1 | -     | 'nosuch' is not a valid device model name
      cpu                | c1  | 1 | -     | Parameter 'driver' expects a non-abstract device type
      hpet               | c1  | 1 | -     | Parameter 'driver' expects a pluggable device type
      isa-serial         | c1  | 1 | -     | Bus 'isa.0' does not support hotplugging
      max-x86_64-cpu     | c1  | 1 | -     | Invalid CPU type, expected cpu type: 'qemu64-x86_64-cpu'
      qemu64-x86_64-cpu  | 1x  | 1 | -     | Parameter 'id' expects an identifier
      -                  | 1x  | 1 | -     | Parameter 'id' expects an identifier
      qemu64-x86_64-cpu  | ""  | 1 | -     | Parameter 'id' expects an identifier
      qemu64-x86_64-cpu  | c1  | 1 | pci.0 | Device 'qemu64-x86_64-cpu' can't go on PCI bus
      qemu64-x86_64-cpu  | c1  | 1 | pci.0/x | Device 'x' not found
      qemu64-x86_64-cpu  | disk | 1 | x    | Bus 'x' not found
      qemu64-x86_64-cpu  | disk | 1 | x/y  | Bus 'x' not found
      qemu64-x86_64-cpu  | disk | 1 | -    | Duplicate device ID 'disk'
      qemu64-x86_64-cpu  | c1  | - | -     | CPU core-id is not set
      qemu64-x86_64-cpu  | c1  | 4 | -     | Invalid CPU core-id: 4 must be in range 0:3
      qemu64-x86_64-cpu  | c1  | 0 | -     | CPU[0] with APIC ID 0 exists
      """)
  void whatDoesNotFitIsRefusedAndLeavesNoTrace(String driver, String id, Integer core, String bus, String desc) {
    started();
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("driver", driver);
    arguments.put("id", id);
    arguments.put("socket-id", 0);
    arguments.put("core-id", core);
    arguments.put("thread-id", 0);
    arguments.put("bus", bus);
    arguments.values().removeIf(Objects::isNull);
    boolean missing = desc.startsWith("Device 'x'");
    assertEquals(
        missing ? Failure.deviceNotFound("x") : Failure.generic(desc), machine.refused(add(arguments)));
    assertEquals(1, machine.cpus().size());
    machine.add("c1", 1);
  }

  @Test
  void anUnknownPropertyIsNamedBeforeTheTypeIsLookedAt() {
    started();
    Map<String, Object> arguments = with(with(TestMachine.cpu("c1", 1), "driver", "max-x86_64-cpu"), "nosuch", 1);
    assertEquals(
        Failure.generic("Property 'max-x86_64-cpu.nosuch' not found"),
        machine.refused(add(arguments)));
  }

  @Test
  void anIdThatIsNoTextIsNone() {
    started();
    machine.ok(add(with(TestMachine.cpu(null, 1), "id", 5)));
    assertEquals("/machine/peripheral-anon/device[0]", machine.cpus().get(1).qomPath());
  }

  @Test
  void aFailedAnonymousAddCountsInTheNextOnesPath() {
    started();
    machine.refused(add(TestMachine.cpu(null, 9)));
    assertEquals("/machine/peripheral-anon/device[1]", machine.add(null, 1).qomPath());
  }

  @Test
  void aCpuThatCannotBeRealizedIsUnwound() {
    FakeHardware hw = started();
    hw.realizeThrows = new ConfigException("TCG doesn't support requested features");
    assertEquals(
        Failure.generic("TCG doesn't support requested features"),
        machine.refused(add(TestMachine.cpu("c1", 1))));
    assertEquals(List.of(HotplugStep.REALIZING, HotplugStep.FAILED), machine.steps(1));
    assertEquals(List.of(), machine.log(), "the guest's registers were never touched");
    hw.realizeThrows = null;
    machine.add("c1", 1);
  }

  @Test
  void aVcpuThatDiesWhileBeingPluggedIsUnwound() {
    FakeHardware hw = started();
    hw.realizeThrows = new IllegalStateException("defect");
    assertEquals(
        Failure.generic("CPU 1 failed while it was being plugged"),
        machine.refused(add(TestMachine.cpu("c1", 1))));
    hw.realizeThrows = null;
    machine.add("c1", 1);
    assertEquals(RunState.RUNNING, machine.status());
  }

  @Test
  void aGuestThatCannotBeToldIsAnInternalError() {
    FakeHardware hw = started();
    hw.gpeThrows = new IllegalStateException("defect");
    assertEquals(
        Failure.generic("CPU 1: the interrupt router failed"), machine.refused(add(TestMachine.cpu("c1", 1))));
    machine.await(new MachineEvent.Stopped());
    assertEquals(RunState.INTERNAL_ERROR, machine.status());
    assertEquals(1, machine.cpus().size());
  }

  @Test
  void aRemovalThatCannotBeToldIsAnInternalErrorToo() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    hw.gpeThrows = new IllegalStateException("defect");
    assertEquals(Failure.generic("CPU 1: the interrupt router failed"), machine.refused(remove("c1")));
    machine.await(new MachineEvent.Stopped());
    assertEquals(2, machine.cpus().size());
  }

  @Test
  void withoutItsAcpiControllerTheMachineIsBrokenButAnswers() {
    FakeHardware hw = started();
    hw.core(0).out(99, 0);
    machine.await(new MachineEvent.Stopped());
    assertEquals(RunState.INTERNAL_ERROR, machine.status());
    assertEquals(
        Failure.generic("CPU 1: the ACPI controller failed"), machine.refused(add(TestMachine.cpu("c1", 1))));
    assertEquals(
        Failure.generic("the ACPI controller failed"), machine.refused(BoardProtocol.QueryOspm::new));
  }

  @Test
  void aMachineWithoutAcpiPlugsWithoutTellingTheGuest() {
    start(new FakeHardware(1, 4, false), Machine.builder());
    machine.await(new MachineEvent.Ready());
    machine.add("c1", 1);
    assertEquals(
        Failure.generic("CPU hot unplug not supported without ACPI"),
        machine.refused(remove("c1")));
    assertEquals(
        Failure.generic("command is not supported, missing ACPI device"), machine.refused(BoardProtocol.QueryOspm::new));
  }

  @ParameterizedTest(name = "device_del {0}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      nosuch                        | DeviceNotFound | Device 'nosuch' not found
      device[0]                     | DeviceNotFound | Device 'device[0]' not found
      /machine/nosuch               | DeviceNotFound | Device '/machine/nosuch' not found
      peripheral/c1                 | DeviceNotFound | Device 'peripheral/c1' not found
      /machine                      | GenericError   | /machine is not a hotpluggable device
      ""                            | GenericError   | " is not a hotpluggable device"
      /machine/peripheral           | GenericError   | /machine/peripheral is not a hotpluggable device
      /machine/unattached/device[1] | GenericError   | Bus 'main-system-bus' does not support hotplugging
      /machine/unattached/device[0] | GenericError   | Boot CPU is unpluggable
      """)
  void whatCannotBeRemovedIsNamed(String name, String errorClass, String desc) {
    started();
    machine.add("c1", 1);
    Failure failure = machine.refused(remove(name));
    assertEquals(desc, failure.desc());
    assertEquals(errorClass, failure.errorClass().wire());
  }

  @Test
  void removalAsksTheGuestAndChangesNothingElse() {
    started();
    machine.add("c1", 1);
    machine.log();
    machine.ok(remove("c1"));
    machine.ok(remove("/machine/peripheral/c1/"));
    assertEquals(List.of("GPE 2", "GPE 2"), machine.log());
    assertEquals(2, machine.cpus().size());
  }

  @Test
  void legacyRegistersRefuseRemovalAndTheCpuStays() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    hw.registers.legacy = true;
    assertEquals(
        Failure.generic("acpi: device unplug request for not supported device type: qemu64-x86_64-cpu"),
        machine.refused(remove("c1")));
    assertEquals(2, machine.cpus().size());
  }

  @Test
  void theGuestsEjectionRemovesTheCpuBeforeItsWriteIsDone() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    machine.ok(remove("c1"));
    ScriptedCore gone = hw.core(1);
    machine.events();
    hw.core(0).out(FakeHardware.OST, 1 | OstInfo.EJECT_REQUEST << 4 | 0x84 << 8)
        .out(FakeHardware.EJECT, 1)
        .in(FakeHardware.FLAGS)
        .out(FakeHardware.OST, 1 | OstInfo.EJECT_REQUEST << 4);
    machine.await(new MachineEvent.OstReported(new OstInfo(Optional.empty(), 1, 3, 0)));
    assertEquals(
        List.of(
            new MachineEvent.OstReported(new OstInfo(Optional.of("c1"), 1, 3, 0x84)),
            new MachineEvent.SlotStep(1, HotplugStep.EJECTING, ""),
            new MachineEvent.SlotStep(1, HotplugStep.EJECTED, ""),
            new MachineEvent.DeviceDeleted(Optional.empty(), "/machine/peripheral/c1/lapic"),
            new MachineEvent.DeviceDeleted(Optional.of("c1"), "/machine/peripheral/c1")),
        machine.passed());
    hw.core(0).answer();
    hw.core(0).answer();
    assertEquals(1, hw.core(0).answer(), "only the boot CPU is left in the registers");
    assertTrue(gone.closed);
    assertEquals(Set.of(0), hw.present);
    assertEquals(1, machine.cpus().size());
    assertEquals(
        ErrorClass.DEVICE_NOT_FOUND, machine.refused(remove("c1")).errorClass());
  }

  @Test
  void aRemovedCpuCanBeAddedAgain() {
    FakeHardware hw = started();
    for (int i = 0; i < 20; i++) {
      machine.add("c1", 1);
      hw.core(0).out(FakeHardware.EJECT, 1);
      machine.await(new MachineEvent.DeviceDeleted(Optional.of("c1"), "/machine/peripheral/c1"));
    }
    assertEquals(1, machine.cpus().size());
  }

  @Test
  void aGuestThatWillNotEjectKeepsTheCpu() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    machine.ok(remove("c1"));
    hw.core(0).out(FakeHardware.OST, 1 | OstInfo.EJECT_REQUEST << 4 | 0x80 << 8);
    machine.await(new MachineEvent.SlotStep(1, HotplugStep.UNPLUG_REJECTED, "status 128"));
    assertEquals(2, machine.cpus().size());
    machine.ok(remove("c1"));
  }

  @Test
  void aGuestMayEjectUnasked() {
    FakeHardware hw = started();
    machine.add(null, 3);
    hw.core(0).out(FakeHardware.EJECT, 3);
    machine.await(new MachineEvent.DeviceDeleted(Optional.empty(), "/machine/peripheral-anon/device[0]"));
  }

  @Test
  void ejectingAnEmptySlotIsAnswered() {
    FakeHardware hw = started();
    hw.core(0).out(FakeHardware.EJECT, 3);
    assertEquals(0, hw.core(0).answer());
    assertEquals(1, machine.cpus().size());
  }

  @Test
  void aCpuMayEjectItself() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    hw.core(1).out(FakeHardware.EJECT, 1);
    machine.await(new MachineEvent.DeviceDeleted(Optional.of("c1"), "/machine/peripheral/c1"));
    hw.core(0).in(FakeHardware.FLAGS);
    assertEquals(1, hw.core(0).answer(), "the registers are free again");
  }

  @Test
  void aCpuInAPortAccessCanBeEjectedByAnother() {
    FakeHardware hw = started();
    machine.add("c1", 1);
    machine.add("c2", 2);
    hw.core(2).then(new ScriptedCore.Spins());
    hw.core(0).out(FakeHardware.EJECT, 2);
    hw.core(1).out(FakeHardware.EJECT, 2);
    machine.await(new MachineEvent.DeviceDeleted(Optional.of("c2"), "/machine/peripheral/c2"));
    hw.core(0).answer();
    hw.core(1).answer();
    assertEquals(2, machine.cpus().size());
  }

  private static Map<String, Object> with(Map<String, Object> arguments, String name, Object value) {
    Map<String, Object> more = new HashMap<>(arguments);
    more.put(name, value);
    return more;
  }
}
