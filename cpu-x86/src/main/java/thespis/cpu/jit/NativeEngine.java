package thespis.cpu.jit;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.exec.QuickOps;
import thespis.cpu.exec.SystemCalls;
import thespis.cpu.mmu.Canonical;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.mmu.TssWindow;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;
import thespis.cpu.state.NativeState;

/// One core's native engine: translations of its blocks, how they are linked to each other, and what their exits mean.
/// Used by the core's own thread only. The interpreter decides what is translated and executes what is not.
public final class NativeEngine implements AutoCloseable {
  /// Why {@link #run} came back.
  public enum Stop {
    /// The instruction at {@link #target} needs the interpreter.
    INTERPRET,

    /// The instruction at {@link #target} raised {@link #fault}.
    FAULT,

    /// Accesses that were to be checked together need a check each, from {@link #target} on.
    SINGLY,

    /// A direct branch to {@link #target} that can be linked.
    GOTO,

    /// A computed branch to {@link #target}.
    COMPUTED,

    /// Attention was asked for on the way to {@link #target}.
    POLLED,

    /// The instructions from {@link #target} on are to be executed from their {@link #records}.
    CALL,

    /// Behind an instruction that was executed elsewhere {@link #target} is to be looked up.
    DONE
  }

  private static final Stop[] STOPS = {
    Stop.INTERPRET, Stop.INTERPRET, Stop.GOTO, Stop.COMPUTED, Stop.POLLED, Stop.CALL, Stop.INTERPRET
  };
  private static final int NO_LINK = 0;

  /// A block of what kernels do most: mov, add, mov to memory, movzx, lea, shl, lock inc, push, pop, in, cmp, jnz.
  private static final byte[] SAMPLE = HexFormat.of().parseHex(
      "488b4308" + "4801c8" + "8902" + "0fb6c0" + "488d0408" + "48c1e003" + "f0ff06" + "50" + "58" + "e442" + "4839c8"
          + "75d0");

  private static final AtomicBoolean PRACTISED = new AtomicBoolean();

  private final Cpu cpu;
  private final Mmu mmu;
  private final long st;
  private final CodeArea area;
  private final Exits exits;
  private final Translator translator;
  private final Optional<TranslationCache> cache;
  private int last;

  /// Exits so far by kind.
  private final long[] stops = new long[Exits.NAMES.length];


  /// The last stop was a branch to where no code can be: its instruction is to raise that.
  private boolean refused;

  private GuestFault fault;

  private TranslationWatch[] watches = {};

  /// Instructions of the last CALL stop that are executed already.
  private int done;

  private int doneBytes;

  /// The translation that {@link #known} has found.
  private long knownAt;

  /// Entries of the translation that was made or taken last.
  private long entrySaved;

  private long entryFlags;

  /// Counters: blocks translated here, and taken from the cache.
  public long translated;

  public long recalled;

  /// @param bytes room for code
  /// @param cache with translations for processors like this one
  public NativeEngine(Cpu cpu, long bytes, Optional<TranslationCache> cache) {
    this.cpu = cpu;
    this.cache = cache;
    this.mmu = cpu.mmu;
    this.st = cpu.st;
    this.area = new CodeArea(bytes);
    this.exits = new Exits(area.begin());
    this.translator = new Translator(cpu, area, exits);
    if (!PRACTISED.getAndSet(true)) {
      practise();
    }
  }

  /// The first translation of a process takes the JVM a millisecond for its classes. The guest could be in the middle of a
  /// measurement when it comes to that.
  private void practise() {
    long code = Mem.allocate(SAMPLE.length);
    for (int i = 0; i < SAMPLE.length; i++) {
      Mem.put8(code + i, SAMPLE[i]);
    }
    long start = area.asm.at;
    int own = cpu.mode;
    cpu.mode = CodeMode.CODE_64;
    translator.translate(0, 0, code, SAMPLE.length, 0);
    cpu.mode = own;
    area.asm.at = start;
    exits.cut(0);
    Mem.free(code);
  }

  /// Is this a host that the engine knows?
  public static boolean possible() {
    return HostCheck.GOOD;
  }

  /// Whether cores have it when nobody says: where it is possible and `-Dthespis.engine=interpreter` does not forbid it.
  public static boolean available() {
    return possible() && !"interpreter".equals(System.getProperty("thespis.engine"));
  }

  /// Starts, in a thread of its own, what takes the JVM some time before the first engine can be made.
  public static void prepare() {
    if (available()) {
      Thread.ofPlatform().daemon().name("native-engine").start(() -> {
        HostTsc.usable();
        CodeArea.prepare();
      });
    }
  }

