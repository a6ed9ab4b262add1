package thespis.machine.device.serial;

/// Where a serial port's output goes. Called with the port's lock held, so it must be quick and must not call back.
@FunctionalInterface
public interface ByteSink {
  ByteSink NONE = (bytes, offset, length) -> { };

  /// The array is the port's own buffer: copy what is to be kept.
  void accept(byte[] bytes, int offset, int length);
}
