package thespis.cpu.mmu;

import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Logical addresses outside of 64-bit code: limits, types, and the descriptor tables. SDM Vol. 3A "Protected-Mode Memory
/// Management", "Limit Checking", "Type Checking".
public final class Segmentation {
  private Segmentation() {}

  /// Linear address of `bytes` bytes at `offset` in a segment; #GP(0) or #SS(0) if they don't fit or may not be touched.
  public static long linear(Cpu cpu, int seg, long offset, int bytes, boolean write) {
    int attr = cpu.attr[seg];
    long end = offset + bytes - 1;
    boolean ok;
    if ((attr & 0x0C) == 0x04) {
      // expand-down data: valid offsets lie above the limit
      long top = (attr & Cpu.ATTR_DB) != 0 ? 0xFFFF_FFFFL : 0xFFFF;
      ok = offset > (cpu.limit[seg] & 0xFFFF_FFFFL) && end <= top;
    } else {
      ok = end <= (cpu.limit[seg] & 0xFFFF_FFFFL);
    }
    if ((cpu.mode & (CodeMode.PROTECTED | CodeMode.VM86)) == CodeMode.PROTECTED) {
      ok &= (attr & Cpu.ATTR_UNUSABLE) == 0;
      // code segments are never writable and only readable with bit 1; data segments are writable with bit 1
      ok &= write ? (attr & 0x0A) == 0x02 : (attr & 0x0A) != 0x08;
    }
    if (!ok) {
      throw cpu.raise(seg == Cpu.SS ? GuestFault.SS : GuestFault.GP, 0);
    }
    return cpu.base(seg) + offset & 0xFFFF_FFFFL;
  }

  /// Loads a descriptor from the GDT or LDT: low dword in bits 0-31, high dword in bits 32-63.
  public static long descriptor(Cpu cpu, int selector, int vector) {
    return cpu.mmu.system.load(descriptorAddress(cpu, selector, 7, vector), 3);
  }

  public static long descriptorAddress(Cpu cpu, int selector, int lastByte, int vector) {
    boolean local = (selector & 4) != 0;
    long table = local ? cpu.ldtrBase : cpu.gdtBase();
    long limit = local ? cpu.limit[Cpu.LDTR] & 0xFFFF_FFFFL : cpu.gdtLimit();
    int at = selector & 0xFFF8;
    if (at + lastByte > limit || local && (cpu.attr[Cpu.LDTR] & Cpu.ATTR_UNUSABLE) != 0) {
      throw cpu.raise(vector, selector & 0xFFFC);
    }
    long la = table + at;
    return cpu.longMode() ? la : la & 0xFFFF_FFFFL;
  }

  public static int attributes(long descriptor) {
    return (int) (descriptor >>> 40) & 0xF0FF;
  }

  public static long baseOf(long descriptor) {
    return descriptor >>> 16 & 0xFF_FFFF | descriptor >>> 32 & 0xFF00_0000L;
  }

  public static int limitOf(long descriptor) {
    int limit = (int) (descriptor & 0xFFFF | descriptor >>> 32 & 0xF_0000);
    return (descriptor & 1L << 55) != 0 ? limit << 12 | 0xFFF : limit;
  }

  public static int dpl(int attr) {
    return attr >>> 5 & 3;
  }

  /// Puts a descriptor that has passed all checks into a segment register; the accessed bit is the caller's.
  public static void load(Cpu cpu, int seg, int selector, long descriptor) {
    cpu.setSelector(seg, selector & 0xFFFF);
    cpu.setAttributes(seg, attributes(descriptor));
    cpu.limit[seg] = limitOf(descriptor);
    cpu.setBase(seg, baseOf(descriptor));
  }

  /// Sets the accessed bit of a code or data descriptor in memory.
  public static long markAccessed(Cpu cpu, int selector, long descriptor) {
    if ((descriptor & 1L << 40) == 0) {
      long la = descriptorAddress(cpu, selector, 7, GuestFault.GP);
      cpu.mmu.system.store(la + 5, 0, (descriptor >>> 40 & 0xFF) | 1);
    }
    return descriptor | 1L << 40;
  }

  /// Real and virtual-8086 mode: the selector is the base. The limit stays as it was in real mode ("unreal mode").
  public static void loadReal(Cpu cpu, int seg, int selector) {
    cpu.setSelector(seg, selector & 0xFFFF);
    cpu.setBase(seg, (selector & 0xFFFFL) << 4);
    if (cpu.vm86()) {
      cpu.limit[seg] = 0xFFFF;
      cpu.setAttributes(seg, 0xF3);
    }
  }

  /// MOV, POP and LxS into DS, ES, FS, GS, SS. SDM Vol. 2B "MOV".
  public static void loadData(Cpu cpu, int seg, int selector) {
    if (!cpu.protectedMode() || cpu.vm86()) {
      loadReal(cpu, seg, selector);
      return;
    }
    if ((selector & 0xFFFC) == 0) {
      if (seg == Cpu.SS && (!cpu.code64() || cpu.cpl == 3 || (selector & 3) != cpu.cpl)) {
        throw cpu.gp();
      }
      loadNull(cpu, seg, selector);
      cpu.segmentLoaded();
      return;
    }
    long d = descriptor(cpu, selector, GuestFault.GP);
    int attr = attributes(d);
    int rpl = selector & 3;
    boolean data = (attr & Cpu.ATTR_S) != 0;
    boolean code = (attr & 8) != 0;
    if (seg == Cpu.SS) {
      if (!data || code || (attr & 2) == 0 || rpl != cpu.cpl || dpl(attr) != cpu.cpl) {
        throw cpu.gp(selector & 0xFFFC);
      }
      if ((attr & Cpu.ATTR_P) == 0) {
        throw cpu.raise(GuestFault.SS, selector & 0xFFFC);
      }
    } else {
      boolean conforming = (attr & 0x0C) == 0x0C;
      if (!data || (attr & 0x0A) == 0x08 || !conforming && (rpl > dpl(attr) || cpu.cpl > dpl(attr))) {
        throw cpu.gp(selector & 0xFFFC);
      }
      if ((attr & Cpu.ATTR_P) == 0) {
        throw cpu.raise(GuestFault.NP, selector & 0xFFFC);
      }
    }
    load(cpu, seg, selector, markAccessed(cpu, selector, d));
    cpu.segmentLoaded();
  }

  /// A null selector: the segment may not be used (its base stays zero for 64-bit code).
  public static void loadNull(Cpu cpu, int seg, int selector) {
    cpu.setSelector(seg, selector & 0xFFFF);
    cpu.setAttributes(seg, Cpu.ATTR_UNUSABLE | (seg == Cpu.SS ? Cpu.ATTR_DB | cpu.cpl << 5 : 0));
    cpu.limit[seg] = 0;
    cpu.setBase(seg, 0);
  }

  /// Width of the stack pointer: 8, 4 or 2 bytes. SDM Vol. 1 "Address-Size Attribute for Stack".
  public static int stackSize(Cpu cpu) {
    return cpu.code64() ? 3 : (cpu.attr[Cpu.SS] & Cpu.ATTR_DB) != 0 ? 2 : 1;
  }
}
