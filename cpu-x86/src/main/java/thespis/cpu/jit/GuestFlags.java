package thespis.cpu.jit;

import thespis.cpu.decode.Op;
import thespis.cpu.state.NativeState;

/// Where the guest's arithmetic flags are at a point of a block's code: in the host's, or saved in the state block, or both,
/// or to be made again ({@link Remake}). The check of an access to memory destroys the host's, and a fault must find them;
/// so must everything that leaves the block. SDM Vol. 1 "EFLAGS Register".
final class GuestFlags {
  static final int IN_HOST = 1;
  static final int SAVED = 2;

  private final Asm a;

  private int where;

  /// The instruction by which the flags can be made again if they are neither in the host's nor saved, or 0.
  private long maker;

  GuestFlags(Asm a) {
    this.a = a;
  }

  int where() {
    return where;
  }

  boolean saved() {
    return (where & SAVED) != 0;
  }

  long maker() {
    return maker;
  }

  void are(int where, long maker) {
    this.where = where;
    this.maker = maker;
  }

  void needSaved() {
    if ((where & SAVED) == 0) {
      settle();
      a.saveFlags();
      where |= SAVED;
    }
  }

  /// An access is about to destroy the host's.
  void needRemakeable() {
    if (maker == 0) {
      needSaved();
    }
  }

  /// All flags in the host's; destroys RAX.
  void needFlags() {
    if ((where & IN_HOST) == 0 && (where & SAVED) != 0) {
      a.restoreFlags();
      where |= IN_HOST;
    }
    settle();
  }

  /// From here on the flags are saved or in the host's; destroys RAX if they were neither.
  void settle() {
    if (where == 0) {
      if (maker == 0) {
        throw new IllegalStateException("nothing is left to make the guest's flags from");
      }
      Remake.emit(a, maker);
      where = IN_HOST;
    }
  }

  /// CF in the host's; the others are about to be replaced, or saved.
  void needCarry() {
    settle();
    if ((where & IN_HOST) == 0) {
      a.rm(0, Asm.M0F, 0xBA, 0, 4, Asm.STATE, Asm.st(NativeState.FLAGS_SAVED)); // BT m32, imm8
      a.b(8);
    }
  }

  /// An instruction has made all flags anew.
  ///
  /// @param p its record
  void made(long p) {
    where = IN_HOST;
    maker = Remake.possible(p) ? p : 0;
  }

  /// The host's flags are garbage now.
  void lost() {
    where &= ~IN_HOST;
  }

  /// Before an instruction: it may change what the flags are made from.
  ///
  /// @param p its record
  /// @param end of the block's records
  /// @return what to give to {@link #after}
  boolean before(long p, long end) {
    if (maker == 0 || (where & SAVED) != 0 || !Remake.spoils(p, maker) || Remake.replaces(p)) {
      return false;
    }
    if (!Remake.accesses(p) && (where & IN_HOST) != 0) {
      maker = 0;
      return false;
    }
    if (Remake.dead(p + Op.BYTES, end)) {
      return true;
    }
    needSaved();
    return false;
  }

  /// @param spoilt flags that nobody asks for cannot be made again
  void after(boolean spoilt) {
    if (spoilt) {
      maker = 0;
    }
  }

  /// Something else has run: they are in the state block only.
  void forget() {
    maker = 0;
    lost();
  }

  private static final int[] TESTS = {0x001, 0x100, 0x4000, 0x4100, 0x8000, 0x400};

  /// Prepares a condition; the code to branch, set or move by. Leaves RCX alone.
  int condition(int cc) {
    int pair = cc >>> 1;
    settle();
    if ((where & IN_HOST) != 0) {
      return cc;
    }
    if (pair < TESTS.length) {
      int mask = TESTS[pair];
      a.rm(0, Asm.ONE, 0xF6, 0, 0, Asm.STATE, Asm.st(NativeState.FLAGS_SAVED) + (mask > 0xFF ? 1 : 0)); // TEST m8, imm8
      a.b(mask > 0xFF ? mask >>> 8 : mask);
      return Asm.CC_NE ^ cc & 1;
    }
    needFlags();
    return cc;
  }
}
