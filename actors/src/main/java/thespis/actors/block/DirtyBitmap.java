package thespis.actors.block;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;
import java.util.HexFormat;
import thespis.qmp.command.BlockCommands.DirtyInfo;

/// Which parts of a node have been written to since somebody began to watch. QEMU QMP reference "BlockDirtyInfo". Written
/// by the thread that writes to the node, read by the board's.
final class DirtyBitmap {
  private static final int WORD = 64;

  private final String name;
  private final long size;
  private final long granularity;
  private boolean recording;
  private BitSet dirty = new BitSet();

  /// @param size of the node
  /// @param granularity bytes that one bit stands for
  DirtyBitmap(String name, long size, long granularity, boolean recording) {
    this.name = name;
    this.size = size;
    this.granularity = granularity;
    this.recording = recording;
    if (parts() > Integer.MAX_VALUE) {
      throw new BlockException("Bitmap '" + name + "' would be too large for a node of " + size + " bytes");
    }
  }

  String name() {
    return name;
  }

  private long parts() {
    return (size + granularity - 1) / granularity;
  }

  synchronized void written(long at, long bytes) {
    if (recording && bytes > 0 && at < size) {
      dirty.set((int) (at / granularity), (int) ((Math.min(at + bytes, size) - 1) / granularity + 1));
    }
  }

  synchronized boolean recording() {
    return recording;
  }

  synchronized void record(boolean on) {
    recording = on;
  }

  /// What it has now, for {@link #replace}.
  synchronized BitSet contents() {
    return (BitSet) dirty.clone();
  }

  synchronized void replace(BitSet contents) {
    dirty = contents;
  }

  /// Adds what another has, piece by piece of its own size.
  void merge(DirtyBitmap other) {
    if (other.size != size) {
      throw new BlockException("Bitmaps are of different sizes (destination size is " + size + ", source size is "
          + other.size + ") and can't be merged");
    }
    BitSet more = new BitSet();
    other.contents().stream().forEach(bit -> more.set(
        (int) (bit * other.granularity / granularity),
        (int) ((Math.min((bit + 1) * other.granularity, size) - 1) / granularity + 1)));
    synchronized (this) {
      dirty.or(more);
    }
  }

  synchronized DirtyInfo info() {
    return new DirtyInfo(name, dirty.cardinality() * granularity, granularity, recording, false, false);
  }

  /// Of its bits as QEMU has them in memory: words of 64 bits, at least one.
  synchronized String sha256() {
    int words = (int) Math.max(1, (parts() + WORD - 1) / WORD);
    ByteBuffer bytes = ByteBuffer.allocate(8 * words).order(ByteOrder.LITTLE_ENDIAN);
    for (long word : dirty.toLongArray()) {
      bytes.putLong(word);
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