  /// Bytes of code, and how many there is room for.
  public long used() {
    return area.used();
  }

  public long room() {
    return area.room();
  }

  /// Names of the reasons for which code stops, and how often each was met.
  public static List<String> exitNames() {
    return List.of(Exits.NAMES);
  }

  public long exits(int kind) {
    return stops[kind];
  }

  /// Calls back with the header of the block of each direct branch inside a page.
  public void branches(LongConsumer block) {
    for (int i = 0; i < exits.count(); i++) {
      if (exits.kind(i) == Exits.GOTO) {
        block.accept(exits.block(i));
      }
    }
  }

  public boolean full() {
    return area.full();
  }

  /// Translates a block. False if there is nothing to translate.
  ///
  /// @param second host page that the block's only instruction reaches into, or 0
  public boolean translate(long header, long rip, long host, int length, long second) {
    long code = area.asm.at;
    int first = exits.count();
    Object event = JitEvents.begun();
    if (!translator.translate(header, rip, host, length, second)) {
      return false;
    }
    translated++;
    JitEvents.translated(event, cpu, rip, length, area.asm.at - code);
    tell(rip, length, code);
    entrySaved = translator.entrySaved;
    entryFlags = translator.entryFlags;
    if (cache.isPresent() && !verified() && second == 0) { // where the second page lies is in the code
      keep(rip, length, code, first);
    }
    return true;
  }

  private void tell(long rip, int length, long code) {
    for (TranslationWatch watch : watches) {
      watch.translated(cpu.index, rip, length, code, area.asm.at - code);
    }
  }

  /// Who hears of translations from now on.
  public void watchedBy(List<TranslationWatch> all) {
    watches = all.toArray(new TranslationWatch[0]);
  }

  /// Where the last translation is entered with the flags saved in the state block.
  public long entry() {
    return entrySaved;
  }

  /// Where it is entered with the flags in the host's, relative to {@link #entry}.
  public int flagsEntry() {
    return (int) (entryFlags - entrySaved);
  }

  /// Translates a block for later processes only. Nothing of it is left here.
  ///
  /// @param mode of the block
  public void translateForOthers(long rip, int mode, long host, int length) {
    long code = area.asm.at;
    int first = exits.count();
    int own = cpu.mode;
    cpu.mode = mode;
    try {
      if (!isKnown(rip, host) && translator.translate(0, rip, host, length, 0)) {
        keep(rip, length, code, first);
      }
    } finally {
      cpu.mode = own;
      area.asm.at = code;
      exits.cut(first);
    }
  }

  private boolean isKnown(long rip, long host) {
    int known = known(rip, -1);
    while (known >= 0 && !fits(host)) {
      known = known(rip, known);
    }
    return known >= 0;
  }

  /// Are translations that this process may not need worth while?
  public boolean worksForOthers() {
    return cache.isPresent() && cache.get().isKept() && !verified();
  }

  /// What is made for verification is not what others want.
  private boolean verified() {
    return mmu.copiesBeforeWrites();
  }

  private void keep(long rip, int length, long code, int first) {
    cache.orElseThrow().add(rip, cpu.mode, translator.bytes(), length, code, area.asm.at, exits, first,
        (int) (translator.entrySaved - code), (int) (translator.entryFlags - code));
  }

  // ---- translations made before

  /// The next translation that is known of code at this address, in the processor's mode.
  ///
  /// @param behind the one before, or -1
  /// @return its number, or -1
  public int known(long rip, int behind) {
    if (cache.isEmpty()) {
      return -1;
    }
    int n = cache.get().find(rip, cpu.mode, behind);
    knownAt = n < 0 ? 0 : cache.get().address(n);
    return n;
  }

  /// Bytes of guest code that the translation is made of that was asked for last.
  public int length() {
    return Translation.length(knownAt);
  }

  /// Is that the code which lies there?
  public boolean fits(long host) {
    return Translation.fits(knownAt, host);
  }

  /// Takes it for a block.
  ///
  /// @param known its number
  public void take(int known, long header) {
    cache.orElseThrow().used(known);
    long t = knownAt;
    long code = Translation.take(t, area, exits, header);
    entrySaved = code + Translation.entrySaved(t);
    entryFlags = code + Translation.entryFlags(t);
    recalled++;
    tell(Translation.rip(t), Translation.length(t), code);
  }

  // ---- running

