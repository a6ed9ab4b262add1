package thespis.cpu.decode;

import static thespis.cpu.decode.OpcodeMap.ONE_BYTE;
import static thespis.cpu.decode.Operand.*;
import static thespis.cpu.decode.Row.*;

/// One-byte opcodes. SDM Vol. 2D "One-Byte Opcode Map" and "Opcode Extensions for One-Byte and Two-byte Opcodes".
final class OneByteMap {
  private OneByteMap() {}

  private static final int[] GROUP1 = {Ops.ADD, Ops.OR, Ops.ADC, Ops.SBB, Ops.AND, Ops.SUB, Ops.XOR, Ops.CMP};
  private static final int[] GROUP2 = {Ops.ROL, Ops.ROR, Ops.RCL, Ops.RCR, Ops.SHL, Ops.SHR, Ops.SAL, Ops.SAR};

  static void fill(OpcodeMap map) {
    arithmetic(map);
    stackAndMoves(map);
    branches(map);
    shiftsAndUnary(map);
    strings(map);
    system(map);
    for (int op = 0xD8; op <= 0xDF; op++) {
      one(map, op, row(Ops.X87, M).mem(), row(Ops.X87, E_ | X));
    }
  }

  private static void one(OpcodeMap map, int opcode, Row... rows) {
    map.add(ONE_BYTE, opcode, rows);
  }

  private static void arithmetic(OpcodeMap map) {
    for (int i = 0; i < 8; i++) {
      int op = GROUP1[i];
      int lock = op == Ops.CMP ? 0 : LOCK;
      int at = i * 8;
      one(map, at, row(op, Eb, Gb, lock));
      one(map, at + 1, row(op, Ev, Gv, lock));
      one(map, at + 2, row(op, Gb, Eb));
      one(map, at + 3, row(op, Gv, Ev));
      one(map, at + 4, row(op, AL, Ib));
      one(map, at + 5, row(op, rAX, Iz));
      one(map, 0x80, row(op, Eb, Ib, lock).reg(i));
      one(map, 0x81, row(op, Ev, Iz, lock).reg(i));
      one(map, 0x82, row(op, Eb, Ib, lock | NOT64).reg(i));
      one(map, 0x83, row(op, Ev, Ibs, lock).reg(i));
    }
    one(map, 0x27, row(Ops.DAA, NONE, NONE, NOT64));
    one(map, 0x2F, row(Ops.DAS, NONE, NONE, NOT64));
    one(map, 0x37, row(Ops.AAA, NONE, NONE, NOT64));
    one(map, 0x3F, row(Ops.AAS, NONE, NONE, NOT64));
    for (int r = 0; r < 8; r++) {
      one(map, 0x40 + r, row(Ops.INC, Zv, NONE, NOT64));
      one(map, 0x48 + r, row(Ops.DEC, Zv, NONE, NOT64));
    }
    one(map, 0x69, row(Ops.IMUL3, Gv, Ev, Iz, 0));
    one(map, 0x6B, row(Ops.IMUL3, Gv, Ev, Ibs, 0));
    one(map, 0x84, row(Ops.TEST, Eb, Gb));
    one(map, 0x85, row(Ops.TEST, Ev, Gv));
    one(map, 0x98, row(Ops.CBW, rAX));
    one(map, 0x99, row(Ops.CWD, rAX));
    one(map, 0xA8, row(Ops.TEST, AL, Ib));
    one(map, 0xA9, row(Ops.TEST, rAX, Iz));
    one(map, 0xD4, row(Ops.AAM, AL, Ib, NOT64));
    one(map, 0xD5, row(Ops.AAD, AL, Ib, NOT64));
  }

