package thespis.cpu.decode;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/// Operation numbers. Numbers below {@link #GENERIC} are the interpreter's special forms (operation, operand size and
/// operand kinds in one number); from there on each operation has one number for all its forms, 64 numbers a family:
/// `op >>> 6` picks the class in {@link thespis.cpu.exec}.
public final class Ops {
  /// First number that belongs to a family.
  public static final int GENERIC = 0x200;


  // ---- arithmetic
  public static final int ARITHMETIC_FAMILY = 0x200 >>> 6;
  public static final int ADD = 0x200;
  public static final int OR = 0x201;
  public static final int ADC = 0x202;
  public static final int SBB = 0x203;
  public static final int AND = 0x204;
  public static final int SUB = 0x205;
  public static final int XOR = 0x206;
  public static final int CMP = 0x207;
  public static final int TEST = 0x208;
  public static final int INC = 0x209;
  public static final int DEC = 0x20A;
  public static final int NEG = 0x20B;
  public static final int NOT = 0x20C;
  public static final int XADD = 0x20D;
  public static final int CMPXCHG = 0x20E;
  public static final int CMPXCHG8B = 0x20F;
  public static final int CMPXCHG16B = 0x210;
  public static final int ADCX = 0x211;
  public static final int ADOX = 0x212;

  // ---- shift
  public static final int SHIFT_FAMILY = 0x240 >>> 6;
  public static final int ROL = 0x240;
  public static final int ROR = 0x241;
  public static final int RCL = 0x242;
  public static final int RCR = 0x243;
  public static final int SHL = 0x244;
  public static final int SHR = 0x245;
  public static final int SAL = 0x246;
  public static final int SAR = 0x247;
  public static final int SHLD = 0x248;
  public static final int SHRD = 0x249;
  public static final int SHLD_CL = 0x24A;
  public static final int SHRD_CL = 0x24B;
  public static final int BT = 0x24C;
  public static final int BTS = 0x24D;
  public static final int BTR = 0x24E;
  public static final int BTC = 0x24F;
  public static final int BSF = 0x250;
  public static final int BSR = 0x251;
  public static final int TZCNT = 0x252;
  public static final int LZCNT = 0x253;
  public static final int POPCNT = 0x254;
  public static final int ANDN = 0x255;
  public static final int BEXTR = 0x256;
  public static final int BLSR = 0x257;
  public static final int BLSMSK = 0x258;
  public static final int BLSI = 0x259;
  public static final int BZHI = 0x25A;
  public static final int PDEP = 0x25B;
  public static final int PEXT = 0x25C;
  public static final int SARX = 0x25D;
  public static final int SHLX = 0x25E;
  public static final int SHRX = 0x25F;
  public static final int RORX = 0x260;
  public static final int MULX = 0x261;

  // ---- muldiv
  public static final int MULDIV_FAMILY = 0x280 >>> 6;
  public static final int MUL = 0x280;
  public static final int IMUL = 0x281;
  public static final int IMUL2 = 0x282;
  public static final int IMUL3 = 0x283;
  public static final int DIV = 0x284;
  public static final int IDIV = 0x285;
  public static final int AAA = 0x286;
  public static final int AAS = 0x287;
  public static final int AAD = 0x288;
  public static final int AAM = 0x289;
  public static final int DAA = 0x28A;
  public static final int DAS = 0x28B;
  public static final int CBW = 0x28C;
  public static final int CWD = 0x28D;
  public static final int CRC32 = 0x28E;

  // ---- move
  public static final int MOVE_FAMILY = 0x2C0 >>> 6;
  public static final int MOV = 0x2C0;
  public static final int MOVZX = 0x2C1;
  public static final int MOVSX = 0x2C2;
  public static final int LEA = 0x2C3;
  public static final int XCHG = 0x2C4;
  public static final int CMOV = 0x2C5;
  public static final int SETCC = 0x2C6;
  public static final int XLAT = 0x2C7;
  public static final int MOVBE = 0x2C8;
  public static final int BSWAP = 0x2C9;
  public static final int LAHF = 0x2CA;
  public static final int SAHF = 0x2CB;
  public static final int NOP = 0x2CC;
  public static final int MOVNTI = 0x2CD;
  public static final int MOV_FROM_SREG = 0x2CE;
  public static final int MOV_TO_SREG = 0x2CF;
  public static final int PREFETCH = 0x2D0;
  public static final int SALC = 0x2D1;

  // ---- stack
  public static final int STACK_FAMILY = 0x300 >>> 6;
  public static final int PUSH = 0x300;
  public static final int POP = 0x301;
  public static final int PUSHA = 0x302;
  public static final int POPA = 0x303;
  public static final int PUSHF = 0x304;
  public static final int POPF = 0x305;
  public static final int ENTER = 0x306;
  public static final int LEAVE = 0x307;
  public static final int PUSH_SREG = 0x308;
  public static final int POP_SREG = 0x309;

  // ---- branch
  public static final int BRANCH_FAMILY = 0x340 >>> 6;
  public static final int JMP = 0x340;
  public static final int JCC = 0x341;
  public static final int CALL = 0x342;
  public static final int RET = 0x343;
  public static final int JMP_IND = 0x344;
  public static final int CALL_IND = 0x345;
  public static final int JCXZ = 0x346;
  public static final int LOOP = 0x347;
  public static final int LOOPE = 0x348;
  public static final int LOOPNE = 0x349;
  public static final int JMP_FAR = 0x34A;
  public static final int CALL_FAR = 0x34B;
  public static final int JMP_FAR_IND = 0x34C;
  public static final int CALL_FAR_IND = 0x34D;
  public static final int RET_FAR = 0x34E;
  public static final int IRET = 0x34F;
  public static final int INT = 0x350;
  public static final int INT3 = 0x351;
  public static final int INTO = 0x352;
  public static final int INT1 = 0x353;
  public static final int BOUND = 0x354;
  public static final int SYSCALL = 0x355;
  public static final int SYSRET = 0x356;
  public static final int SYSENTER = 0x357;
  public static final int SYSEXIT = 0x358;
  public static final int UD = 0x359;
  public static final int END_BLOCK = 0x35A;

