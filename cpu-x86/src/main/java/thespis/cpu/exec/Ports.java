package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;
import thespis.cpu.run.Exit;
import thespis.cpu.run.IoBus;
import thespis.cpu.state.Cpu;

/// IN and OUT: the permission check and the road to the board. A register that belongs to an actor ends the slice; the
/// instruction is executed again when the answer is there. SDM Vol. 1 "Input/Output", "I/O Permission Bit Map".
public final class Ports {
  private Ports() {}

  public static int run(Cpu cpu, long p, int op) {
    int bytes = 1 << Op.size(p);
    int port = (int) (op == Ops.IN || op == Ops.OUT ? cpu.reg(Cpu.RDX) & 0xFFFF : Op.imm(p) & 0xFF);
    check(cpu, port, bytes);
    if (op == Ops.IN || op == Ops.IN_IMM) {
      if (!in(cpu, port, bytes)) {
        return Flow.EXIT;
      }
      Operands.writeReg(cpu, Cpu.RAX, Op.size(p), cpu.ioAnswer);
    } else if (!out(cpu, port, bytes, Mem.get32(cpu.st))) {
      return Flow.EXIT;
    }
    return Flow.endBlock(cpu, p);
  }

  static void check(Cpu cpu, int port, int bytes) {
    Breakpoints.port(cpu, port, bytes);
    if (!cpu.protectedMode() || !cpu.vm86() && cpu.cpl <= cpu.iopl()) {
      return;
    }
    if (!mapped(cpu, port, bytes)) {
      throw cpu.gp();
    }
  }

  /// Does the task's bit map allow it?
  static boolean mapped(Cpu cpu, int port, int bytes) {
    int type = cpu.attr[Cpu.TR] & 0xF;
    long limit = cpu.limit[Cpu.TR] & 0xFFFF_FFFFL;
    if ((type | 2) != 0xB || limit < 0x67) {
      return false;
    }
    long at = cpu.mmu.system.load16(cpu.trBase + 0x66) + (port >>> 3);
    return at + 1 <= limit
        && (cpu.mmu.system.load16(cpu.trBase + at) >>> (port & 7) & (1 << bytes) - 1) == 0;
  }

  /// The value goes to `cpu.ioAnswer`. False: deferred, the slice ends.
  static boolean in(Cpu cpu, int port, int bytes) {
    if (answered(cpu, port, bytes, false)) {
      return true;
    }
    long v = cpu.bus.in(port, bytes);
    if (v == IoBus.DEFERRED) {
      defer(cpu, port, bytes, false, 0);
      return false;
    }
    cpu.ioAnswer = v;
    return true;
  }

  static boolean out(Cpu cpu, int port, int bytes, int value) {
    if (answered(cpu, port, bytes, true)) {
      return true;
    }
    if (!cpu.bus.out(port, bytes, value)) {
      defer(cpu, port, bytes, true, value);
      return false;
    }
    return true;
  }

  private static boolean answered(Cpu cpu, int port, int bytes, boolean write) {
    boolean done = cpu.ioDone && cpu.ioPort == port && cpu.ioSize == bytes && cpu.ioWrite == write;
    cpu.ioDone = false;
    return done;
  }

  private static void defer(Cpu cpu, int port, int bytes, boolean write, int value) {
    cpu.ioPort = port;
    cpu.ioSize = bytes;
    cpu.ioWrite = write;
    cpu.ioValue = bytes == 4 ? value : value & (1 << 8 * bytes) - 1;
    cpu.exit = Exit.IO;
  }
}
