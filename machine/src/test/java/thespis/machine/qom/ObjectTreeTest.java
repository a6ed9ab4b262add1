package thespis.machine.qom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;

class ObjectTreeTest {
  private final ObjectTree tree = new ObjectTree();

  @BeforeEach
  void aMachine() {
    tree.addMachine(new QomObject(ObjectTypes.find("none-machine"), new MachineSettings()));
  }

  @Test
  void slashesMoreOrLessDoNotMatterInAnAbsolutePath() {
    QomObject unattached = tree.find("/machine/unattached");
    assertSame(unattached, tree.find("//machine//unattached/"));
    assertEquals("/machine/unattached", unattached.path());
    assertEquals("/", tree.find("/").path());
  }

  @Test
  void aRelativePathLeadsToTheOnlyPlaceThatFits() {
    QomObject chip = tree.addUnattached(device());
    assertSame(chip, tree.find("device[0]"));
    assertSame(chip, tree.find("unattached/device[0]"));
    tree.addPeripheral(device(), null);
    assertEquals(
        "Device 'device[0]' not found",
        assertThrows(DeviceNotFoundException.class, () -> tree.find("device[0]")).getMessage());
    assertEquals(
        "Path 'device[0]' is ambiguous",
        assertThrows(ConfigException.class, () -> tree.list("device[0]")).getMessage());
  }

  @Test
  void aNumberOfTheBoardsOwnIsUsedAgainAndOneOfTheUsersIsNot() {
    tree.addUnattached(device());
    tree.addUnattached(device()).remove();
    assertEquals("/machine/unattached/device[1]", tree.addUnattached(device()).path());
    tree.addPeripheral(device(), null).remove();
    assertEquals("/machine/peripheral-anon/device[1]", tree.addPeripheral(device(), null).path());
  }

  @Test
  void whatIsRemovedTakesItsChildrenAlong() {
    QomObject chip = tree.addPeripheral(device(), "c1");
    chip.add("part", device());
    assertEquals("/machine/peripheral/c1/part", tree.get("/machine/peripheral/c1", "part"));
    chip.remove();
    assertNull(tree.at("/machine/peripheral/c1/part"));
    assertNull(chip.path());
  }

  @Test
  void aNameIsGivenOnce() {
    tree.addPeripheral(device(), "c1");
    assertThrows(ConfigException.class, () -> tree.addPeripheral(device(), "c1"));
  }

  @Test
  void realizedDevicesKeepTheirSettings() {
    QomObject apic = new QomObject(ObjectTypes.find("apic"), new ApicType(3));
    apic.set("id", Input.ofJson(3L));
    apic.setRealized(true);
    assertEquals(
        "Attempt to set property 'id' on anonymous device (type 'apic') after it was realized",
        refusal(apic, "id", 4L));
    apic.setId("mine");
    assertEquals(
        "Attempt to set property 'id' on device 'mine' (type 'apic') after it was realized", refusal(apic, "id", 4L));
    assertEquals("Property 'apic.type' is not writable", refusal(apic, "type", "x"));
    assertEquals("Property 'apic.hotpluggable' is not writable", refusal(apic, "hotpluggable", false));
    assertEquals("Property 'apic.base' not found", refusal(apic, "base", 0L));
  }

  @Test
  void unsignedNumbersWantNumbers() {
    QomObject apic = new QomObject(ObjectTypes.find("apic"), new ApicType(3));
    assertEquals("Parameter 'id' expects uint64", refusal(apic, "id", "3"));
    assertEquals("Parameter 'id' expects uint32_t", refusal(apic, "id", 1L << 32));
  }

  @Test
  void machineSettingsCheckTheirValues() {
    QomObject pc = new QomObject(ObjectTypes.find("pc-q35-7.2-machine"), new MachineSettings());
    pc.set("append", Input.ofJson("quiet"));
    assertEquals("quiet", pc.get("append"));
    assertEquals("Invalid parameter type for 'append', expected: string", refusal(pc, "append", 5L));
    assertEquals("Invalid parameter type for 'usb', expected: boolean", refusal(pc, "usb", "on"));
    assertEquals("Parameter 'vmport' does not accept value 'maybe'", refusal(pc, "vmport", "maybe"));
  }

  private static String refusal(QomObject object, String property, Object value) {
    return assertThrows(ConfigException.class, () -> object.set(property, Input.ofJson(value))).getMessage();
  }

  private static QomObject device() {
    return new QomObject(ObjectTypes.find("port92"), null);
  }
}