  private static void stackAndMoves(OpcodeMap map) {
    int[] push = {0x06, 0x0E, 0x16, 0x1E};
    for (int s = 0; s < 4; s++) {
      one(map, push[s], row(Ops.PUSH_SREG, S_ | W, NONE, NOT64).w(ANY));
      if (s != 1) {
        one(map, push[s] + 1, row(Ops.POP_SREG, S_ | W, NONE, NOT64 | (s == 2 ? END : 0)));
      }
    }
    for (int r = 0; r < 8; r++) {
      one(map, 0x50 + r, row(Ops.PUSH, Zv, NONE, D64));
      one(map, 0x58 + r, row(Ops.POP, Zv, NONE, D64));
      one(map, 0x90 + r, row(Ops.XCHG, Zv, rAX));
      one(map, 0xB0 + r, row(Ops.MOV, Zb, Ib));
      one(map, 0xB8 + r, row(Ops.MOV, Zv, Iv));
    }
    one(map, 0x60, row(Ops.PUSHA, rAX, NONE, NOT64));
    one(map, 0x61, row(Ops.POPA, rAX, NONE, NOT64));
    one(map, 0x63, row(Ops.ARPL, Ew, Gw, NOT64 | PROT), row(Ops.MOVSX, Gv, Ed, ONLY64));
    one(map, 0x68, row(Ops.PUSH, Iz, NONE, D64));
    one(map, 0x6A, row(Ops.PUSH, Ibs, NONE, D64));
    one(map, 0x86, row(Ops.XCHG, Eb, Gb, LOCK));
    one(map, 0x87, row(Ops.XCHG, Ev, Gv, LOCK));
    one(map, 0x88, row(Ops.MOV, Eb, Gb));
    one(map, 0x89, row(Ops.MOV, Ev, Gv));
    one(map, 0x8A, row(Ops.MOV, Gb, Eb));
    one(map, 0x8B, row(Ops.MOV, Gv, Ev));
    one(map, 0x8C, row(Ops.MOV_FROM_SREG, Mw, Sw).mem(), row(Ops.MOV_FROM_SREG, Ev, Sw));
    one(map, 0x8D, row(Ops.LEA, Gv, M).mem());
    one(map, 0x8E, row(Ops.MOV_TO_SREG, Sw, Ew, END));
    one(map, 0x8F, row(Ops.POP, Ev, NONE, D64).reg(0));
    one(map, 0x9C, row(Ops.PUSHF, rAX, NONE, D64));
    one(map, 0x9D, row(Ops.POPF, rAX, NONE, D64 | END));
    one(map, 0x9E, row(Ops.SAHF));
    one(map, 0x9F, row(Ops.LAHF));
    one(map, 0xA0, row(Ops.MOV, AL, Ob));
    one(map, 0xA1, row(Ops.MOV, rAX, Ov));
    one(map, 0xA2, row(Ops.MOV, Ob, AL));
    one(map, 0xA3, row(Ops.MOV, Ov, rAX));
    one(map, 0xC4, row(Ops.LES, Gv, M, NOT64).mem());
    one(map, 0xC5, row(Ops.LDS, Gv, M, NOT64).mem());
    one(map, 0xC6, row(Ops.MOV, Eb, Ib).reg(0));
    one(map, 0xC7, row(Ops.MOV, Ev, Iz).reg(0));
    one(map, 0xC8, row(Ops.ENTER, Iw, Ib, D64));
    one(map, 0xC9, row(Ops.LEAVE, rAX, NONE, D64));
    one(map, 0xD6, row(Ops.SALC, NONE, NONE, NOT64));
    one(map, 0xD7, row(Ops.XLAT));
  }

  private static void branches(OpcodeMap map) {
    for (int cc = 0; cc < 16; cc++) {
      one(map, 0x70 + cc, row(Ops.JCC, Jb, NONE, F64));
    }
    one(map, 0x62, row(Ops.BOUND, Gv, M, NOT64).mem());
    one(map, 0x9A, row(Ops.CALL_FAR, Ap, NONE, NOT64 | END));
    one(map, 0xC2, row(Ops.RET, Iw, NONE, F64 | END));
    one(map, 0xC3, row(Ops.RET, NONE, NONE, F64 | END));
    one(map, 0xCA, row(Ops.RET_FAR, Iw, NONE, END));
    one(map, 0xCB, row(Ops.RET_FAR, NONE, NONE, END));
    one(map, 0xCC, row(Ops.INT3, NONE, NONE, END));
    one(map, 0xCD, row(Ops.INT, Ib, NONE, END));
    one(map, 0xCE, row(Ops.INTO, NONE, NONE, NOT64 | END));
    one(map, 0xCF, row(Ops.IRET, NONE, NONE, END));
    one(map, 0xE0, row(Ops.LOOPNE, Jb, NONE, F64 | END));
    one(map, 0xE1, row(Ops.LOOPE, Jb, NONE, F64 | END));
    one(map, 0xE2, row(Ops.LOOP, Jb, NONE, F64 | END));
    one(map, 0xE3, row(Ops.JCXZ, Jb, NONE, F64 | END));
    one(map, 0xE8, row(Ops.CALL, Jz, NONE, F64 | END));
    one(map, 0xE9, row(Ops.JMP, Jz, NONE, F64 | END));
    one(map, 0xEA, row(Ops.JMP_FAR, Ap, NONE, NOT64 | END));
    one(map, 0xEB, row(Ops.JMP, Jb, NONE, F64 | END));
    one(map, 0xF1, row(Ops.INT1, NONE, NONE, END));
    one(
        map,
        0xFF,
        row(Ops.INC, Ev, NONE, LOCK).reg(0),
        row(Ops.DEC, Ev, NONE, LOCK).reg(1),
        row(Ops.CALL_IND, Ev, NONE, F64 | END).reg(2),
        row(Ops.CALL_FAR_IND, M | V, NONE, END).reg(3).mem(),
        row(Ops.JMP_IND, Ev, NONE, F64 | END).reg(4),
        row(Ops.JMP_FAR_IND, M | V, NONE, END).reg(5).mem(),
        row(Ops.PUSH, Ev, NONE, D64).reg(6));
  }

