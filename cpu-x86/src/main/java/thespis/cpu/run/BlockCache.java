package thespis.cpu.run;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.decode.Special;
import thespis.cpu.jit.JitEvents;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.mmu.Tlb;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;

/// One core's decoded blocks: see {@link Block}. Found by RIP through a small hash table that is checked against the TLB,
/// so that it needs no flush when mappings change; then by host address. They become bytecode or host code when they have
/// run often.
final class BlockCache implements AutoCloseable {
  /// Runs of a block before it is compiled to bytecode; a block that must not be has a count below zero.
  private static final int HOT = Integer.getInteger("thespis.hot", 20_000);

  private int hot = HOT;

  /// So many runs are far from any of the two.
  private static final int NEVER = Integer.MIN_VALUE;

  /// Runs of a block before it is translated to host code.
  private static final int WARM = Integer.getInteger("thespis.warm", 24);

  private int warm;

  /// What an idle processor may keep.
  private static final int SMALL_CHUNKS = 8;

  private final Cpu cpu;
  private final Mmu mmu;
  private final Core core;
  private final BlockMemory memory;
  private final RecentBlocks recent = new RecentBlocks();
  private final BlockChains chains = new BlockChains();
  private final CodePages pages;
  private final BlockDecoder decoder;
  private final List<CompiledBlock> compiled = new ArrayList<>();
  private final NativeEngine engine;

  /// What later processes may be spared to decode.
  private final ColdCode cold = new ColdCode();

  /// The room for translations is used up: {@link #reset} when no block runs.
  boolean crowded;

  /// Hears of blocks that are executed for the first time, or null.
  CoreLog log;

  long resets;
  long killed;

  BlockCache(Cpu cpu, Core core, CodeMap codeMap, long maxBytes, NativeEngine engine) {
    this.cpu = cpu;
    this.engine = engine;
    this.warm = engine != null ? WARM : 0;
    this.mmu = cpu.mmu;
    this.core = core;
    this.pages = new CodePages(codeMap, core);
    this.decoder = new BlockDecoder(cpu, pages);
    this.memory = new BlockMemory(maxBytes);
  }

  /// The block at RIP in the current mode; 0 if the code can't be kept. Raises #PF and #GP for the fetch.
  long find(long rip) {
    long h = quick(rip);
    return h != 0 ? h : slowFind(rip);
  }

  /// The block at RIP if it was run lately and its page is still mapped where it was, else 0.
  long quick(long rip) {
    long h = recent.find(rip, cpu.mode);
    if (h != 0) {
      long la = (cpu.mode & CodeMode.CODE_64) != 0 ? rip : cpu.base(Cpu.CS) + rip & 0xFFFF_FFFFL;
      long e = mmu.tlb + (la >>> Tlb.INDEX_SHIFT & Tlb.INDEX_MASK);
      if (Mem.get64(e + Tlb.TAG_FETCH) == (la & Tlb.PAGE_MASK)
          && (la & 0xFFF) + Mem.get64(e + Tlb.HOST) == Mem.get64(h + Block.HOST)) {
        return h;
      }
    }
    return 0;
  }

  /// The block at RIP if it is translated, here or where translations are kept, and lies in one page that is known; else
  /// 0. Raises nothing.
  long near(long rip) {
    long e = mmu.tlb + (rip >>> Tlb.INDEX_SHIFT & Tlb.INDEX_MASK);
    if (crowded || warm == 0 || cpu.debug.hasCode() || Mem.get64(e + Tlb.TAG_FETCH) != (rip & Tlb.PAGE_MASK)) {
      return 0;
    }
    long host = (rip & 0xFFF) + Mem.get64(e + Tlb.HOST);
    long h = chains.find(host, rip, cpu.mode);
    if (h == 0) {
      return recalled(rip, host);
    }
    if (Mem.get64(h + Block.SECOND) != 0) {
      return 0;
    }
    recent.remember(h, rip);
    return h;
  }

