package thespis.cpu.run;

import java.util.Arrays;
import java.util.function.LongConsumer;
import thespis.cpu.mmu.Mem;

/// All living blocks, by where they lie in host memory and by RIP: a hash table of chains, of which there are as many as
/// blocks, or more.
final class BlockChains {
  private long[] heads = new long[1 << 12];
  private int count;

  private int bucket(long host, long rip) {
    return (int) ((host ^ rip << 20) * 0x9E37_79B9_7F4A_7C15L >>> 40) & heads.length - 1;
  }

  private int bucket(long h) {
    return bucket(Mem.get64(h + Block.HOST), Mem.get64(h + Block.RIP));
  }

  /// The block that begins at this host address and was decoded for this RIP and mode, or 0.
  long find(long host, long rip, int mode) {
    for (long h = heads[bucket(host, rip)]; h != 0; h = Mem.get64(h + Block.CHAIN)) {
      if (Mem.get64(h + Block.HOST) == host && Block.isAt(h, rip, mode)) {
        return h;
      }
    }
    return 0;
  }

  void add(long h) {
    if (++count > heads.length) {
      spread();
    }
    push(h);
  }

  private void push(long h) {
    int bucket = bucket(h);
    Mem.put64(h + Block.CHAIN, heads[bucket]);
    heads[bucket] = h;
  }

  /// Twice as many chains.
  private void spread() {
    long[] old = heads;
    heads = new long[old.length * 2];
    for (long head : old) {
      long next;
      for (long h = head; h != 0; h = next) {
        next = Mem.get64(h + Block.CHAIN);
        push(h);
      }
    }
  }

  /// A block that is about to die.
  void remove(long dying) {
    count--;
    int bucket = bucket(dying);
    long h = heads[bucket];
    if (h == dying) {
      heads[bucket] = Mem.get64(dying + Block.CHAIN);
      return;
    }
    while (h != 0) {
      long next = Mem.get64(h + Block.CHAIN);
      if (next == dying) {
        Mem.put64(h + Block.CHAIN, Mem.get64(dying + Block.CHAIN));
        return;
      }
      h = next;
    }
  }

  void clear() {
    Arrays.fill(heads, 0);
    count = 0;
  }

  /// Calls back with each block's header.
  void forEach(LongConsumer block) {
    for (long head : heads) {
      for (long h = head; h != 0; h = Mem.get64(h + Block.CHAIN)) {
        block.accept(h);
      }
    }
  }

  int size() {
    return heads.length;
  }

  /// Chains that are not empty.
  int used() {
    return (int) Arrays.stream(heads).filter(h -> h != 0).count();
  }
}