  /// Runs translated code until something else is needed. The flags are saved before and after.
  public Stop run(long entry) {
    Mem.put32(st + NativeState.SSE_FREE, sseFree() ? 1 : 0);
    Mem.put32(st + NativeState.SSE_LIVE, 0);
    Mem.put32(st + NativeState.AVX_FREE, avxFree() ? 1 : 0);
    Mem.put32(st + NativeState.PORTS_FREE, portsFree() ? 1 : 0);
    TssWindow.close(cpu);
    Stop why = untilStop(entry);
    refused = why == Stop.COMPUTED && exits.detail(last) >= Exits.AGAIN
        && !Canonical.isAddress(cpu, Mem.get64(st + NativeState.EXIT_RCX));
    if (refused) {
      cpu.setReg(Cpu.RSP, cpu.reg(Cpu.RSP) - 8L * (exits.detail(last) - Exits.AGAIN));
      why = Stop.INTERPRET;
    }
    if (HostX87.live(cpu)) {
      HostX87.takeBack(cpu);
    }
    if (why == Stop.INTERPRET || why == Stop.CALL) {
      JitEvents.stopped(cpu, target(), Exits.NAMES[exits.kind(last)]);
    }
    return why;
  }

  private Stop untilStop(long entry) {
    long code = entry;
    while (true) {
      last = area.enter(code, st);
      if (Mem.get32(st + NativeState.CROSSED) != 0) {
        SystemCalls.settle(cpu);
      }
      int kind = exits.kind(last);
      int mode = cpu.mode;
      stops[kind]++;
      if (kind == Exits.MISS) {
        if (!filled()) {
          return fault != null ? Stop.FAULT : Stop.INTERPRET;
        }
      } else if (kind == Exits.GROUP) {
        if (!groupFilled()) {
          return Stop.SINGLY;
        }
      } else if (kind == Exits.CALL) {
        if (!calledQuickly()) {
          return cpu.mode == mode ? Stop.CALL : Stop.DONE;
        }
        if (Mem.get32(st + Cpu.ATTENTION) != 0) {
          return Stop.POLLED;
        }
        if (exits.address(last) == 0 || cpu.mode != mode) {
          return Stop.DONE;
        }
      } else if (kind != Exits.X87 || !HostX87.lend(cpu)) {
        return STOPS[kind];
      }
      code = exits.address(last);
    }
  }

  /// Executes as many of the instructions of a CALL stop as can be executed right here. True if those were all.
  private boolean calledQuickly() {
    done = 0;
    doneBytes = 0;
    int count = exits.detail(last);
    long p = exits.stub(last);
    int mode = cpu.mode;
    while (Mem.get32(st + Cpu.ATTENTION) == 0 && cpu.mode == mode && quickly(p)) {
      done++;
      doneBytes += Op.length(p);
      p += Op.BYTES;
      if (done == count) {
        return true;
      }
    }
    return false;
  }

  private boolean quickly(long p) {
    int op = Op.op(p);
    boolean state = op >= Ops.FXSAVE && op <= Ops.XSAVEC;
    if (state && HostX87.live(cpu)) {
      HostX87.takeBack(cpu);
    }
    if (!QuickOps.run(cpu, p, op)) {
      return false;
    }
    if (state && !sseFree()) {
      Mem.put32(st + NativeState.SSE_FREE, 0);
      Mem.put32(st + NativeState.SSE_LIVE, 0);
    }
    return true;
  }

  private boolean sseFree() {
    return (cpu.cr0 & (Cpu.CR0_EM | Cpu.CR0_TS)) == 0 && (cpu.cr4 & Cpu.CR4_OSFXSR) != 0
        && (Mem.get32(st + Cpu.MXCSR) & MASKS) == MASKS;
  }

  private boolean portsFree() {
    return Mem.get64(st + NativeState.PORT_SINKS) != 0 && !cpu.breakpoints && !cpu.ioDone && !mmu.copiesBeforeWrites();
  }

  private boolean avxFree() {
    return (cpu.cr4 & Cpu.CR4_OSXSAVE) != 0 && (Mem.get32(st + Cpu.XCR0) & AVX_STATE) == AVX_STATE;
  }

  /// SDM Vol. 1 "Enabling the XSAVE Feature Set and XSAVE-Enabled Features".
  private static final int AVX_STATE = 6;

  /// Any operand of 32-bit code that begins there is inside the segment.
  private static final long LAST_32 = 0xFFFF_F000L;

  /// All exceptions of the SIMD unit are masked. SDM Vol. 1 "MXCSR Control and Status Register".
  private static final int MASKS = 0x1F80;

