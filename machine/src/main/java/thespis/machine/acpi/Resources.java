package thespis.machine.acpi;

import java.io.ByteArrayOutputStream;

/// A resource template: what a device occupies or passes on, as `_CRS` and `_PRS` tell it. ACPI 6.5 "Resource Data
/// Types for ACPI"; the methods are named like ASL's resource macros. Kinds that no device of ours has are left out.
public final class Resources {
  private static final int MEMORY = 0;
  private static final int IO = 1;
  private static final int BUS = 2;
  private static final int MIN_AND_MAX_FIXED = 0x0C;
  private static final int ENTIRE_RANGE = 0x03;
  private static final int READ_WRITE = 0x01;
  private static final int CACHEABLE = 0x02;

  /// Level triggered, active high and shared, for the interrupt's consumer.
  private static final int LEVEL_SHARED = 0x09;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public static Resources template() {
    return new Resources();
  }

  /// A run of ports that begins at one place only.
  public Resources io(int base, int alignment, int length) {
    return small(0x47, 1).little(base, 2).little(base, 2).little(alignment, 1).little(length, 1);
  }

  public Resources irqNoFlags(int irq) {
    return small(0x22).little(1 << irq, 2);
  }

  /// An 8-bit channel of the ISA DMA controller.
  public Resources dma(int channel) {
    return small(0x2A, 1 << channel, 0);
  }

  public Resources memory32Fixed(long base, long length) {
    return large(0x86, 9).little(0, 1).little(base, 4).little(length, 4);
  }

  public Resources interrupt(int... lines) {
    large(0x89, 2 + 4 * lines.length).little(LEVEL_SHARED, 1).little(lines.length, 1);
    for (int line : lines) {
      little(line, 4);
    }
    return this;
  }

  public Resources wordBusNumber(int first, int last) {
    return range(0x88, 2, BUS, 0, first, last);
  }

  public Resources wordIo(int first, int last) {
    return range(0x88, 2, IO, ENTIRE_RANGE, first, last);
  }

  public Resources dWordMemory(boolean cacheable, long first, long last) {
    return range(0x87, 4, MEMORY, READ_WRITE | (cacheable ? CACHEABLE : 0), first, last);
  }

  public Resources qWordMemory(boolean cacheable, long first, long last) {
    return range(0x8A, 8, MEMORY, READ_WRITE | (cacheable ? CACHEABLE : 0), first, last);
  }

  /// Closed by the end tag; its checksum 0 means that nobody need check.
  public Aml build() {
    small(0x79, 0);
    return Aml.buffer(out.toByteArray());
  }

  /// "Word Address Space Descriptor" and its wider kin, as a producer: granularity and translation are 0.
  private Resources range(int tag, int width, int type, int typeFlags, long first, long last) {
    large(tag, 3 + 5 * width).little(type, 1).little(MIN_AND_MAX_FIXED, 1).little(typeFlags, 1);
    return little(0, width).little(first, width).little(last, width).little(0, width).little(last - first + 1, width);
  }

  private Resources small(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  private Resources large(int tag, int length) {
    return small(tag).little(length, 2);
  }

  private Resources little(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> 8 * i));
    }
    return this;
  }
}
