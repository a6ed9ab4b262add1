package thespis.cpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuConfigTest {
  private final List<String> warnings = new ArrayList<>();

  @Test
  void aMinusBeatsAPlusAndBothBeatProperties() {
    CpuConfig cpu = realized("qemu64,sse4.1=off,-pni,+sse4.1,+pni,pni=on,+aes,aes=off");
    assertTrue(cpu.has("sse4.1"));
    assertFalse(cpu.has("pni"));
    assertTrue(cpu.has("aes"));
  }

  @Test
  void anAliasReadsAndSetsItsFlag() {
    CpuConfig cpu = realized("qemu64,sse3=off,+sse4-1");
    assertEquals(false, CpuConfigs.get(cpu, "pni"));
    assertEquals(true, CpuConfigs.get(cpu, "sse4_1"));
  }

  @Test
  void enforceRefusesWhatTheAcceleratorLacksEvenWithCheckOff() {
    ConfigException e =
        assertThrows(ConfigException.class, () -> realized("Haswell,check=off,enforce=on"));
    assertEquals("TCG doesn't support requested features", e.getMessage());
    assertEquals(6, warnings.size());
    assertEquals("TCG doesn't support requested feature: CPUID.01H:ECX.pcid [bit 17]", warnings.get(0));
  }

  @Test
  void checkOffIsSilent() {
    realized("Haswell,check=off");
    assertEquals(List.of(), warnings);
  }

  @Test
  void aDependentFlagGoesQuietlyUnlessItWasNamed() {
    CpuConfig cpu = realized("Nehalem,vmx=on,vmx-secondary-ctls=off,vmx-ept=on");
    assertFalse(cpu.has("vmx-vpid"));
    assertEquals(
        "This feature depends on other features that were not requested: MSR(48BH).vmx-ept [bit 1]", warnings.get(0));
    assertFalse(String.join("\n", warnings).contains("vmx-vpid"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      qemu64,phys-bits=60            | phys-bits should be between 32 and 52  (but is 60)
      qemu64,phys-bits=4294967295    | phys-bits should be between 32 and 52  (but is 4294967295)
      486,phys-bits=40               | phys-bits is not user-configurable in 32 bit
      qemu64,legacy-cache=off        | CPU model 'qemu64' doesn't support legacy-cache=off
      host                           | CPU model 'host' requires KVM or HVF
      """)
  void impossibleProcessorsAreRefused(String option, String message) {
    assertEquals(message, assertThrows(ConfigException.class, () -> realized(option)).getMessage());
  }

  @Test
  void physicalAddressBitsFollowTheFeatures() {
    assertEquals(40L, CpuConfigs.get(realized("qemu64"), "phys-bits"));
    assertEquals(36L, CpuConfigs.get(realized("pentium3"), "phys-bits"));
    assertEquals(32L, CpuConfigs.get(realized("486"), "phys-bits"));
    assertEquals(46L, CpuConfigs.get(realized("qemu64,phys-bits=46"), "phys-bits"));
  }

  @Test
  void hyperVHasAVendorOnceRealized() {
    assertEquals("Microsoft Hv", CpuConfigs.get(realized("qemu64"), "hv-vendor-id"));
    assertEquals("", CpuConfigs.get(realized("qemu64,hv-vendor-id="), "hv-vendor-id"));
    assertEquals(List.of(), warnings);
    realized("qemu64,hv-vendor-id=MoreThanTwelve");
    assertEquals(List.of("hv-vendor-id truncated to 12 characters"), warnings);
  }

  @Test
  void theFrequencyIsKeptInKilohertz() {
    assertEquals(1000L, CpuConfigs.get(realized("qemu64,tsc-freq=1.2345k"), "tsc-frequency"));
  }

  @Test
  void vectorsOf256BitsBringTheirStateComponent() {
    CpuConfig cpu = realized("Haswell");
    int[] out = new int[4];
    CpuidTable table = new CpuidTable(cpu, CpuTopology.SINGLE, 0);
    table.lookup(0xD, 0, 0, 7, out);
    assertEquals(7, out[0], "x87, SSE and AVX");
    assertEquals(0x340, out[1]);
    table.lookup(0xD, 2, 0, 7, out);
    assertEquals(0x100, out[0]);
    assertEquals(0x240, out[1]);
  }

  @Test
  void whatIsOfferedOnRequestMustBeAskedForByNameOrByMax() {
    Accelerator more = Accelerator.qemuTcg().withMore();
    assertFalse(CpuConfigs.realized("Haswell", more, CpuTopology.SINGLE, warnings::add).has("x2apic"));
    warnings.clear();
    assertTrue(CpuConfigs.realized("qemu64,+x2apic,pcid=on", more, CpuTopology.SINGLE, warnings::add).has("pcid"));
    assertTrue(CpuConfigs.realized("max", more, CpuTopology.SINGLE, warnings::add).has("x2apic"));
    assertFalse(CpuConfigs.realized("max,-x2apic", more, CpuTopology.SINGLE, warnings::add).has("x2apic"));
    assertEquals(List.of(), warnings);
  }

  @Test
  void anAcceleratorMayGiveEveryNamedModelTheHostsVendor() {
    Accelerator host = new Accelerator(
        false, "GenuineIntel", Accelerator.qemuTcg().supported(), new Features(), "");
    assertEquals("GenuineIntel", vendor("qemu64", host));
    assertEquals("GenuineIntel", vendor("EPYC,check=off", host));
    assertEquals("AuthenticAMD", vendor("EPYC,check=off,vendor=AuthenticAMD", host));
    assertEquals("", vendor("base", host));
  }

  private Object vendor(String option, Accelerator accelerator) {
    return CpuConfigs.get(
        CpuConfigs.realized(option, accelerator, CpuTopology.SINGLE, warnings::add), "vendor");
  }

  @Test
  void amdThreadsWithoutTopoextAreWorthAWarning() {
    CpuTopology twoThreads = new CpuTopology(1, 2, 2);
    assertEquals(
        "This family of AMD CPU doesn't support hyperthreading(2)\n"
            + "Please configure -smp options properly or try enabling topoext feature.",
        realized("qemu64").hyperthreadingWarning(twoThreads));
    assertNull(realized("Haswell").hyperthreadingWarning(twoThreads));
    assertNull(realized("qemu64").hyperthreadingWarning(CpuTopology.SINGLE));
  }

  private CpuConfig realized(String option) {
    return CpuConfigs.realized(option, Accelerator.qemuTcg(), CpuTopology.SINGLE, warnings::add);
  }
}
