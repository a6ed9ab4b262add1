package thespis.cpu.run;

import java.util.HexFormat;
import thespis.cpu.apic.LocalApics;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.model.CpuModels;
import thespis.cpu.model.CpuTopology;
import thespis.cpu.model.ModelFeatures;
import thespis.cpu.state.BootState;

/// One core with 2 MiB of RAM and nothing else, in 64-bit mode: the RAM is mapped one to one, everything above is not
/// present. Code starts at {@link #CODE}; every vector's handler is at {@link #CODE} + 0x1000 (a HLT until a test
/// replaces it).
final class BareCore implements AutoCloseable {
  static final long CODE = 0x10000;
  static final long HANDLER = 0x11000;
  static final long DATA = 0x20000;
  private static final long IDT = 0x8000;
  private static final long GDT = 0x7000;
  private static final long STACK = 0xF000;

  private final GuestRam ram = new GuestRam(2 << 20);
  final Core core;

  BareCore(String code) {
    PhysMap phys = new PhysMap();
    phys.map(new PhysMap.Range("ram", 0, ram.size(), ram.host(), PhysMap.READ | PhysMap.WRITE));
    CpuConfig config = new CpuConfig(CpuModels.find("qemu64"), Accelerator.qemuTcg());
    config.realize(CpuTopology.SINGLE, warning -> {});
    core = new Core(0, 0, true, new ModelFeatures(config, CpuTopology.SINGLE, 0),
        new Core.Board(phys, ram, new NoBus(), new StillClock(), new LocalApics(), new CodeMap(ram)));
    put64(0x1000, 0x2003);
    put64(0x2000, 0x3003);
    put64(0x3000, 0x83);
    put64(GDT + 8, 0x00AF_9B00_0000_FFFFL);
    put64(GDT + 16, 0x00CF_9300_0000_FFFFL);
    for (int vector = 0; vector < 32; vector++) {
      put64(IDT + 16 * vector, HANDLER & 0xFFFF | 8 << 16 | 0x8E00L << 32 | (HANDLER >>> 16) << 48);
    }
    load(CODE, code);
    load(HANDLER, "f4");
    BootState at = BootState.long64(CODE, 0x1000, new BootState.Table(GDT, 23), 8, 16).with(BootState.RSP, STACK);
    core.start(at);
    core.cpu().idtBase = IDT;
    core.cpu().idtLimit = 511;
  }

  void load(long gpa, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    Mem.copyIn(bytes, 0, ram.host() + gpa, bytes.length);
  }

  void put64(long gpa, long v) {
    Mem.put64(ram.host() + gpa, v);
  }

  int get8(long gpa) {
    return Mem.get8(ram.host() + gpa) & 0xFF;
  }

  /// Runs in slices until HLT.
  void run() {
    int exit;
    do {
      exit = core.run(10_000);
    } while (exit == Exit.BUDGET);
    if (exit != Exit.HALTED) {
      throw new IllegalStateException("expected HLT, seen exit " + exit + "\n" + core.dump());
    }
  }

  long reg(int offset) {
    return core.cpu().reg(offset);
  }

  @Override
  public void close() {
    core.close();
    ram.close();
  }
}
