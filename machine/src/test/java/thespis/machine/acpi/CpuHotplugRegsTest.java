package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.machine.bus.PortSpace;
import thespis.machine.bus.SavedState;

class CpuHotplugRegsTest {
  private static final int BASE = 0xAF00;
  private static final int DATA = BASE + 8;

  private final List<String> log = new ArrayList<>();
  private final PortSpace ports = new PortSpace();
  private CpuHotplugRegs regs;

  /// A conversation with QEMU 7.2 by port accesses and QMP. CPUs c1 and c3 are in slots 1 and 3, l2 in slot 2.
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"pc", "q35"})
  void registersActAsRecordedOnQemu(String board) throws IOException {
    start(0, 1, 2, 3);
    JsonNode steps = new ObjectMapper().readTree(GoldenTable.read("cphp-regs-" + board + ".json")).get("steps");
    int number = 0;
    for (JsonNode step : steps) {
      String where = "step " + number++ + ": " + step;
      if (step.has("out")) {
        ports.write(BASE + step.get("offset").asInt(), size(step.get("out")), (int) step.get("value").asLong());
      } else if (step.has("in") && step.get("offset").asInt() < CpuHotplugRegs.LEGACY_LENGTH) {
        assertEquals(
            step.get("value").asLong(), ports.read(BASE + step.get("offset").asInt(), size(step.get("in"))), where);
      } else if (step.has("send")) {
        request(step.get("send"));
      } else if (step.has("recv")) {
        answer(step.get("recv"), where);
      }
    }
    assertEquals(List.of(), log, "told but not recorded");
  }

  private void request(JsonNode request) {
    switch (request.get("execute").asText()) {
      case "device_add" -> regs.plug(request.at("/arguments/core-id").asInt());
      case "device_del" -> assertTrue(regs.requestUnplug(slot(request.at("/arguments/id").asText())));
      default -> {
        // queries are compared by their answers; a reset changes nothing here
      }
    }
  }

  private void answer(JsonNode answer, String where) {
    JsonNode result = answer.path("return");
    JsonNode info = answer.at("/data/info");
    if (result.isArray()) {
      List<String> expected = new ArrayList<>();
      result.forEach(entry -> expected.add(ost(entry)));
      assertEquals(expected, regs.ospmStatus().stream().map(CpuHotplugRegsTest::text).toList(), where);
    } else if (!info.isMissingNode()) {
      assertEquals("ost " + ost(info), log.removeFirst(), where);
    } else if (answer.path("event").asText().equals("DEVICE_DELETED")) {
      assertEquals("eject " + slot(answer.at("/data/path").asText().split("/")[3]), log.removeFirst(), where);
    }
  }

  private static String ost(JsonNode info) {
    return info.get("slot").asText() + " " + info.get("source").asLong() + " " + info.get("status").asLong();
  }

  private static String text(CpuHotplugRegs.Ost ost) {
    return ost.slot() + " " + ost.event() + " " + ost.status();
  }

  private static int slot(String id) {
    return id.charAt(id.length() - 1) - '0';
  }

  @Test
  void theBitmapHasABitForEachApicId() {
    start(0, 1, 4, 5, 8, 9);
    regs.coldPlug(3);
    regs.coldPlug(5);
    assertEquals(0x221, ports.read(BASE, 2));
    assertEquals(0x02, ports.read(BASE + 1, 1));
    assertTrue(regs.isLegacy());
  }

  @Test
  void anApicIdWithoutABitLeavesLegacyMode() {
    start(0, 256);
    regs.coldPlug(1);
    assertFalse(regs.isLegacy());
    select(1);
    assertEquals(0x01, ports.read(BASE + 4, 1));
  }

  @Test
  void legacyModeCanBeLeftFromOutside() {
    start(0, 1);
    regs.plug(1);
    regs.leaveLegacyMode();
    select(1);
    assertEquals(0x01, ports.read(BASE + 4, 1), "enabled; what came before is no event");
  }

  @Test
  void legacyModeKnowsNoRemoval() {
    start(0, 1);
    regs.plug(1);
    assertFalse(regs.requestUnplug(1));
    ports.write(BASE, 4, 0);
    select(1);
    assertEquals(0x01, ports.read(BASE + 4, 1), "no event was kept");
  }

  @Test
  void aWholeApicIdCanBeRead() {
    start(0, 0x12345);
    regs.coldPlug(1);
    select(1);
    ports.write(BASE + 5, 1, 3);
    assertEquals(0x12345, ports.read(DATA, 4));
    assertEquals(0, ports.read(BASE, 4));
  }

  @Test
  void anEjectedSlotCanBeFilledAgain() {
    start(0, 1);
    ports.write(BASE, 4, 0);
    regs.plug(1);
    select(1);
    ports.write(BASE + 4, 1, 2);
    assertTrue(regs.requestUnplug(1));
    ports.write(BASE + 4, 1, 4);
    ports.write(BASE + 4, 1, 8);
    assertEquals(List.of("eject 1"), log);
    assertEquals(0, ports.read(BASE + 4, 1));
    ports.write(BASE + 4, 1, 8);
    assertEquals(List.of("eject 1"), log, "the slot is empty");
    regs.plug(1);
    assertEquals(0x03, ports.read(BASE + 4, 1));
  }

  @Test
  void aRemovalBesideAnInsertIsLeftForAScanThatHasToBeAskedFor() {
    start(0, 1);
    ports.write(BASE, 4, 0);
    regs.plug(1);
    select(1);
    ports.write(BASE + 4, 1, 2);
    assertEquals(List.of(), log, "nothing is left");
    regs.plug(1);
    regs.requestUnplug(1);
    ports.write(BASE + 4, 1, 2);
    assertEquals(List.of("overlooked 1"), log);
    assertEquals(0x05, ports.read(BASE + 4, 1), "still to be removed");
  }

  @Test
  void pendingEventsMoveWithTheState() {
    start(0, 1);
    ports.write(BASE, 4, 0);
    regs.plug(1);
    regs.requestUnplug(1);
    select(1);
    ports.write(BASE + 5, 1, 1);
    ports.write(DATA, 4, 0x103);
    CpuHotplugRegs source = regs;
    start(0, 1);
    regs.coldPlug(1);
    SavedState.copy(source, regs);
    assertFalse(regs.isLegacy());
    assertEquals(0x07, ports.read(BASE + 4, 1));
    assertEquals(List.of(new CpuHotplugRegs.Ost(0, 0, 0), new CpuHotplugRegs.Ost(1, 0x103, 0)), regs.ospmStatus());
    ports.write(BASE + 5, 1, 0);
    assertEquals(1, ports.read(DATA, 4), "the selector moved too");
  }

  private void select(int slot) {
    ports.write(BASE, 4, slot);
  }

  /// The boot processor is there.
  private void start(int... apicIds) {
    regs = new CpuHotplugRegs(apicIds, new CpuHotplugRegs.Listener() {
      @Override
      public void ejectRequested(int slot) {
        log.add("eject " + slot);
        regs.unplugged(slot);
      }

      @Override
      public void removalOverlooked(int slot) {
        log.add("overlooked " + slot);
      }

      @Override
      public void ostReported(int slot, long event, long status) {
        log.add("ost " + slot + " " + event + " " + status);
      }
    });
    regs.coldPlug(0);
    ports.map("cpu-hotplug", BASE, CpuHotplugRegs.LEGACY_LENGTH, regs);
  }

  private static int size(JsonNode width) {
    return switch (width.asText()) {
      case "b" -> 1;
      case "w" -> 2;
      default -> 4;
    };
  }
}
