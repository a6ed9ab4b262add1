package thespis.cpu.run;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// A processor's registers as debuggers number them: those of GDB's features `org.gnu.gdb.i386.core` and
/// `org.gnu.gdb.i386.sse` in 64 bits, and between them the system registers that QEMU adds. GDB manual "i386 Features".
/// The processor must not run meanwhile.
public final class DebugRegisters {
  /// @param bits how wide it is
  /// @param type what GDB shows it as
  public record Register(String name, int bits, String type) {}

  private static final int RIP = 16;
  private static final int EFLAGS = 17;
  private static final int SEGMENTS = 18;
  private static final int SYSTEM = 24;
  private static final int X87 = 33;
  private static final int X87_CONTROL = 41;
  private static final int XMM = 49;
  private static final int MXCSR = 65;

  /// GDB's order of the general registers, by their number in an instruction.
  private static final int[] GENERAL = {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};

  /// CS, SS, DS, ES, FS, GS.
  private static final int[] SEGMENT = {Cpu.CS, Cpu.SS, Cpu.DS, Cpu.ES, Cpu.FS, Cpu.GS};

  public static final List<Register> ALL = table();

  private final Cpu cpu;

  DebugRegisters(Cpu cpu) {
    this.cpu = cpu;
  }

  private static List<Register> table() {
    List<Register> all = new ArrayList<>();
    for (String name : "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15".split(" ")) {
      all.add(new Register(name, 64, name.matches("r[bs]p") ? "data_ptr" : "int64"));
    }
    all.add(new Register("rip", 64, "code_ptr"));
    all.add(new Register("eflags", 32, "i386_eflags"));
    for (String name : "cs ss ds es fs gs".split(" ")) {
      all.add(new Register(name, 32, "int32"));
    }
    for (String name : "fs_base gs_base k_gs_base cr0 cr2 cr3 cr4 cr8 efer".split(" ")) {
      all.add(new Register(name, 64, name.matches("cr[034]|efer") ? "x64_" + name : "int64"));
    }
    for (int i = 0; i < 8; i++) {
      all.add(new Register("st" + i, 80, "i387_ext"));
    }
    for (String name : "fctrl fstat ftag fiseg fioff foseg fooff fop".split(" ")) {
      all.add(new Register(name, 32, "int"));
    }
    for (int i = 0; i < 16; i++) {
      all.add(new Register("xmm" + i, 128, "vec128"));
    }
    all.add(new Register("mxcsr", 32, "i386_mxcsr"));
    return List.copyOf(all);
  }

  /// Little-endian, as wide as the register is.
  public byte[] read(int number) {
    if (number >= X87 && number < X87_CONTROL) {
      return bytes(x87(number - X87), 10);
    }
    if (number >= XMM && number < MXCSR) {
      return bytes(cpu.st + Cpu.XMM + 32L * (number - XMM), 16);
    }
    byte[] value = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value(number)).array();
    return Arrays.copyOf(value, ALL.get(number).bits / 8);
  }

  private static byte[] bytes(long address, int count) {
    byte[] bytes = new byte[count];
    Mem.copyOut(address, bytes, 0, count);
    return bytes;
  }

  /// ST(i) counts from the top of the stack.
  private long x87(int i) {
    return cpu.st + Cpu.FPR + 16L * ((Mem.get16(cpu.st + Cpu.FSW) >>> 11) + i & 7);
  }

  private long value(int number) {
    if (number < RIP) {
      return cpu.reg(8 * GENERAL[number]);
    }
    if (number >= SEGMENTS && number < SYSTEM) {
      return cpu.selector(SEGMENT[number - SEGMENTS]);
    }
    if (number >= X87_CONTROL && number < XMM) {
      return control(number - X87_CONTROL);
    }
    return switch (number) {
      case RIP -> cpu.rip();
      case EFLAGS -> Flags.rflags(cpu);
      case MXCSR -> Mem.get32(cpu.st + Cpu.MXCSR);
      default -> system(number - SYSTEM);
    };
  }

  private long system(int index) {
    return switch (index) {
      case 0 -> cpu.base(Cpu.FS);
      case 1 -> cpu.base(Cpu.GS);
      case 2 -> cpu.reg(Cpu.KERNEL_GS);
      case 3 -> Integer.toUnsignedLong(cpu.cr0);
      case 4 -> cpu.cr2();
      case 5 -> cpu.cr3;
      case 6 -> Integer.toUnsignedLong(cpu.cr4);
      case 7 -> cpu.apic.cr8();
      default -> cpu.efer;
    };
  }

  private long control(int index) {
    return switch (index) {
      case 0 -> Mem.get16(cpu.st + Cpu.FCW) & 0xFFFF;
      case 1 -> Mem.get16(cpu.st + Cpu.FSW) & 0xFFFF;
      case 2 -> tags();
      case 3 -> Mem.get16(cpu.st + Cpu.FCS) & 0xFFFF;
      case 4 -> Mem.get64(cpu.st + Cpu.FIP) & 0xFFFF_FFFFL;
      case 5 -> Mem.get16(cpu.st + Cpu.FDS) & 0xFFFF;
      case 6 -> Mem.get64(cpu.st + Cpu.FDP) & 0xFFFF_FFFFL;
      default -> Mem.get16(cpu.st + Cpu.FOP) & 0xFFFF;
    };
  }

  /// Two bits a register: in use or empty.
  private long tags() {
    int tags = 0;
    for (int i = 0; i < 8; i++) {
      tags |= ((Mem.get16(cpu.st + Cpu.FTW) >>> i & 1) == 0 ? 3 : 0) << 2 * i;
    }
    return tags;
  }

  /// General registers, RIP, flags, segment bases, CR2, floating-point and vector registers can be changed; any other one
  /// takes its own value only.
  ///
  /// @return false if it can't be
  public boolean write(int number, byte[] bytes) {
    if (bytes.length != ALL.get(number).bits / 8) {
      return false;
    }
    if (number >= X87 && number < X87_CONTROL) {
      Mem.copyIn(bytes, 0, x87(number - X87), 10);
      return true;
    }
    if (number >= XMM && number < MXCSR) {
      Mem.copyIn(bytes, 0, cpu.st + Cpu.XMM + 32L * (number - XMM), 16);
      return true;
    }
    return setValue(number, ByteBuffer.wrap(Arrays.copyOf(bytes, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong());
  }

  /// The next instruction is there.
  public void jump(long rip) {
    cpu.setRip(rip);
  }

  private boolean setValue(int number, long value) {
    if (number < RIP) {
      cpu.setReg(8 * GENERAL[number], value);
      return true;
    }
    switch (number) {
      case RIP -> cpu.setRip(value);
      case EFLAGS -> setFlags(value);
      case SYSTEM -> cpu.setBase(Cpu.FS, value);
      case SYSTEM + 1 -> cpu.setBase(Cpu.GS, value);
      case SYSTEM + 2 -> cpu.setReg(Cpu.KERNEL_GS, value);
      case SYSTEM + 4 -> cpu.setCr2(value);
      default -> {
        return value == value(number);
      }
    }
    return true;
  }

  /// VM would change the mode: it stays.
  private void setFlags(long value) {
    Flags.setRflags(cpu, value & ~Cpu.VM | Flags.rflags(cpu) & Cpu.VM | 2);
    cpu.interruptible();
  }
}
