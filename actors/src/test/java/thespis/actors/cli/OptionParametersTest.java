package thespis.actors.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import thespis.actors.cli.OptionParameters.Parameter;

class OptionParametersTest {
  /// Groups whose option has another name.
  private static final Map<String, String> OPTIONS = Map.of("boot-opts", "boot", "smp-opts", "smp", "memory", "m");

  @Test
  void onlyOptionsThatWorkAreToldOf() {
    for (String group : OptionParameters.all().keySet()) {
      assertTrue(OptionTable.find("-" + OPTIONS.getOrDefault(group, group)).supported(), group);
    }
    assertFalse(OptionParameters.all().containsKey("drive"));
  }

  @Test
  void parametersHaveATypeAndTextIsTheUsualOne() {
    assertEquals(
        List.of(new Parameter("maxmem", "size"), new Parameter("slots", "number"), new Parameter("size", "size")),
        OptionParameters.all().get("memory"));
    assertTrue(OptionParameters.all().get("chardev").contains(new Parameter("path", "string")));
    assertEquals(List.of(), OptionParameters.all().get("device"));
  }

  @Test
  void someAreExplainedAndHaveAValueThatIsTold() {
    assertTrue(OptionParameters.all().get("add-fd")
        .contains(new Parameter("set", "number", "ID of the fd set to add fd to", null)));
    assertTrue(OptionParameters.all().get("chardev").contains(new Parameter("tight", "boolean", null, "on")));
  }
}
