package thespis.cpu.run;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import thespis.cpu.apic.LocalApics;
import thespis.cpu.jit.TranslationCache;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.state.BootState;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;

/// A few cores with RAM from address 0 and nothing else; they have every feature. What state they start in is the
/// test's business.
final class TestMachine implements AutoCloseable {
  static final CpuFeatures EVERYTHING = new Everything();

  private final GuestRam ram;
  private final CodeMap code;
  private final Core[] cores;

  TestMachine(Engine engine, int count, long bytes) {
    this(engine, count, bytes, Optional.empty());
  }

  TestMachine(Engine engine, int count, long bytes, Optional<TranslationCache> cache) {
    this(engine, count, false, bytes, new NoBus(), new StillClock(), cache, Observation.none());
  }

  TestMachine(Engine engine, int count, long bytes, IoBus bus, GuestClock clock) {
    this(engine, count, false, bytes, bus, clock, Optional.empty(), Observation.none());
  }

  TestMachine(Engine engine, int count, long bytes, Observation observation) {
    this(engine, count, false, bytes, new NoBus(), new StillClock(), Optional.empty(), observation);
  }

  private TestMachine(
      Engine engine, int count, boolean othersWait, long bytes, IoBus bus, GuestClock clock,
      Optional<TranslationCache> cache, Observation observation) {
    ram = new GuestRam(bytes);
    PhysMap phys = new PhysMap();
    phys.map(new PhysMap.Range("ram", 0, ram.size(), ram.host(), PhysMap.READ | PhysMap.WRITE));
    code = new CodeMap(ram);
    Core.Board board = new Core.Board(
        phys, ram, bus, clock, new LocalApics(), code, Execution.byDefault(), cache, observation);
    cores = new Core[count];
    for (int i = 0; i < count; i++) {
      cores[i] = engine.core(i, i == 0 || !othersWait, EVERYTHING, board);
    }
  }

  /// The first core starts the others, by IPIs.
  static TestMachine waiting(Engine engine, int count, long bytes) {
    return new TestMachine(
        engine, count, true, bytes, new NoBus(), new StillClock(), Optional.empty(), Observation.none());
  }

  Core core(int i) {
    return cores[i];
  }

  Cpu cpu() {
    return cores[0].cpu();
  }

  /// 64-bit mode, CPL 0, from `rip` with page tables at `cr3` and flat segments 8 and 16 of a table at `gdt`.
  void start64(int core, long rip, long cr3, long gdt) {
    put64(gdt + 8, 0x00AF_9B00_0000_FFFFL);
    put64(gdt + 16, 0x00CF_9300_0000_FFFFL);
    cores[core].start(BootState.long64(rip, cr3, new BootState.Table(gdt, 23), 8, 16));
  }

  /// Page tables at `cr3` and the two pages behind it, which map the first 2 MiB to themselves by one large page.
  void map2M(long cr3) {
    put64(cr3, cr3 + 0x1003);
    put64(cr3 + 0x1000, cr3 + 0x2003);
    put64(cr3 + 0x2000, 0x83);
  }

  /// The same by small pages, whose table is the third page behind `cr3`.
  void mapPages(long cr3) {
    map2M(cr3);
    put64(cr3 + 0x2000, cr3 + 0x3003);
    for (long page = 0; page < 512; page++) {
      put64(cr3 + 0x3000 + 8 * page, page << 12 | 3);
    }
  }

  long host(long gpa) {
    return ram.host() + gpa;
  }

  void load(long gpa, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    Mem.copyIn(bytes, 0, host(gpa), bytes.length);
  }

  void put64(long gpa, long v) {
    Mem.put64(host(gpa), v);
  }

  void put32(long gpa, long v) {
    Mem.put32(host(gpa), (int) v);
  }

  void put16(long gpa, int v) {
    Mem.put16(host(gpa), (short) v);
  }

  long get64(long gpa) {
    return Mem.getVolatile64(host(gpa));
  }

  long get32(long gpa) {
    return Mem.getVolatile32(host(gpa)) & 0xFFFF_FFFFL;
  }

  /// Is the page known to hold decoded code?
  boolean isCode(long gpa) {
    return (Mem.get8(ram.flagsOf(host(gpa))) & GuestRam.CODE) != 0;
  }

  /// Was the page written to since the last look? From now on it is told anew.
  boolean takeWritten(long gpa) {
    boolean was = ram.takeWritten(gpa >>> PhysMap.PAGE_SHIFT);
    code.closePages();
    return was;
  }

  int get16(long gpa) {
    return Mem.get16(host(gpa)) & 0xFFFF;
  }

  /// Runs one core until its slice ends for another reason than time. That reason.
  int run(int core) {
    int exit;
    do {
      exit = cores[core].run(10_000);
    } while (exit == Exit.BUDGET || exit == Exit.YIELD);
    return exit;
  }

  @Override
  public void close() {
    for (Core core : cores) {
      core.close();
    }
    ram.close();
  }

  private static final class Everything implements CpuFeatures {
    @Override
    public void cpuid(int eax, int ecx, Cpu cpu, int[] out) {
      Arrays.fill(out, eax == 0xD && ecx == 0 ? 0x21F : -1);
    }

    @Override
    public boolean has(int word, int bit) {
      return true;
    }

    @Override
    public boolean amd() {
      return true;
    }

    @Override
    public int physBits() {
      return 40;
    }
  }
}
