package thespis.cpu.model;

import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;

/// A realized {@link CpuConfig} as the core sees it.
public final class ModelFeatures implements CpuFeatures {
  private final CpuidTable table;
  private final long[] words;
  private final int physBits;
  private final boolean amd;

  public ModelFeatures(CpuConfig config, CpuTopology topology, int apicId) {
    this.table = new CpuidTable(config, topology, apicId);
    Features f = config.features();
    FeatureWord[] order = {
      FeatureWord.LEAF_1_EDX,
      FeatureWord.LEAF_1_ECX,
      FeatureWord.LEAF_7_0_EBX,
      FeatureWord.LEAF_7_0_ECX,
      FeatureWord.LEAF_8000_0001_EDX,
      FeatureWord.LEAF_8000_0001_ECX,
      FeatureWord.XSAVE,
      FeatureWord.LEAF_7_0_EDX,
      FeatureWord.LEAF_8000_0008_EBX
    };
    words = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      words[i] = f.get(order[i]);
    }
    physBits = config.physBits;
    amd = config.vendor().equals("AuthenticAMD") || config.vendor().equals("HygonGenuine");
  }

  @Override
  public void cpuid(int eax, int ecx, Cpu cpu, int[] out) {
    int state = (cpu.cr4 & Cpu.CR4_OSXSAVE) != 0 ? CpuidTable.OSXSAVE : 0;
    state |= (cpu.cr4 & Cpu.CR4_PKE) != 0 ? CpuidTable.PKE : 0;
    state |= cpu.apic != null && !cpu.apic.globallyEnabled() ? CpuidTable.APIC_OFF : 0;
    table.lookup(eax, ecx, state, cpu.reg(Cpu.XCR0), out);
  }

  @Override
  public boolean has(int word, int bit) {
    return (words[word] >>> bit & 1) != 0;
  }

  @Override
  public boolean amd() {
    return amd;
  }

  @Override
  public int physBits() {
    return physBits;
  }
}
