package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AcpiTablesTest {
  /// Where QEMU's firmware puts the tables: 128 KiB below the end of RAM.
  private static final long TABLES = AcpiFixture.RAM - AcpiTables.PADDED_TO;

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
      "PC, DSDT", "PC, FACP", "PC, FACS", "PC, APIC", "PC, HPET", "PC, WAET",
      "Q35, DSDT", "Q35, FACP", "Q35, FACS", "Q35, APIC", "Q35, HPET", "Q35, MCFG", "Q35, WAET"
  })
  void aTableIsTheOneQemuMakes(Chipset chipset, String signature) throws IOException {
    byte[] golden = GoldenTable.read(
        chipset.name().toLowerCase() + "-smp1-max4/" + signature.toLowerCase() + ".aml");
    byte[] ours = split(AcpiTables.build(machine(chipset)).install(TABLES, 0xF0000).tables()).get(signature);
    GoldenTable.assertSame(chipset + " " + signature, golden, ours);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Chipset.class)
  void theLinkingScriptIsTheOneQemuGivesFirmware(Chipset chipset) throws IOException {
    byte[] golden = GoldenTable.read(chipset.name().toLowerCase() + "-smp1-max4/table-loader.gz");
    assertArrayEquals(golden, AcpiTables.build(machine(chipset)).loader());
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Chipset.class)
  void installedTablesAreReachableFromTheRootPointerAndAddUpToZero(Chipset chipset) {
    AcpiTables.Installed installed = AcpiTables.build(machine(chipset)).install(TABLES, AcpiTables.RSDP_ADDRESS);
    assertEquals(0, sum(installed.rsdp()));
    assertEquals("RSD PTR ", text(installed.rsdp(), 0, 8));
    ByteBuffer memory = little(installed.tables());
    int rsdt = little(installed.rsdp()).getInt(16) - (int) TABLES;
    assertEquals("RSDT", text(installed.tables(), rsdt, 4));
    List<String> reached = new ArrayList<>();
    for (int at = rsdt + 36; at < rsdt + memory.getInt(rsdt + 4); at += 4) {
      int table = memory.getInt(at) - (int) TABLES;
      reached.add(text(installed.tables(), table, 4));
    }
    assertEquals(
        chipset == Chipset.PC
            ? List.of("FACP", "APIC", "HPET", "WAET")
            : List.of("FACP", "APIC", "HPET", "MCFG", "WAET"),
        reached);
    split(installed.tables()).forEach((signature, table) -> {
      if (!signature.equals("FACS")) {
        assertEquals(0, sum(table), signature);
      }
    });
  }

  @Test
  void tablesHaveToBeAlignedForTheFacs() {
    AcpiTables tables = AcpiTables.build(AcpiFixture.pc());
    assertThrows(IllegalArgumentException.class, () -> tables.install(TABLES + 32, AcpiTables.RSDP_ADDRESS));
  }

  private static int sum(byte[] bytes) {
    int sum = 0;
    for (byte b : bytes) {
      sum += b;
    }
    return sum & 0xFF;
  }

  private static String text(byte[] bytes, int at, int length) {
    return new String(bytes, at, length, StandardCharsets.US_ASCII);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static AcpiMachine machine(Chipset chipset) {
    return switch (chipset) {
      case PC -> AcpiFixture.pc();
      case Q35 -> AcpiFixture.q35();
    };
  }

  /// The tables of a file by signature.
  static Map<String, byte[]> split(byte[] file) {
    Map<String, byte[]> tables = new LinkedHashMap<>();
    ByteBuffer in = little(file);
    while (in.remaining() > 8 && in.get(in.position()) != 0) {
      byte[] table = new byte[in.getInt(in.position() + 4)];
      in.get(table);
      tables.put(new String(table, 0, 4, StandardCharsets.US_ASCII), table);
    }
    return tables;
  }
}
