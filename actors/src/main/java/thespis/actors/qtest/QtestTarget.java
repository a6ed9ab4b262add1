package thespis.actors.qtest;

import java.util.Optional;
import thespis.machine.device.irq.LineWatch;
import thespis.machine.time.VirtualClock;

/// What a test does to a machine from outside. An access is over, with all that it made happen at once, when its method
/// returns.
public interface QtestTarget {
  /// Zero-extended.
  long in(int port, int size);

  void out(int port, int size, int value);

  byte[] read(long gpa, int count);

  void write(long gpa, byte[] bytes);

  /// Guest time, if it is the test's to move.
  Optional<VirtualClock> clock();

  /// The whole path of the object that has this one, or this part of one.
  Optional<String> resolve(String path);

  /// The interrupt inputs of the object at a whole path, if it has any.
  Optional<LineWatch> inputs(String path);
}
