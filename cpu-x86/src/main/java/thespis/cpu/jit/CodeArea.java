package thespis.cpu.jit;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import thespis.cpu.mmu.ExecutableMemory;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// The memory that translated code of one core lies in, with the two pieces that every entry and exit goes through. Code
/// is written only while the core's thread is outside of it, by that thread, so no other processor can see it change.
final class CodeArea {
  /// No translation is longer than this; see {@link #full}.
  static final int RESERVE = 128 << 10;

  private static final int JUMP_BYTES = 5;

  /// What most processors of a guest use, in small pages of the host.
  private static final int LITTLE = 2 << 20;

  /// JMP RDX: one fixed address, so that the JVM need not look at one each time.
  private static final byte[] TO_THIRD = {(byte) 0xFF, (byte) 0xE2};

  private static final MethodHandle ENTER = Linker.nativeLinker().downcallHandle(ExecutableMemory.of(TO_THIRD),
      FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

  private final MemorySegment memory;
  private final long entry;
  private final long first;
  private final long end;
  final Asm asm = new Asm();

  /// Where an exit goes with its number in {@link NativeState#EXIT_ID}: flags are saved, everything else is in its
  /// register.
  final long exit;

  CodeArea(long bytes) {
    memory = ExecutableMemory.map(bytes);
    ExecutableMemory.preferLargePages(memory, LITTLE);
    end = memory.address() + memory.byteSize();
    asm.at = memory.address();
    entry = asm.at;
    emitEntry();
    exit = asm.at;
    emitExit();
    first = asm.at + 63 & -64L;
    clear();
  }

  /// The way into the code is there afterwards.
  static void prepare() {
    ENTER.type();
  }

  /// RDI: the code, RSI: the state block. System V ABI "Registers and the Stack Frame".
  private void emitEntry() {
    int[] saved = {Asm.RBX, Asm.RBP, 12, 13, 14, 15};
    for (int r : saved) {
      push(r);
    }
    asm.lea(true, Asm.STATE, Asm.RSI, -1, 0, Asm.BIAS);
    asm.storeState(Asm.RDI, NativeState.CODE_ENTRY);
    long noSse = ifZero(NativeState.SSE_LIVE);
    takeMxcsr();
    Asm.patch32(noSse, asm.at);
    long noX87 = ifZero(NativeState.X87_LIVE);
    x87(4); // FRSTOR
    Asm.patch32(noX87, asm.at);
    HostRegs.loadAll(asm);
    asm.jmpM(Asm.STATE, Asm.st(NativeState.CODE_ENTRY));
  }

  private void emitExit() {
    if (HostCheck.has("avx")) {
      asm.vzeroupper(); // C code may use SSE instructions, which upper halves in use would slow down
    }
    asm.storeState(Asm.RAX, NativeState.EXIT_RAX);
    asm.storeState(Asm.RCX, NativeState.EXIT_RCX);
    HostRegs.storeAll(asm);
    long noX87 = ifZero(NativeState.X87_LIVE);
    x87(6); // FNSAVE, which leaves the registers as C code wants them
    Asm.patch32(noX87, asm.at);
    long noSse = ifZero(NativeState.SSE_LIVE);
    asm.rm(0, Asm.M0F, 0xAE, 0, 3, Asm.STATE, Asm.st(Cpu.MXCSR));
    asm.rm(0, Asm.M0F, 0xAE, 0, 2, Asm.STATE, Asm.st(NativeState.HOST_MXCSR));
    Asm.patch32(noSse, asm.at);
    int[] saved = {15, 14, 13, 12, Asm.RBP, Asm.RBX};
    for (int r : saved) {
      if (r >= 8) {
        asm.b(0x41);
      }
      asm.b(0x58 | r & 7);
    }
    asm.b(0xC3);
  }

  /// Has the host's MXCSR be the guest's, and goes on; behind it, where SSE instructions need a closer look.
  void takeSse(long on) {
    long closer = ifZero(NativeState.SSE_FREE);
    asm.storeStateImm32(NativeState.SSE_LIVE, 1);
    takeMxcsr();
    asm.jmp(on);
    Asm.patch32(closer, asm.at);
  }

  private void takeMxcsr() {
    asm.rm(0, Asm.M0F, 0xAE, 0, 3, Asm.STATE, Asm.st(NativeState.HOST_MXCSR)); // STMXCSR
    asm.rm(0, Asm.M0F, 0xAE, 0, 2, Asm.STATE, Asm.st(Cpu.MXCSR)); // LDMXCSR
  }

  private void x87(int operation) {
    asm.rm(0, Asm.ONE, 0xDD, 0, operation, Asm.STATE, Asm.st(NativeState.X87_IMAGE));
  }

  /// A jump, to be patched.
  private long ifZero(int offset) {
    asm.group1M(7, 2, Asm.STATE, Asm.st(offset), 0);
    return asm.jcc(Asm.CC_E, asm.at);
  }

  private void push(int r) {
    if (r >= 8) {
      asm.b(0x41);
    }
    asm.b(0x50 | r & 7);
  }

  /// Has a piece of code lead to another one from now on.
  void redirect(long from, long to) {
    long end = asm.at;
    asm.at = from;
    asm.jmp(to);
    asm.at = end;
  }

  /// Leaves by an exit. The code ends with the exit's number and a jump.
  void leave(Exits exits, int id) {
    asm.storeStateImm32(NativeState.EXIT_ID, id);
    asm.jmp(exit);
    exits.setEnd(id, asm.at);
  }

  /// Code of {@link #leave} that was copied here is made that of another exit.
  ///
  /// @param end where it ends
  void leaveBy(int id, long end) {
    Mem.put32(end - JUMP_BYTES - 4, id);
    Asm.patch32(end - 4, exit);
  }

  /// Where it begins; what is translated lies behind.
  long begin() {
    return memory.address();
  }

  void clear() {
    asm.at = first;
  }

  long used() {
    return asm.at - first;
  }

  long room() {
    return end - first;
  }

  /// Forgets all code, and gives its memory back.
  void trim() {
    clear();
    ExecutableMemory.discard(memory, first + 4095 & -4096L);
  }

  boolean full() {
    return asm.at + RESERVE > end;
  }

  /// Runs code until an exit; its number.
  int enter(long code, long st) {
    try {
      ENTER.invokeExact(code, st, entry);
    } catch (Throwable t) {
      throw new IllegalStateException("translated code", t);
    }
    return Mem.get32(st + NativeState.EXIT_ID);
  }

  void close() {
    ExecutableMemory.unmap(memory);
  }
}
