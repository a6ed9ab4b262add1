package thespis.machine.device.irq;

import java.util.ArrayList;
import java.util.List;
import thespis.machine.bus.IrqLine;

/// The inputs of an interrupt controller, for somebody outside who watches them or drives them himself.
public final class LineWatch {
  /// Hears of each change of a level, after the controller, on the thread of whoever drove the line.
  public interface Listener {
    void changed(int number, boolean level);
  }

  private final List<IrqLine> lines = new ArrayList<>();
  private volatile Listener listener;

  /// Lines that are high, as far as they were watched.
  private int high;

  /// From now on.
  public synchronized void listen(Listener to) {
    listener = to;
    high = 0;
  }

  /// Numbers of lines, from 0 on.
  public synchronized int count() {
    return lines.size();
  }

  /// Drives a line, whatever else drives it.
  public void drive(int number, boolean level) {
    line(number).set(level);
  }

  private synchronized IrqLine line(int number) {
    return lines.get(number);
  }

  /// The next line, on its way to the controller.
  IrqLine tap(int number, IrqLine input) {
    IrqLine line = level -> {
      input.set(level);
      Listener to = listener;
      if (to != null) {
        tell(to, number, level);
      }
    };
    synchronized (this) {
      lines.add(number, line);
    }
    return line;
  }

  private synchronized void tell(Listener to, int number, boolean level) {
    int bit = 1 << number;
    if ((high & bit) != 0 != level) {
      high ^= bit;
      to.changed(number, level);
    }
  }
}
