package thespis.cpu.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import thespis.cpu.decode.Decoder;
import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.decode.Special;
import thespis.cpu.jit.JitEvents;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.mmu.Tlb;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// One core's decoded blocks. A block is a header and a run of {@link Op} records in native memory; it lies in one
/// guest page (its last instruction may reach into the next). Found by RIP through a small hash table that is checked
/// against the TLB, so it needs no flush when mappings change; then by host address. Dead blocks have an impossible
/// RIP, which everything that points to a block compares before it jumps.
final class BlockCache implements AutoCloseable {
  // ---- header
  static final int RIP = 0;
  static final int HOST = 8;
  static final int MODE = 16;
  static final int LENGTH = 20;
  static final int SECOND = 24;
  private static final int CHAIN = 32;
  private static final int OPS = 40;
  private static final int COUNT = 44;
  private static final int COMPILED = 48;
  private static final int FIRST_OP = 52;

  /// Translated code, entered with the flags saved; and its other entry relative to that, and who jumps to it.
  static final int NATIVE = 56;

  private static final int FLAGS_ENTRY = 64;
  private static final int LINKS = 68;
  static final int HEADER = 96;

  /// Runs of a block before it is compiled to bytecode; a block that must not be has a count below zero.
  private static final int HOT = Integer.getInteger("thespis.hot", 20_000);

  private int hot = HOT;

  /// So many runs are far from any of the two.
  private static final int NEVER = Integer.MIN_VALUE;

  /// Runs of a block before it is translated to host code.
  private static final int WARM = Integer.getInteger("thespis.warm", 24);

  private int warm;

  /// No RIP is this: not canonical.
  private static final long DEAD = 0x8000_0000_0000_0001L;

  private static final int MAX_OPS = 64;
  private static final long CHUNK = 256 << 10;
  private static final int JUMPS = 1 << 16;
  private static final int JUMP_BYTES = 8;

  /// What an idle processor may keep.
  private static final int SMALL_CHUNKS = 8;

  private final Cpu cpu;
  private final Mmu mmu;
  private final Core core;
  private final CodeMap codeMap;
  private final Decoder decoder;
  private final long maxBytes;

  private final List<Long> chunks = new ArrayList<>();
  private int chunk;
  private long at;
  private long end;

  /// The blocks found last for each hash of a RIP: the last one in its place, and the one that it has driven out beside it,
  /// if that is nobody's own or every other time.
  private long jumps = Mem.allocateSparse(JUMPS * JUMP_BYTES);

  /// First block of each chain; there are as many chains as blocks, or more.
  private long[] heads = new long[1 << 12];

  private boolean turn;

  private int enrolled;
  private final Map<Long, Page> pages = new HashMap<>();

  /// The page that was asked for last, and its address, or -1.
  private Page page;

  private long pageAddress = -1;

  private final List<CompiledBlock> compiled = new ArrayList<>();
  private final NativeEngine engine;

  /// What later processes may be spared to decode.
  private final ColdCode cold = new ColdCode();

  /// The room for translations is used up: {@link #reset} when no block runs.
  boolean crowded;

  /// Hears of blocks that are executed for the first time, or null.
  CoreLog log;

  long decoded;
  long resets;
  long killed;

  /// Blocks that begin in a page, and the 64-byte pieces they cover.
  private static final class Page {
    long pieces;

    /// Pieces of which this core will be told when they are written to.
    long claimed;

    long[] blocks = new long[4];
    int count;

    void add(long block) {
      if (count == blocks.length) {
        blocks = Arrays.copyOf(blocks, 2 * count);
      }
      blocks[count++] = block;
    }
  }

  BlockCache(Cpu cpu, Core core, CodeMap codeMap, long maxBytes, NativeEngine engine) {
    this.cpu = cpu;
    this.engine = engine;
    this.warm = engine != null ? WARM : 0;
    this.mmu = cpu.mmu;
    this.core = core;
    this.codeMap = codeMap;
    this.decoder = new Decoder(cpu, cpu.mmu);
    this.maxBytes = maxBytes;
    addChunk();
  }

  private void addChunk() {
    if (chunk == chunks.size()) {
      chunks.add(Mem.allocate(CHUNK));
    }
    at = chunks.get(chunk++);
    end = at + CHUNK;
  }

  private long jumpSlot(long rip) {
    return jumps + ((rip ^ rip >>> 16) & JUMPS - 1) * JUMP_BYTES;
  }