  /// What every record of a dead block turns into: find the block at this instruction again.
  public static final int STALE = 0x35B;

  // ---- string
  public static final int STRING_FAMILY = 0x380 >>> 6;
  public static final int MOVS = 0x380;
  public static final int CMPS = 0x381;
  public static final int STOS = 0x382;
  public static final int LODS = 0x383;
  public static final int SCAS = 0x384;
  public static final int INS = 0x385;
  public static final int OUTS = 0x386;

  // ---- system
  public static final int SYSTEM_FAMILY = 0x3C0 >>> 6;
  public static final int LDS = 0x3C0;
  public static final int LES = 0x3C1;
  public static final int LFS = 0x3C2;
  public static final int LGS = 0x3C3;
  public static final int LSS = 0x3C4;
  public static final int SLDT = 0x3C5;
  public static final int STR = 0x3C6;
  public static final int LLDT = 0x3C7;
  public static final int LTR = 0x3C8;
  public static final int VERR = 0x3C9;
  public static final int VERW = 0x3CA;
  public static final int SGDT = 0x3CB;
  public static final int SIDT = 0x3CC;
  public static final int LGDT = 0x3CD;
  public static final int LIDT = 0x3CE;
  public static final int SMSW = 0x3CF;
  public static final int LMSW = 0x3D0;
  public static final int INVLPG = 0x3D1;
  public static final int SWAPGS = 0x3D2;
  public static final int RDTSCP = 0x3D3;
  public static final int MONITOR = 0x3D4;
  public static final int MWAIT = 0x3D5;
  public static final int CLAC = 0x3D6;
  public static final int STAC = 0x3D7;
  public static final int ARPL = 0x3D8;
  public static final int LAR = 0x3D9;
  public static final int LSL = 0x3DA;
  public static final int CLTS = 0x3DB;
  public static final int INVD = 0x3DC;
  public static final int WBINVD = 0x3DD;
  public static final int MOV_FROM_CR = 0x3DE;
  public static final int MOV_TO_CR = 0x3DF;
  public static final int MOV_FROM_DR = 0x3E0;
  public static final int MOV_TO_DR = 0x3E1;
  public static final int WRMSR = 0x3E2;
  public static final int RDMSR = 0x3E3;
  public static final int RDPMC = 0x3E4;
  public static final int RDTSC = 0x3E5;
  public static final int HLT = 0x3E6;
  public static final int IN = 0x3E7;
  public static final int OUT = 0x3E8;
  public static final int IN_IMM = 0x3E9;
  public static final int OUT_IMM = 0x3EA;
  public static final int CLI = 0x3EB;
  public static final int STI = 0x3EC;
  public static final int CLC = 0x3ED;
  public static final int STC = 0x3EE;
  public static final int CMC = 0x3EF;
  public static final int CLD = 0x3F0;
  public static final int STD = 0x3F1;
  public static final int CPUID = 0x3F2;
  public static final int PAUSE = 0x3F3;
  public static final int RSM = 0x3F4;
  public static final int RDRAND = 0x3F5;
  public static final int RDSEED = 0x3F6;
  public static final int RDPID = 0x3F7;
  public static final int RDFSBASE = 0x3F8;
  public static final int RDGSBASE = 0x3F9;
  public static final int WRFSBASE = 0x3FA;
  public static final int WRGSBASE = 0x3FB;
  public static final int INVPCID = 0x3FE;
  public static final int FENCE = 0x3FF;
  public static final int CLFLUSH = 0x400;
  public static final int VMMCALL = 0x401;
  public static final int SERIALIZE = 0x402;
  public static final int RDPKRU = 0x403;
  public static final int WRPKRU = 0x404;
  public static final int BNDMK = 0x405;
  public static final int BNDCL = 0x406;
  public static final int BNDCU = 0x407;
  public static final int BNDCN = 0x408;
  public static final int BNDMOV_LOAD = 0x409;
  public static final int BNDMOV_STORE = 0x40A;
  public static final int BNDLDX = 0x40B;
  public static final int BNDSTX = 0x40C;

  // ---- x87: one operation, told apart by opcode and ModRM
  public static final int X87_FAMILY = 0x440 >>> 6;
  public static final int X87 = 0x440;
  public static final int FWAIT = 0x441;
  public static final int EMMS = 0x442;
  public static final int FXSAVE = 0x443;
  public static final int FXRSTOR = 0x444;
  public static final int LDMXCSR = 0x445;
  public static final int STMXCSR = 0x446;
  public static final int XSAVE = 0x447;
  public static final int XRSTOR = 0x448;
  public static final int XSAVEOPT = 0x449;
  public static final int XSAVEC = 0x44A;
  public static final int XSAVES = 0x44B;
  public static final int XRSTORS = 0x44C;
  public static final int XGETBV = 0x44D;
  public static final int XSETBV = 0x44E;

  /// MMX and SSE families lie from here on, see {@link SseOps}.
  public static final int SIMD = 0x480;

  private Ops() {}

  /// The constant's name, for logs and dumps.
  public static String name(int op) {
    for (Field f : Ops.class.getFields()) {
      try {
        if (Modifier.isStatic(f.getModifiers()) && f.getInt(null) == op && !f.getName().endsWith("_FAMILY")) {
          return f.getName();
        }
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
    return "op 0x" + Integer.toHexString(op);
  }
}
