package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import thespis.hotplug.ErrorClass;
import thespis.qmp.QmpReply;
import thespis.qmp.command.CpuModelCommands;
import thespis.qmp.command.CpuModelCommands.CpuDefinitionInfo;
import thespis.qmp.command.CpuModelCommands.CpuModelExpansionInfo;
import thespis.qmp.command.CpuModelCommands.CpuModelExpansionType;
import thespis.qmp.command.CpuModelCommands.CpuModelInfo;
import thespis.qmp.command.ObjectCommands;
import thespis.qmp.command.ObjectCommands.ObjectPropertyInfo;
import thespis.qmp.command.ObjectCommands.ObjectTypeInfo;

/// On the machine without hardware, which has the object model all the same.
class ObjectQueriesTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ObjectQueries queries = new ObjectQueries(new NoHardware(Machine.builder().board("none").config()));

  @Test
  void theTreeIsListedWithTheTypesOfItsChildren() {
    List<?> listed = (List<?>) value(queries.answer(new ObjectCommands.QomList("/")));
    assertTrue(listed.contains(
        new ObjectPropertyInfo("machine", "child<none-machine>", Optional.empty(), Optional.empty())), listed::toString);
  }

  @Test
  void whatIsSetIsRead() {
    assertInstanceOf(QmpReply.Ok.class,
        queries.answer(new ObjectCommands.QomSet("/machine", "append", JSON.textNode("quiet"))));
    assertEquals("quiet", value(queries.answer(new ObjectCommands.QomGet("/machine", "append"))));
  }

  @Test
  void aPathThatLeadsNowhereIsAnUnknownDevice() {
    assertEquals(
        new QmpReply.Fail(ErrorClass.DEVICE_NOT_FOUND, "Device '/nosuch' not found"),
        queries.answer(new ObjectCommands.QomGet("/nosuch", "type")));
  }

  @Test
  void aValueOfTheWrongTypeIsAGenericError() {
    assertEquals(
        QmpReply.fail("Invalid parameter type for 'usb', expected: boolean"),
        queries.answer(new ObjectCommands.QomSet("/machine", "usb", JSON.numberNode(1))));
  }

  @Test
  void abstractTypesAreListedOnlyIfAskedFor() {
    ObjectTypeInfo self = new ObjectTypeInfo("apic-common", Optional.of(true), Optional.of("device"));
    for (boolean wanted : new boolean[] {false, true}) {
      List<?> types = (List<?>) value(
          queries.answer(new ObjectCommands.QomListTypes(Optional.of("apic-common"), Optional.of(wanted))));
      assertEquals(wanted, types.contains(self), types::toString);
    }
  }

  @Test
  void everyModelIsDefined() {
    List<?> all = (List<?>) value(queries.answer(new CpuModelCommands.QueryCpuDefinitions()));
    assertEquals(132, all.size());
    assertTrue(all.stream().map(CpuDefinitionInfo.class::cast)
        .anyMatch(d -> d.name().equals("host") && d.unavailableFeatures().equals(Optional.of(List.of("kvm")))));
  }

  @Test
  void anExpansionTakesTheUsersPropertiesIn() {
    for (boolean aes : new boolean[] {false, true}) {
      CpuModelInfo model = new CpuModelInfo("qemu64", Optional.of(JSON.objectNode().put("aes", aes)));
      CpuModelExpansionInfo info = (CpuModelExpansionInfo) value(
          queries.answer(new CpuModelCommands.QueryCpuModelExpansion(CpuModelExpansionType.STATIC, model)));
      assertEquals("base", info.model().name());
      assertEquals(aes, ((Map<?, ?>) info.model().props().orElseThrow()).get("aes"));
    }
  }

  private static Object value(QmpReply reply) {
    return assertInstanceOf(QmpReply.Ok.class, reply).value();
  }
}