  private void remember(long h, long rip) {
    long slot = jumpSlot(rip);
    long beside = slot ^ JUMP_BYTES;
    long other = Mem.get64(beside);
    turn = !turn;
    if (turn || other == 0 || jumpSlot(Mem.get64(other + RIP)) != beside) {
      Mem.put64(beside, Mem.get64(slot));
    }
    Mem.put64(slot, h);
  }

  private boolean isAt(long h, long rip) {
    return h != 0 && Mem.get64(h + RIP) == rip && Mem.get32(h + MODE) == cpu.mode;
  }

  /// The block at RIP in the current mode; 0 if the code can't be kept. Raises #PF and #GP for the fetch.
  long find(long rip) {
    long h = quick(rip);
    return h != 0 ? h : slowFind(rip);
  }

  /// The block at RIP if it was run lately and its page is still mapped where it was, else 0.
  long quick(long rip) {
    long slot = jumpSlot(rip);
    long h = Mem.get64(slot);
    if (!isAt(h, rip)) {
      h = Mem.get64(slot ^ JUMP_BYTES);
    }
    if (isAt(h, rip)) {
      long la = (cpu.mode & Cpu.MODE_64) != 0 ? rip : cpu.base(Cpu.CS) + rip & 0xFFFF_FFFFL;
      long e = mmu.tlb + (la >>> Tlb.INDEX_SHIFT & Tlb.INDEX_MASK);
      if (Mem.get64(e + Tlb.TAG_FETCH) == (la & Tlb.PAGE_MASK)
          && (la & 0xFFF) + Mem.get64(e + Tlb.HOST) == Mem.get64(h + HOST)) {
        return h;
      }
    }
    return 0;
  }

  /// Lets the direct branch at `p` in block `from` go to block `h` without a search. Only inside one page: what mapped
  /// the branch maps its target too.
  static void link(long p, long from, long h) {
    if (Mem.get64(h + SECOND) == 0 && ((Mem.get64(h + HOST) ^ Mem.get64(from + HOST)) & Tlb.PAGE_MASK) == 0
        && Op.op(p) != Ops.STALE) {
      Mem.put64(p + 24, h);
    }
  }

  /// The block at RIP if it is translated, here or where translations are kept, and lies in one page that is known; else 0.
  /// Raises nothing.
  long near(long rip) {
    long e = mmu.tlb + (rip >>> Tlb.INDEX_SHIFT & Tlb.INDEX_MASK);
    if (crowded || warm == 0 || cpu.debug.hasCode() || Mem.get64(e + Tlb.TAG_FETCH) != (rip & Tlb.PAGE_MASK)) {
      return 0;
    }
    long host = (rip & 0xFFF) + Mem.get64(e + Tlb.HOST);
    for (long h = heads[bucket(host, rip)]; h != 0; h = Mem.get64(h + CHAIN)) {
      if (isAt(h, rip) && Mem.get64(h + HOST) == host) {
        if (Mem.get64(h + SECOND) != 0) {
          return 0;
        }
        remember(h, rip);
        return h;
      }
    }
    return recalled(rip, host);
  }

  private long slowFind(long rip) {
    boolean wide = (cpu.mode & Cpu.MODE_64) != 0;
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
    for (long h = heads[bucket(host, rip)]; h != 0; h = Mem.get64(h + CHAIN)) {
      if (Mem.get64(h + RIP) == rip && Mem.get64(h + HOST) == host && Mem.get32(h + MODE) == cpu.mode) {
        long second = Mem.get64(h + SECOND);
        if (second != 0) {
          long next = (la & Tlb.PAGE_MASK) + 4096;
          if (mmu.hostForFetch(wide ? next : next & 0xFFFF_FFFFL) != second) {
            kill(h);
            return slowFind(rip);
          }
          return h;
        }
        remember(h, rip);
        return h;
      }
    }
    if (warm != 0 && Cpu.isTranslated(cpu.mode)) {
      long h = recalled(rip, host);
      if (h != 0) {
        return h;
      }
    }
    return decode(rip, host);
  }

  private int bucket(long host, long rip) {
    return (int) ((host ^ rip << 20) * 0x9E37_79B9_7F4A_7C15L >>> 40) & heads.length - 1;
  }

  private void makeRoom() {
    if (at + HEADER + (MAX_OPS + 1) * Op.BYTES > end) {
      if ((chunk + 1) * CHUNK > maxBytes) {
        reset();
      } else {
        addChunk();
      }
    }
  }

