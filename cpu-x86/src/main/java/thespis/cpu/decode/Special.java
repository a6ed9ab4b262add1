package thespis.cpu.decode;

/// Picks the interpreter's special forms for the common instructions of a decoded block of 64-bit code.
public final class Special {
  private Special() {}

  public static void select(long from, long to) {
    for (long p = from; p < to; p += Op.BYTES) {
      one(p);
    }
  }

  private static void one(long p) {}
}
