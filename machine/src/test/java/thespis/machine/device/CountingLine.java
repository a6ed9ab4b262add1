package thespis.machine.device;

import thespis.machine.bus.IrqLine;

/// A wire with a memory: its level and how often it rose.
public final class CountingLine implements IrqLine {
  public boolean level;
  public int rises;

  @Override
  public synchronized void set(boolean next) {
    if (next && !level) {
      rises++;
    }
    level = next;
  }

  public int takeRises() {
    int taken = rises;
    rises = 0;
    return taken;
  }
}
