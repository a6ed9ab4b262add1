package thespis.cpu.jit;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.decode.Op;
import thespis.cpu.mmu.JumpTable;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.NativeState;

/// What stands behind a block's code: the ways out of it, to each of which some jump of the block leads.
final class ColdPieces {
  /// In the detail of an INTERPRET piece: only if SSE instructions need a closer look.
  static final int SSE = 1;

  private final List<Piece> pieces = new ArrayList<>();

  /// What a jump at `site` leads to. It ends with the record of an instruction that is executed elsewhere, unless that is 0.
  ///
  /// @param maker what makes the flags that are to be saved, or 0 if the host's are those
  record Piece(long site, int kind, int detail, long rip, long again, boolean unsaved, long maker, int cached, int dirty,
      long record) {}

  void add(Piece piece) {
    pieces.add(piece);
  }

  void emit(CodeArea area, Exits exits, long header, VectorRegs vectors) {
    for (Piece piece : pieces) {
      emit(piece, area, exits, header, vectors);
    }
  }

  private static void emit(Piece c, CodeArea area, Exits exits, long header, VectorRegs vectors) {
    Asm a = area.asm;
    Asm.patch32(c.site, a.at);
    long stub = a.at;
    saveFlags(a, c);
    vectors.store(c.dirty);
    long resume = c.kind == Exits.GOTO ? c.site : c.again;
    int id = exits.add(c.kind, c.detail, header, c.rip, resume);
    if (c.kind == Exits.GOTO) {
      exits.setStub(id, stub);
    } else if (c.kind == Exits.GROUP) {
      exits.setStub(id, a.at);
    }
    if (c.kind == Exits.INTERPRET && c.detail == SSE) {
      area.takeSse(c.again);
    }
    if (c.kind == Exits.COMPUTED && c.again != 0) {
      a.group1(6, 3, Asm.RAX, JumpTable.ENTRY_BYTES); // XOR: the place beside it
      a.rm(0, Asm.ONE, 0x3B, 1, Asm.RCX, Asm.RAX, 0);
      a.jcc(Asm.CC_E, c.again);
    }
    area.leave(exits, id);
    if (c.record != 0) {
      exits.setStub(id, a.at);
      Mem.copy(c.record, a.at, Op.BYTES);
      a.at += Op.BYTES;
    }
    if ((c.kind == Exits.MISS || c.kind == Exits.GROUP || c.kind == Exits.X87) && c.cached != 0) {
      exits.setAddress(id, a.at);
      vectors.load(c.cached);
      a.jmp(c.again);
    }
  }

  private static void saveFlags(Asm a, Piece c) {
    if (c.maker != 0) {
      a.storeState(Asm.RAX, NativeState.EXIT_RAX);
      Remake.emit(a, c.maker);
      a.saveFlags();
      a.loadState(Asm.RAX, NativeState.EXIT_RAX);
    } else if (c.unsaved) {
      a.saveFlags();
    }
  }
}
