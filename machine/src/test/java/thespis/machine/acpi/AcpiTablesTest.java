package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AcpiTablesTest {
  /// Where QEMU's firmware puts the tables: 128 KiB below the end of RAM.
  private static final long RSDP = 0xF5A00;
  private static final long TABLES = 256 * AcpiFixture.MIB - AcpiTables.PADDED_TO;

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

  static List<Arguments> moreMachines() {
    return List.of(
        arguments("pc-255", AcpiFixture.pc255()),
        arguments("pc-big", AcpiFixture.pcBig()),
        arguments("pc-numa", AcpiFixture.pcNuma()),
        arguments("q35-big", AcpiFixture.q35Big()),
        arguments("q35-smi3", AcpiFixture.q35Smi(SmiFeatures.BROADCAST | SmiFeatures.CPU_HOTPLUG)),
        arguments(
            "q35-smi",
            AcpiFixture.q35Smi(SmiFeatures.BROADCAST | SmiFeatures.CPU_HOTPLUG | SmiFeatures.CPU_HOT_UNPLUG)));
  }

  /// The tables as firmware gets them, before pointers and checksums are put in.
  @ParameterizedTest(name = "{0}")
  @MethodSource("moreMachines")
  void theTablesOfOtherMachinesAreTheOnesQemuMakes(String name, AcpiMachine machine) throws IOException {
    Map<String, byte[]> golden = split(GoldenTable.read("tables-" + name + ".gz"));
    Map<String, byte[]> ours = split(AcpiTables.build(machine).tables());
    assertEquals(List.copyOf(golden.keySet()), List.copyOf(ours.keySet()));
    for (String signature : golden.keySet()) {
      GoldenTable.assertSame(name + " " + signature, golden.get(signature), ours.get(signature));
    }
  }

  @ParameterizedTest(name = "disable_s3={0} disable_s4={1}")
  @CsvSource({"false, false, _S3_ _S4_ _S5_", "true, false, _S4_ _S5_", "false, true, _S3_ _S5_", "true, true, _S5_"})
  void theGuestIsToldOfTheSleepStatesThatItIsLeft(boolean noS3, boolean noS4, String told) {
    AcpiMachine pc = AcpiFixture.pc();
    byte[] dsdt = Dsdt.build(new AcpiMachine(
        pc.chipset(), pc.processors(), pc.lowRamEnd(), pc.highRamEnd(), pc.hpet(), pc.pci(), pc.numa(), pc.smi(),
        new SleepStates(!noS3, !noS4, 2)));
    String text = new String(dsdt, StandardCharsets.ISO_8859_1);
    assertEquals(told, Stream.of("_S3_", "_S4_", "_S5_").filter(text::contains).collect(Collectors.joining(" ")));
  }

  @Test
  void processorsThatNeedAnX2ApicHaveEntriesOfTheirOwn() {
    byte[] madt = Madt.build(List.of(
        new AcpiProcessor(0, 0, true, AcpiProcessor.NO_NODE), new AcpiProcessor(1, 255, false, AcpiProcessor.NO_NODE)));
    assertEquals(
        "0910" + "0000" + "ff000000" + "00000000" + "01000000",
        HexFormat.of().formatHex(madt, 44 + 8, 44 + 8 + 16));
    assertEquals(
        "0a0c" + "0000" + "ffffffff" + "01000000",
        HexFormat.of().formatHex(madt, madt.length - 12, madt.length));
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
    AcpiTables.Installed installed = AcpiTables.build(machine(chipset)).install(TABLES, RSDP);
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
    assertThrows(IllegalArgumentException.class, () -> tables.install(TABLES + 32, RSDP));
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