  /// The check failed because the operands run over the page's edge.
  private boolean pageKnown() {
    return Long.compareUnsigned(Mem.get64(st + NativeState.EXIT_RCX), 4096) < 0;
  }

  /// The address whose check failed: it came back less the tag that it was compared with.
  private long missed(int access) {
    return Mem.get64(st + NativeState.EXIT_RCX) + Mem.get64(mmu.tlb + Mem.get64(st + NativeState.EXIT_RAX) + 8L * access);
  }

  /// In 32-bit code: by {@link NativeState#SEG_CLOSED}, or perhaps over the end. The interpreter knows what the segment
  /// does not allow.
  private boolean isOutside(long la) {
    return la > LAST_32 && !cpu.code64();
  }

  private boolean filled() {
    fault = null;
    if (pageKnown()) {
      return false;
    }
    int access = exits.detail(last) & ~Exits.WIDE;
    long la = missed(access);
    if (isOutside(la)) {
      return false;
    }
    int error = mmu.prime(la, access);
    if (error >= 0 && (access == exits.detail(last) || (la & 31) == 0)) {
      fault = mmu.pageFault(la, error);
    }
    return error == Mmu.READY; // or the interpreter meets it again, and knows what comes first
  }

  private boolean groupFilled() {
    int access = exits.detail(last) & ~Exits.MIXED;
    if (pageKnown()) {
      return false;
    }
    long la = missed(access);
    if (isOutside(la)) {
      return false;
    }
    if (exits.detail(last) != access) {
      return mmu.open(la);
    }
    return mmu.prime(la, access) == Mmu.READY; // or the access that it belongs to meets a fault again
  }

  /// Makes the code for a SINGLY stop, to which its branch leads from now on.
  ///
  /// @param host where the instruction at {@link #target} stands
  /// @param length from there to the block's end
  /// @return the code, or 0 if the block has just changed
  public long singly(long host, int length) {
    long code = area.asm.at;
    if (!translator.translateSingly(block(), target(), host, length)) {
      return 0;
    }
    tell(target(), length, code);
    long to = translator.entrySaved;
    area.redirect(exits.stub(last), to);
    return to;
  }

  /// What the last stop's instruction raised.
  public GuestFault fault() {
    return fault;
  }

  // ---- the last stop

  /// Header of the block that stopped.
  public long block() {
    return exits.block(last);
  }

  /// Where the guest goes on.
  public long target() {
    return switch (exits.kind(last)) {
      case Exits.COMPUTED -> refused ? exits.rip(last) : Mem.get64(st + NativeState.EXIT_RCX);
      case Exits.CALL -> exits.rip(last) + doneBytes;
      default -> exits.rip(last);
    };
  }

  /// The instructions of a CALL stop that are to be executed.
  public long records() {
    return exits.stub(last) + (long) done * Op.BYTES;
  }

  public int count() {
    return exits.detail(last) - done;
  }

  /// Where the code of a CALL stop goes on behind the instructions, or 0 if that must be looked up.
  public long behind() {
    return exits.address(last);
  }

  /// Number of the stop, for {@link #link}.
  public int stop() {
    return last;
  }

  // ---- links

  /// Lets the branch of a GOTO stop jump to a translation.
  ///
  /// @param chain the target's links so far, 0 for none
  /// @return its links with this one
  public int link(int stop, long entry, int flagsEntry, int chain) {
    boolean saved = (exits.detail(stop) & GuestFlags.SAVED) != 0;
    boolean inHost = (exits.detail(stop) & GuestFlags.IN_HOST) != 0;
    // with both at hand the one that costs nothing: the later of the two entries
    long to = saved && (!inHost || flagsEntry <= 0) ? entry : entry + flagsEntry;
    Asm.patch32(exits.address(stop), to);
    exits.setNext(stop, chain);
    return stop + 1;
  }

  /// The target of these links is gone: each branch leads to its own exit again.
  public void unlink(int chain) {
    int n = chain;
    while (n != NO_LINK) {
      int stop = n - 1;
      Asm.patch32(exits.address(stop), exits.stub(stop));
      n = exits.next(stop);
    }
  }

  public void clear() {
    area.clear();
    exits.clear();
  }

  /// Can translations be had again without making them?
  public boolean recalls() {
    return cache.isPresent();
  }

  /// As {@link #clear}, and gives the memory back.
  public void trim() {
    area.trim();
    exits.trim();
    cache.ifPresent(TranslationCache::rest);
  }

  @Override
  public void close() {
    translator.close();
    exits.trim();
    area.close();
  }
}