  private long decode(long rip, long host) {
    makeRoom();
    long room = 4096 - (host & 0xFFF);
    long h = at;
    long p = h + HEADER;
    long second = 0;
    int length = 0;
    int ops = 0;
    boolean ended = false;
    boolean debugged = cpu.debug.hasCode();
    long linear = (cpu.mode & Cpu.MODE_64) != 0 ? rip : cpu.base(Cpu.CS) + rip & 0xFFFF_FFFFL;
    while (ops < MAX_OPS && length < room && !ended) {
      if (debugged && cpu.debug.stopsAt(linear + length)) {
        break;
      }
      claim(host + length, (int) Math.min(15, room - length));
      try {
        ended = decoder.decode(rip + length, p, length) != 0;
      } catch (GuestFault f) {
        if (ops == 0) {
          throw f;
        }
        break; // the instruction runs into a page that is not there: it will fault when its turn comes
      }
      if (decoder.crossedPage) {
        if (ops > 0) {
          ended = false;
          break; // a block of its own
        }
        second = decoder.secondHost & Tlb.PAGE_MASK;
        claim(second, 64);
      }
      length += Op.length(p);
      p += Op.BYTES;
      ops++;
      decoded++;
      if (second != 0) {
        break;
      }
    }
    if (!ended) {
      Mem.fill(p, Op.BYTES, (byte) 0);
      Op.setOp(p, Ops.END_BLOCK);
      Mem.put16(p + 8, (short) length);
      long next = rip + length;
      Mem.put64(p + 16, (cpu.mode & Cpu.MODE_64) != 0 ? next : next & 0xFFFF_FFFFL);
      p += Op.BYTES;
    }
    if (isFast(cpu.mode)) {
      Special.select(h + HEADER, p);
    }
    at = p;
    enroll(h, rip, host, length, second);
    if (second == 0 && Cpu.isTranslated(cpu.mode) && engine != null && core.index() == 0 && engine.worksForOthers()) {
      cold.add(rip, cpu.mode, host, length);
    }
    return h;
  }

  /// A block whose records end at {@link #at} can be found from now on.
  private void enroll(long h, long rip, long host, int length, long second) {
    if (log != null) {
      log.decoded(rip, length);
    }
    if (++enrolled > heads.length) {
      spread();
    }
    int bucket = bucket(host, rip);
    Mem.put64(h + RIP, rip);
    Mem.put64(h + HOST, host);
    Mem.put32(h + MODE, cpu.mode);
    Mem.put32(h + LENGTH, length);
    Mem.put64(h + SECOND, second);
    Mem.put32(h + OPS, (int) (at - h - HEADER) / Op.BYTES);
    Mem.put32(h + COUNT, 0);
    Mem.put64(h + NATIVE, 0);
    Mem.put32(h + LINKS, 0);
    Mem.put64(h + CHAIN, heads[bucket]);
    heads[bucket] = h;
    int here = (int) Math.min(Math.max(length, 1), 4096 - (host & 0xFFF));
    register(host & Tlb.PAGE_MASK, h, CodeMap.pieces(host, here));
    if (second != 0) {
      register(second, h, 1);
    } else {
      remember(h, rip);
    }
  }

  /// Special forms and bytecode are for 64-bit code whose branches only jump.
  private static boolean isFast(int mode) {
    return (mode & (Cpu.MODE_64 | Cpu.MODE_BOUNDS)) == Cpu.MODE_64;
  }

