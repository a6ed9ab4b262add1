package thespis.machine.qom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// `qom-set` of a machine's properties. Texts are those of QEMU 7.2.
class MachinePropertiesTest {
  private final ObjectTree tree = new ObjectTree();

  @BeforeEach
  void aMachine() {
    tree.addMachine(new QomObject(ObjectTypes.find("pc-i440fx-7.2-machine"), new MachineSettings()));
  }

  static List<Arguments> refused() {
    return List.of(
        Arguments.of("boot", 5L, "Invalid parameter type for 'boot', expected: object"),
        Arguments.of("boot", Map.of("order", "x"), "Invalid boot device 'x'"),
        Arguments.of("boot", Map.of("once", "dd"), "Boot device 'd' was given twice"),
        Arguments.of("boot", Map.of("foo", 1L), "Parameter 'boot.foo' is unexpected"),
        Arguments.of("boot", Map.of("menu", "on"), "Invalid parameter type for 'boot.menu', expected: boolean"),
        Arguments.of("memory", Map.of("size", "x"), "Parameter 'memory.size' expects uint64"),
        Arguments.of("smp", Map.of("foo", 1L), "Parameter 'smp.foo' is unexpected"),
        Arguments.of("memory-backend", 5L, "Invalid parameter type for 'memory-backend', expected: string"),
        Arguments.of("memory-encryption", "x", "No such memory encryption object 'x'"),
        Arguments.of("sgx-epc", 5L, "Invalid parameter type for 'sgx-epc', expected: array"),
        Arguments.of("sgx-epc", List.of(Map.of()), "Parameter 'sgx-epc[0].memdev' is missing"),
        Arguments.of("x-oem-id", "ABCDEFG", "User specified x-oem-id value is bigger than 6 bytes in size"),
        Arguments.of("nvdimm-persistence", "x", "-machine nvdimm-persistence=x: unsupported option"),
        Arguments.of("max-ram-below-4g", 5L << 30,
            "Machine option 'max-ram-below-4g=5368709120' expects size less than or equal to 4G"));
  }

  @ParameterizedTest(name = "{0} = {1}: {2}")
  @MethodSource("refused")
  void aValueThatDoesNotFitIsRefusedInQemusWords(String property, Object value, String text) {
    assertEquals(text, assertThrows(RuntimeException.class, () -> tree.set("/machine", property, value)).getMessage());
  }

  @Test
  void theBootOrderIsTheUsualOneWhereItIsNotGiven() {
    tree.set("/machine", "boot", Map.of("order", "nd"));
    assertEquals(Map.of("order", "nd"), tree.get("/machine", "boot"));
    tree.set("/machine", "boot", Map.of("once", "d", "menu", true));
    assertEquals(Map.of("once", "d", "menu", true, "order", "cad"), tree.get("/machine", "boot"));
  }
}