  private long slowFind(long rip) {
    boolean wide = (cpu.mode & CodeMode.CODE_64) != 0;
    if (!wide && Long.compareUnsigned(rip, cpu.limit[Cpu.CS] & 0xFFFF_FFFFL) > 0) {
      throw cpu.gp();
    }
    long la = wide ? rip : cpu.base(Cpu.CS) + rip & 0xFFFF_FFFFL;
    if (cpu.debug.hasCode() && cpu.debug.stopsAt(la)) {
      return 0; // blocks lead up to where a debugger wants to stop, and begin behind it
    }
    long host = mmu.hostForFetch(la);
    if (host == 0) {
      return 0; // code in a device: one instruction at a time, uncached
    }
    long h = chains.find(host, rip, cpu.mode);
    if (h != 0) {
      long second = Mem.get64(h + Block.SECOND);
      if (second == 0) {
        recent.remember(h, rip);
        return h;
      }
      long next = (la & Tlb.PAGE_MASK) + 4096;
      if (mmu.hostForFetch(wide ? next : next & 0xFFFF_FFFFL) == second) {
        return h;
      }
      kill(h);
      return slowFind(rip);
    }
    if (warm != 0 && CodeMode.isTranslated(cpu.mode)) {
      h = recalled(rip, host);
      if (h != 0) {
        return h;
      }
    }
    return decode(rip, host);
  }

  private void makeRoom() {
    if (!memory.hasRoom(BlockDecoder.ROOM)) {
      reset();
    }
  }

  private long decode(long rip, long host) {
    makeRoom();
    long h = memory.at;
    decoder.decode(rip, host, h + Block.HEADER);
    int length = decoder.length;
    long second = decoder.second;
    memory.at = decoder.end;
    enroll(h, rip, host, length, second);
    if (second == 0 && CodeMode.isTranslated(cpu.mode) && engine != null && core.index() == 0 && engine.worksForOthers()) {
      cold.add(rip, cpu.mode, host, length);
    }
    return h;
  }

  /// A block whose records end where the next one begins can be found from now on.
  private void enroll(long h, long rip, long host, int length, long second) {
    if (log != null) {
      log.decoded(rip, length);
    }
    Block.init(h, rip, host, cpu.mode, length, second, (int) (memory.at - h - Block.HEADER) / Op.BYTES);
    chains.add(h);
    pages.add(host & Tlb.PAGE_MASK, h);
    if (second != 0) {
      pages.add(second, h);
    } else {
      recent.remember(h, rip);
    }
  }

  // ---- compiled blocks

  /// To bytecode, after other than {@link #HOT} runs; 0 for never. Nothing is translated then.
  void compileAfter(int runs) {
    hot = runs;
    warm = 0;
  }

  /// To host code, after other than {@link #WARM} runs.
  void translateAfter(int runs) {
    warm = runs;
  }

  /// Counts a run of a block; compiles it when it has become hot.
  void entered(long h) {
    int n = Mem.get32(h + Block.COUNT) + 1;
    if (n < 0) {
      return; // it was compiled long ago, or will never be
    }
    Mem.put32(h + Block.COUNT, n);
    if (warm != 0) {
      if (n == warm && CodeMode.isTranslated(Mem.get32(h + Block.MODE))) {
        translate(h);
      }
    } else if (n == hot && BlockDecoder.isFast(Mem.get32(h + Block.MODE))) {
      compile(h);
    }
  }

  private void compile(long h) {
    long first = h + Block.HEADER;
    int op = Op.op(first);
    if (op == Ops.STALE) {
      return;
    }
    compiled.add(BlockCompiler.compile(first, Mem.get32(h + Block.OPS), Mem.get64(h + Block.RIP)));
    Mem.put32(h + Block.COMPILED, compiled.size() - 1);
    Block.divert(h, Special.COMPILED, op);
  }

  // ---- translated blocks

  private void translate(long h) {
    if (engine.full()) {
      crowded = true;
      return;
    }
    long first = h + Block.HEADER;
    int op = Op.op(first);
    if (op != Ops.STALE && engine.translate(h, Mem.get64(h + Block.RIP), Mem.get64(h + Block.HOST),
        Mem.get32(h + Block.LENGTH), Mem.get64(h + Block.SECOND))) {
      setNative(h, op);
    }
  }

  /// The block runs as the code that the engine made or took last.
  ///
  /// @param op of its first record
  private void setNative(long h, int op) {
    Mem.put64(h + Block.NATIVE, engine.entry());
    Mem.put32(h + Block.FLAGS_ENTRY, engine.flagsEntry());
    Block.divert(h, Special.NATIVE, op);
  }

