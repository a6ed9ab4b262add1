package thespis.machine.device.pci;

import thespis.machine.bus.IrqLine;

/// Intel 82371SB (PIIX3), function 0: PCI to ISA bridge of the `pc` board. Here it is the interrupt router: registers
/// PIRQRC[A:D] connect the four PCI interrupt wires to ISA interrupts. 82371SB "PIRQRC[A:D]: PIRQx Route Control".
public final class Piix3 extends PciDevice {
  public static final int PIRQRC = 0x60;
  private static final int DISABLED = 0x80;

  private final IrqLine[] isa;
  private final boolean[] wires = new boolean[4];
  private final boolean[] driven = new boolean[16];

  /// @param isa the 16 ISA interrupts; PCI may drive all but 0-2, 8 and 13
  public Piix3(IrqLine[] isa) {
    super("PIIX3", 0x8086, 0x7000, 0x00, 0x060100);
    this.isa = isa;
    multifunction();
    preset(STATUS, 0x00, 0x02);
    preset(0x4C, 0x4D);
    preset(0x4E, 0x03);
    preset(PIRQRC, DISABLED, DISABLED, DISABLED, DISABLED);
    preset(0x69, 0x02);
    preset(0x70, 0x80);
    preset(0x76, 0x0C, 0x0C, 0x02);
    preset(0xA0, 0x08);
    preset(0xA8, 0x0F);
  }

  /// Slot n's INTA goes to wire n - 1, and round from there: the i440FX boards' wiring.
  public static int wire(int slot, int pin) {
    return slot + pin - 1 & 3;
  }

  @Override
  public void reset() {
    super.reset();
    route();
  }

  @Override
  protected void configWritten(int offset, int size) {
    if (touches(offset, size, PIRQRC, 4)) {
      route();
    }
  }

  @Override
  protected void configLoaded() {
    route();
  }

  /// A PCI wire changed; called under the bus lock.
  public void set(int wire, boolean level) {
    wires[wire] = level;
    route();
  }

  private void route() {
    boolean[] want = new boolean[16];
    for (int wire = 0; wire < 4; wire++) {
      int control = config8(PIRQRC + wire);
      if (wires[wire] && control < 16) {
        want[control] = true;
      }
    }
    for (int irq = 0; irq < 16; irq++) {
      if (want[irq] != driven[irq]) {
        driven[irq] = want[irq];
        isa[irq].set(want[irq]);
      }
    }
  }
}
