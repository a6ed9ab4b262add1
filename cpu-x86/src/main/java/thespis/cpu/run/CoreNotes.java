package thespis.cpu.run;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import thespis.cpu.exec.Flags;
import thespis.cpu.state.Cpu;

/// A processor's registers as the notes of a core file: the status that debuggers read, in the form of the mode that the
/// processor is in, and the state that QEMU adds. "System V Application Binary Interface", "Note Section"; Linux'
/// `struct elf_prstatus`; the layout of the second was read from files of QEMU 7.2.
///
/// @param longMode IA32_EFER.LMA
/// @param status note `CORE`, type NT_PRSTATUS
/// @param state note `QEMU`
public record CoreNotes(boolean longMode, byte[] status, byte[] state) {
  private static final int NT_PRSTATUS = 1;
  private static final int STATUS_64 = 336, STATUS_32 = 144;
  private static final int PID_64 = 32, PID_32 = 24;
  private static final int REGISTERS_64 = 112, REGISTERS_32 = 72;
  private static final int STATE = 440;
  private static final int STATE_VERSION = 1;

  /// R15 to RDI, with AX before CX, as Linux has them on its stack.
  private static final int[] ORDER_64 = {15, 14, 13, 12, 5, 3, 11, 10, 9, 8, 0, 1, 2, 6, 7};
  private static final int[] ORDER_32 = {3, 1, 2, 6, 7, 5, 0};
  private static final int[] ORDER_STATE = {0, 3, 1, 2, 6, 7, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};
  private static final int SP = 4;
  private static final int AX = 0;

  /// @param number from 1, what debuggers take for a process
  static CoreNotes of(Cpu cpu, int number) {
    boolean longMode = cpu.longMode();
    return new CoreNotes(
        longMode,
        note("CORE", NT_PRSTATUS, longMode ? status64(cpu, number) : status32(cpu, number)),
        note("QEMU", 0, state(cpu)));
  }

  private static byte[] note(String owner, int type, ByteBuffer content) {
    return buffer(20 + content.capacity())
        .putInt(owner.length() + 1)
        .putInt(content.capacity())
        .putInt(type)
        .put(owner.getBytes(StandardCharsets.US_ASCII))
        .put(20, content.array())
        .array();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer status64(Cpu cpu, int number) {
    ByteBuffer out = buffer(STATUS_64).putInt(PID_64, number).position(REGISTERS_64);
    for (int r : ORDER_64) {
      out.putLong(cpu.reg(8 * r));
    }
    out.putLong(cpu.reg(8 * AX)).putLong(cpu.rip()).putLong(cpu.selector(Cpu.CS)).putLong(Flags.rflags(cpu));
    out.putLong(cpu.reg(8 * SP)).putLong(cpu.selector(Cpu.SS)).putLong(cpu.base(Cpu.FS)).putLong(cpu.base(Cpu.GS));
    for (int s : new int[] {Cpu.DS, Cpu.ES, Cpu.FS, Cpu.GS}) {
      out.putLong(cpu.selector(s));
    }
    return out;
  }

  private static ByteBuffer status32(Cpu cpu, int number) {
    ByteBuffer out = buffer(STATUS_32).putInt(PID_32, number).position(REGISTERS_32);
    for (int r : ORDER_32) {
      out.putInt((int) cpu.reg(8 * r));
    }
    for (int s : new int[] {Cpu.DS, Cpu.ES, Cpu.FS, Cpu.GS}) {
      out.putInt(cpu.selector(s));
    }
    return out.putInt((int) cpu.reg(8 * AX)).putInt((int) cpu.rip()).putInt(cpu.selector(Cpu.CS))
        .putInt((int) Flags.rflags(cpu)).putInt((int) cpu.reg(8 * SP)).putInt(cpu.selector(Cpu.SS));
  }

  private static ByteBuffer state(Cpu cpu) {
    ByteBuffer out = buffer(STATE).putInt(STATE_VERSION).putInt(STATE);
    for (int r : ORDER_STATE) {
      out.putLong(cpu.reg(8 * r));
    }
    out.putLong(cpu.rip()).putLong(Flags.rflags(cpu));
    for (int s : new int[] {Cpu.CS, Cpu.DS, Cpu.ES, Cpu.FS, Cpu.GS, Cpu.SS, Cpu.LDTR, Cpu.TR}) {
      segment(out, cpu.selector(s), cpu.limit[s], CpuDump.descriptorFlags(cpu, s), cpu.base(s));
    }
    segment(out, 0, cpu.gdtLimit(), 0, cpu.gdtBase());
    segment(out, 0, cpu.idtLimit, 0, cpu.idtBase);
    long[] control = {Integer.toUnsignedLong(cpu.cr0), 0, cpu.cr2(), cpu.cr3, Integer.toUnsignedLong(cpu.cr4)};
    for (long register : control) {
      out.putLong(register);
    }
    return out.putLong(cpu.reg(Cpu.KERNEL_GS));
  }

  private static void segment(ByteBuffer out, int selector, int limit, int flags, long base) {
    out.putInt(selector).putInt(limit).putInt(flags).putInt(0).putLong(base);
  }
}
