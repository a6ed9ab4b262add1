package thespis.cpu.state;

import java.util.Map;

/// The state in which a loader hands over to the boot processor, where no firmware does it: registers that differ from
/// SDM Vol. 3A "Processor State After Reset". Descriptor tables and page tables that it names lie in guest RAM.
///
/// @param gpr the general registers in encoding order: RAX RCX RDX RBX RSP RBP RSI RDI R8..R15
/// @param data what ES, SS, DS, FS and GS hold
/// @param msrs what firmware writes on every processor that is present at power-on (memory types), by MSR number
public record BootState(
    Mode mode,
    long rip,
    long[] gpr,
    long cr0,
    long cr3,
    long cr4,
    long efer,
    Table gdt,
    Table idt,
    Segment cs,
    Segment data,
    Segment tr,
    Map<Integer, Long> msrs) {
  /// How the first instruction is decoded.
  public enum Mode {
    REAL,
    PROTECTED32,
    LONG64
  }

  /// A descriptor table register.
  public record Table(long base, int limit) {
    public static final Table NONE = new Table(0, 0);
  }

  /// A segment register with its hidden part; `limit` in bytes, `attributes` as bits 8-23 of a descriptor's second dword.
  public record Segment(int selector, long base, int limit, int attributes) {}

  public static final int RAX = 0;
  public static final int RBX = 3;
  public static final int RSP = 4;
  public static final int RSI = 6;

  private static final long CR0_PE = 1;
  private static final long CR0_ET = 1 << 4;
  private static final long CR0_PG = 1L << 31;
  private static final long CR4_PAE = 1 << 5;
  private static final long EFER_LME = 1 << 8;
  private static final long EFER_LMA = 1 << 10;

  private static final int CODE16 = 0x009B;
  private static final int DATA16 = 0x0093;
  private static final int CODE32 = 0xC09B;
  private static final int CODE64 = 0xA09B;
  private static final int DATA32 = 0xC093;
  private static final int BUSY_TSS = 0x008B;

  /// Real mode at CS:IP; the data segments hold 0.
  public static BootState real(int cs, int ip) {
    return new BootState(
        Mode.REAL,
        ip,
        new long[16],
        CR0_ET,
        0,
        0,
        0,
        new Table(0, 0xFFFF),
        new Table(0, 0xFFFF),
        new Segment(cs, (long) cs << 4, 0xFFFF, CODE16),
        new Segment(0, 0, 0xFFFF, DATA16),
        new Segment(0, 0, 0xFFFF, BUSY_TSS),
        Map.of());
  }

  /// 32-bit protected mode with flat segments, paging off.
  public static BootState protected32(long eip, Table gdt, int codeSelector, int dataSelector) {
    return new BootState(
        Mode.PROTECTED32,
        eip,
        new long[16],
        CR0_PE | CR0_ET,
        0,
        0,
        0,
        gdt,
        Table.NONE,
        new Segment(codeSelector, 0, -1, CODE32),
        new Segment(dataSelector, 0, -1, DATA32),
        new Segment(0, 0, 0x67, BUSY_TSS),
        Map.of());
  }

  /// 64-bit mode with flat segments and the page tables at `cr3`.
  public static BootState long64(long rip, long cr3, Table gdt, int codeSelector, int dataSelector) {
    return new BootState(
        Mode.LONG64,
        rip,
        new long[16],
        CR0_PG | CR0_PE | CR0_ET,
        cr3,
        CR4_PAE,
        EFER_LME | EFER_LMA,
        gdt,
        Table.NONE,
        new Segment(codeSelector, 0, -1, CODE64),
        new Segment(dataSelector, 0, -1, DATA32),
        new Segment(0, 0, 0x67, BUSY_TSS),
        Map.of());
  }

  /// The same with one general register set.
  public BootState with(int register, long value) {
    long[] changed = gpr.clone();
    changed[register] = value;
    return new BootState(mode, rip, changed, cr0, cr3, cr4, efer, gdt, idt, cs, data, tr, msrs);
  }

  /// The same with model-specific registers.
  public BootState withMsrs(Map<Integer, Long> values) {
    return new BootState(mode, rip, gpr, cr0, cr3, cr4, efer, gdt, idt, cs, data, tr, Map.copyOf(values));
  }
}
