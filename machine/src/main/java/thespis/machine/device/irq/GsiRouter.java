package thespis.machine.device.irq;

import thespis.machine.bus.IrqLine;

/// Global system interrupts of a PC. ACPI 6.5 "Global System Interrupts": 0 to 15 are the ISA IRQs and reach the 8259
/// pair and the I/O APIC alike, with ISA IRQ 0 on I/O APIC pin 2 (as the MADT's interrupt source override says); 16 to
/// 23 are I/O APIC pins alone.
public final class GsiRouter {
  private static final int ISA_IRQS = 16;

  private final IrqLine[] lines = new IrqLine[IoApic.PINS];

  public GsiRouter(I8259Pair pic, IoApic ioApic) {
    this(pic, ioApic, new LineWatch());
  }

  /// @param watch sees the I/O APIC's inputs, by the number of the global system interrupt
  public GsiRouter(I8259Pair pic, IoApic ioApic, LineWatch watch) {
    for (int gsi = 0; gsi < lines.length; gsi++) {
      IrqLine pin = watch.tap(gsi, ioApic.pin(gsi == 0 ? 2 : gsi));
      if (gsi < ISA_IRQS) {
        IrqLine input = pic.input(gsi);
        lines[gsi] = level -> {
          input.set(level);
          pin.set(level);
        };
      } else {
        lines[gsi] = pin;
      }
    }
  }

  /// One source on this input. Sources that share an input take {@link SharedLine}s.
  public IrqLine gsi(int number) {
    return lines[number];
  }
}
