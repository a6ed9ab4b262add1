package thespis.machine.bus;

/// Byte-wide registers, as all chips of the ISA bus have them: a wider access becomes one for each byte, lowest first.
public interface BytePorts extends PortHandler {
  int readByte(int offset);

  void writeByte(int offset, int value);

  @Override
  default int read(int offset, int size) {
    if (size == 1) {
      return readByte(offset) & 0xFF;
    }
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= (readByte(offset + i) & 0xFF) << 8 * i;
    }
    return value;
  }

  @Override
  default void write(int offset, int size, int value) {
    if (size == 1) {
      writeByte(offset, value & 0xFF);
      return;
    }
    for (int i = 0; i < size; i++) {
      writeByte(offset + i, value >>> 8 * i & 0xFF);
    }
  }
}