  /// A block whose translation was made before, perhaps by another process: it has no records of its own. 0 if there is
  /// none.
  private long recalled(long rip, long host) {
    for (int known = engine.known(rip, -1); known >= 0; known = engine.known(rip, known)) {
      int length = engine.length();
      if (length > 4096 - (host & 0xFFF) || cpu.debug.stopsIn(rip, length)) {
        continue;
      }
      pages.claim(host, length);
      if (engine.fits(host)) {
        if (engine.full()) {
          crowded = true;
          return 0;
        }
        makeRoom();
        long h = memory.at;
        for (int i = 0; i < Op.BYTES; i += 8) {
          Mem.put64(h + Block.HEADER + i, 0);
        }
        memory.at = h + Block.HEADER + Op.BYTES;
        enroll(h, rip, host, length, 0);
        Mem.put32(h + Block.COUNT, NEVER);
        engine.take(known, h);
        setNative(h, Ops.END_BLOCK);
        return h;
      }
    }
    return 0;
  }

  /// Translates the blocks that have run too rarely to be translated for this process: decoding and interpreting them is
  /// what later ones are spared.
  ///
  /// @param nanos to be spent on it at most
  void translateCold(long nanos) {
    if (engine != null && !engine.full()) {
      long end = System.nanoTime() + nanos;
      cold.forEach((rip, mode, bytes, length) -> {
        engine.translateForOthers(rip, mode, bytes, length);
        return System.nanoTime() - end < 0;
      });
    }
  }

  /// Code for the end of a block whose accesses can't be checked together; 0 if there is no room for it.
  long singly(long h, long rip) {
    if (engine.full()) {
      crowded = true;
      return 0;
    }
    int done = (int) (rip - Mem.get64(h + Block.RIP));
    return Block.isAlive(h) ? engine.singly(Mem.get64(h + Block.HOST) + done, Mem.get32(h + Block.LENGTH) - done) : 0;
  }

  /// Lets translated code that stopped at a direct branch jump to a block's own next time, if it may.
  void link(int stop, long from, long h) {
    if (Block.code(h) != 0 && Block.isAlive(from) && Block.sharePage(h, from)) {
      int before = Mem.get32(h + Block.LINKS);
      int links = engine.link(stop, Block.code(h), Mem.get32(h + Block.FLAGS_ENTRY), before);
      Mem.put32(h + Block.LINKS, links);
    }
  }

  CompiledBlock compiled(long first) {
    return compiled.get(Mem.get32(first - Block.HEADER + Block.COMPILED));
  }

  /// Instructions decoded so far.
  long decoded() {
    return decoder.decoded;
  }

  BlockChains chains() {
    return chains;
  }

  /// Decodes one instruction without keeping it.
  void decodeOne(long rip, long rec) {
    decoder.decodeOne(rip, rec);
  }

  /// Drops the blocks that cover any of these pieces of a page.
  void invalidate(long hostPage, long pieces) {
    long before = killed;
    if (pages.drop(hostPage, pieces, this::kill)) {
      JitEvents.invalidated(cpu, hostPage - mmu.ram().host(), killed - before);
    }
  }

  private void kill(long h) {
    killed++;
    chains.remove(h);
    if (Block.code(h) != 0) {
      engine.unlink(Mem.get32(h + Block.LINKS));
      mmu.jumps().forget(Mem.get64(h + Block.RIP));
      Mem.put64(h + Block.NATIVE, 0);
    }
    Block.kill(h);
  }

  /// Forgets everything; the memory is used again.
  void reset() {
    resets++;
    recent.clear();
    chains.clear();
    pages.clear();
    compiled.clear();
    crowded = false;
    if (engine != null) {
      JitEvents.flushed(cpu, engine.used());
      engine.clear();
      mmu.jumps().forgetAll();
    }
    memory.clear();
  }

  /// Gives most of the memory back, if there is much and it is not dear: translations can be taken again from where they
  /// are kept. No block runs.
  ///
  /// @return whether it was worth it
  boolean trim() {
    if (memory.used() <= SMALL_CHUNKS || engine == null || !engine.recalls()) {
      return false;
    }
    reset();
    cold.close();
    engine.trim();
    memory.trim();
    Mem.trim();
    return true;
  }

  @Override
  public void close() {
    memory.close();
    recent.close();
    cold.close();
  }
}