  /// Twice as many chains. The dead are in none.
  private void spread() {
    long[] old = heads;
    heads = new long[old.length * 2];
    for (long head : old) {
      long next;
      for (long h = head; h != 0; h = next) {
        next = Mem.get64(h + CHAIN);
        int bucket = bucket(Mem.get64(h + HOST), Mem.get64(h + RIP));
        Mem.put64(h + CHAIN, heads[bucket]);
        heads[bucket] = h;
      }
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
    int n = Mem.get32(h + COUNT) + 1;
    if (n < 0) {
      return; // it was compiled long ago, or will never be
    }
    Mem.put32(h + COUNT, n);
    if (warm != 0) {
      if (n == warm && Cpu.isTranslated(Mem.get32(h + MODE))) {
        translate(h);
      }
    } else if (n == hot && isFast(Mem.get32(h + MODE))) {
      compile(h);
    }
  }

  private void compile(long h) {
    long first = h + HEADER;
    int op = Op.op(first);
    if (op == Ops.STALE) {
      return;
    }
    compiled.add(BlockCompiler.compile(first, Mem.get32(h + OPS), Mem.get64(h + RIP)));
    Mem.put32(h + COMPILED, compiled.size() - 1);
    Mem.put32(h + FIRST_OP, op);
    Op.setOp(first, Special.COMPILED);
  }

  // ---- translated blocks

  private void translate(long h) {
    if (engine.full()) {
      crowded = true;
      return;
    }
    long first = h + HEADER;
    int op = Op.op(first);
    if (op == Ops.STALE || !engine.translate(
        h, Mem.get64(h + RIP), Mem.get64(h + HOST), Mem.get32(h + LENGTH), Mem.get64(h + SECOND))) {
      return;
    }
    setNative(h, op);
  }

  /// The block runs as the code that the engine made or took last.
  ///
  /// @param op of its first record
  private void setNative(long h, int op) {
    Mem.put64(h + NATIVE, engine.entry());
    Mem.put32(h + FLAGS_ENTRY, engine.flagsEntry());
    Mem.put32(h + FIRST_OP, op);
    Op.setOp(h + HEADER, Special.NATIVE);
  }

  /// A block whose translation was made before, perhaps by another process: it has no records of its own. 0 if there is
  /// none.
  private long recalled(long rip, long host) {
    for (int known = engine.known(rip, -1); known >= 0; known = engine.known(rip, known)) {
      int length = engine.length();
      if (length > 4096 - (host & 0xFFF) || cpu.debug.stopsIn(rip, length)) {
        continue;
      }
      claim(host, length);
      if (engine.fits(host)) {
        if (engine.full()) {
          crowded = true;
          return 0;
        }
        makeRoom();
        long h = at;
        for (int i = 0; i < Op.BYTES; i += 8) {
          Mem.put64(h + HEADER + i, 0);
        }
        at = h + HEADER + Op.BYTES;
        enroll(h, rip, host, length, 0);
        Mem.put32(h + COUNT, NEVER);
        engine.take(known, h);
        setNative(h, Ops.END_BLOCK);
        return h;
      }
    }
    return 0;
  }

  /// The block's code is still what the guest has there.
  boolean alive(long h) {
    return Mem.get64(h + RIP) != DEAD;
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
    int done = (int) (rip - Mem.get64(h + RIP));
    return alive(h) ? engine.singly(Mem.get64(h + HOST) + done, Mem.get32(h + LENGTH) - done) : 0;
  }

  /// Host code of a block, or 0.
  long code(long h) {
    return Mem.get64(h + NATIVE);
  }

  /// Lets translated code that stopped at a direct branch jump to a block's own next time, if it may.
  void link(int stop, long from, long h) {
    if (Mem.get64(h + NATIVE) != 0 && Mem.get64(from + RIP) != DEAD
        && ((Mem.get64(h + HOST) ^ Mem.get64(from + HOST)) & Tlb.PAGE_MASK) == 0) {
      int links = engine.link(stop, Mem.get64(h + NATIVE), Mem.get32(h + FLAGS_ENTRY), Mem.get32(h + LINKS));
      Mem.put32(h + LINKS, links);
    }
  }

  CompiledBlock compiled(long first) {
    return compiled.get(Mem.get32(first - HEADER + COMPILED));
  }

  /// The operation of a record, also where the first one says that the block is compiled.
  int operation(long p, long first) {
    int op = Op.op(p);
    return op == Special.COMPILED || op == Special.NATIVE ? Mem.get32(first - HEADER + FIRST_OP) : op;
  }

  /// Runs the block from its records again, for good.
  void interpret(long first) {
    if (Op.op(first) == Special.COMPILED) {
      Op.setOp(first, Mem.get32(first - HEADER + FIRST_OP));
    }
  }

  /// Does a write touch the bytes of the block?
  boolean covers(long first, long host, int bytes) {
    long h = first - HEADER;
    long from = Mem.get64(h + HOST);
    long second = Mem.get64(h + SECOND);
    return host < from + Mem.get32(h + LENGTH) && host + bytes > from
        || second != 0 && host < second + 16 && host + bytes > second;
  }

  /// Calls back with each block's header.
  void forEach(LongConsumer block) {
    for (long head : heads) {
      for (long h = head; h != 0; h = Mem.get64(h + CHAIN)) {
        block.accept(h);
      }
    }
  }

  int hashSize() {
    return heads.length;
  }

  /// Places of the hash table that some block has.
  int hashUsed() {
    return (int) Arrays.stream(heads).filter(h -> h != 0).count();
  }

  private void register(long hostPage, long h, long pieces) {
    Page p = page(hostPage);
    p.pieces |= pieces;
    p.add(h);
  }

  private Page page(long hostPage) {
    if (pageAddress != hostPage) {
      page = pages.computeIfAbsent(hostPage, k -> new Page());
      pageAddress = hostPage;
    }
    return page;
  }

  /// To be called before a byte is read: a write that comes later is told to us. While we claim, others may write already,
  /// and tell us.
  private void claim(long host, int bytes) {
    Page p = page(host & Tlb.PAGE_MASK);
    long pieces = CodeMap.pieces(host, bytes);
    while ((p.claimed & pieces) != pieces) {
      p.claimed |= pieces;
      codeMap.claim(core, host, bytes);
    }
  }

  /// Decodes one instruction without keeping it.
  void decodeOne(long rip, long rec) {
    decoder.decode(rip, rec, 0);
  }

  /// Drops the blocks that cover any of these pieces of a page.
  void invalidate(long hostPage, long pieces) {
    Page page = pages.get(hostPage);
    if (page == null) {
      return;
    }
    page.claimed &= ~pieces;
    if ((page.pieces & pieces) == 0) {
      return;
    }
    long before = killed;
    long left = 0;
    int keep = 0;
    for (int i = 0; i < page.count; i++) {
      long h = page.blocks[i];
      if (Mem.get64(h + RIP) == DEAD) {
        continue;
      }
      long covers = Mem.get64(h + SECOND) == hostPage
          ? 1
          : CodeMap.pieces(Mem.get64(h + HOST), (int) Math.min(Math.max(Mem.get32(h + LENGTH), 1),
              4096 - (Mem.get64(h + HOST) & 0xFFF)));
      if ((covers & pieces) != 0) {
        kill(h);
      } else {
        left |= covers;
        page.blocks[keep++] = h;
      }
    }
    page.count = keep;
    page.pieces = left;
    JitEvents.invalidated(cpu, hostPage - mmu.ram().host(), killed - before);
  }

  /// The block may be running: its records turn into ones that look for the block anew.
  private void kill(long h) {
    killed++;
    unchain(h);
    enrolled--;
    if (Mem.get64(h + NATIVE) != 0) {
      engine.unlink(Mem.get32(h + LINKS));
      mmu.jumps().forget(Mem.get64(h + RIP));
      Mem.put64(h + NATIVE, 0);
    }
    Mem.put64(h + RIP, DEAD);
    int ops = Mem.get32(h + OPS);
    for (int i = 0; i < ops; i++) {
      Op.setOp(h + HEADER + (long) i * Op.BYTES, Ops.STALE);
    }
  }

  private void unchain(long dead) {
    int bucket = bucket(Mem.get64(dead + HOST), Mem.get64(dead + RIP));
    long h = heads[bucket];
    if (h == dead) {
      heads[bucket] = Mem.get64(dead + CHAIN);
      return;
    }
    while (h != 0) {
      long next = Mem.get64(h + CHAIN);
      if (next == dead) {
        Mem.put64(h + CHAIN, Mem.get64(dead + CHAIN));
        return;
      }
      h = next;
    }
  }

  /// Forgets everything; the memory is used again.
  void reset() {
    resets++;
    Mem.freeSparse(jumps);
    jumps = Mem.allocateSparse(JUMPS * JUMP_BYTES);
    Arrays.fill(heads, 0);
    enrolled = 0;
    pages.clear();
    page = null;
    pageAddress = -1;
    compiled.clear();
    crowded = false;
    if (engine != null) {
      JitEvents.flushed(cpu, engine.used());
      engine.clear();
      mmu.jumps().forgetAll();
    }
    chunk = 0;
    addChunk();
  }

  /// Gives most of the memory back, if there is much and it is not dear: translations can be taken again from where they
  /// are kept. No block runs.
  ///
  /// @return whether it was worth it
  boolean trim() {
    if (chunk <= SMALL_CHUNKS || engine == null || !engine.recalls()) {
      return false;
    }
    reset();
    cold.close();
    engine.trim();
    while (chunks.size() > chunk) {
      Mem.free(chunks.removeLast());
    }
    Mem.trim();
    return true;
  }

  @Override
  public void close() {
    for (long c : chunks) {
      Mem.free(c);
    }
    chunks.clear();
    Mem.freeSparse(jumps);
    cold.close();
  }
}
