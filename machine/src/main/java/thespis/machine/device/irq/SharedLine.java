package thespis.machine.device.irq;

import thespis.machine.bus.IrqLine;

/// A wired-OR of several sources on one input, as PCI INTx lines and the SCI have it: high while any source is.
/// PCI Local Bus Specification "Interrupt Pins".
public final class SharedLine {
  private final IrqLine output;
  private long high;
  private int sources;

  public SharedLine(IrqLine output) {
    this.output = output;
  }

  /// A further source; at most 64.
  public synchronized IrqLine source() {
    if (sources == Long.SIZE) {
      throw new IllegalStateException("more than 64 sources on one interrupt line");
    }
    long bit = 1L << sources++;
    return level -> set(bit, level);
  }

  /// Which sources are high, a bit for each in the order in which they were asked for.
  public synchronized long high() {
    return high;
  }

  /// As they were when a machine was saved. What is behind the line remembers by itself what it was told.
  public synchronized void load(long sources) {
    high = sources;
  }

  private synchronized void set(long bit, boolean level) {
    long next = level ? high | bit : high & ~bit;
    boolean changed = (next == 0) != (high == 0);
    high = next;
    if (changed) {
      output.set(next != 0);
    }
  }
}