  private static void shiftsAndUnary(OpcodeMap map) {
    for (int i = 0; i < 8; i++) {
      int op = GROUP2[i];
      one(map, 0xC0, row(op, Eb, Ib).reg(i));
      one(map, 0xC1, row(op, Ev, Ib).reg(i));
      one(map, 0xD0, row(op, Eb, ONE).reg(i));
      one(map, 0xD1, row(op, Ev, ONE).reg(i));
      one(map, 0xD2, row(op, Eb, FIX_ | W).reg(i)); // FIX_|W: CL
      one(map, 0xD3, row(op, Ev, FIX_ | W).reg(i));
    }
    for (int v = 0; v < 2; v++) {
      int e = v == 0 ? Eb : Ev;
      one(
          map,
          0xF6 + v,
          row(Ops.TEST, e, v == 0 ? Ib : Iz).reg(0),
          row(Ops.TEST, e, v == 0 ? Ib : Iz).reg(1),
          row(Ops.NOT, e, NONE, LOCK).reg(2),
          row(Ops.NEG, e, NONE, LOCK).reg(3),
          row(Ops.MUL, e).reg(4),
          row(Ops.IMUL, e).reg(5),
          row(Ops.DIV, e).reg(6),
          row(Ops.IDIV, e).reg(7));
    }
    one(map, 0xFE, row(Ops.INC, Eb, NONE, LOCK).reg(0), row(Ops.DEC, Eb, NONE, LOCK).reg(1));
  }

  private static void strings(OpcodeMap map) {
    int[] opcodes = {0xA4, 0xA6, 0xAA, 0xAC, 0xAE};
    int[] ops = {Ops.MOVS, Ops.CMPS, Ops.STOS, Ops.LODS, Ops.SCAS};
    for (int i = 0; i < opcodes.length; i++) {
      one(map, opcodes[i], row(ops[i], AL));
      one(map, opcodes[i] + 1, row(ops[i], rAX));
    }
    one(map, 0x6C, row(Ops.INS, AL, NONE, END));
    one(map, 0x6D, row(Ops.INS, FIX_ | Z, NONE, END));
    one(map, 0x6E, row(Ops.OUTS, AL, NONE, END));
    one(map, 0x6F, row(Ops.OUTS, FIX_ | Z, NONE, END));
  }

  private static void system(OpcodeMap map) {
    one(map, 0x9B, row(Ops.FWAIT));
    one(map, 0xE4, row(Ops.IN_IMM, AL, Ib, END));
    one(map, 0xE5, row(Ops.IN_IMM, FIX_ | Z, Ib, END));
    one(map, 0xE6, row(Ops.OUT_IMM, AL, Ib, END));
    one(map, 0xE7, row(Ops.OUT_IMM, FIX_ | Z, Ib, END));
    one(map, 0xEC, row(Ops.IN, AL, NONE, END));
    one(map, 0xED, row(Ops.IN, FIX_ | Z, NONE, END));
    one(map, 0xEE, row(Ops.OUT, AL, NONE, END));
    one(map, 0xEF, row(Ops.OUT, FIX_ | Z, NONE, END));
    one(map, 0xF4, row(Ops.HLT, NONE, NONE, END));
    one(map, 0xF5, row(Ops.CMC));
    one(map, 0xF8, row(Ops.CLC));
    one(map, 0xF9, row(Ops.STC));
    one(map, 0xFA, row(Ops.CLI));
    one(map, 0xFB, row(Ops.STI));
    one(map, 0xFC, row(Ops.CLD));
    one(map, 0xFD, row(Ops.STD));
  }
}
