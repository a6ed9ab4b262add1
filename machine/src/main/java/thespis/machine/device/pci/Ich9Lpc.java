package thespis.machine.device.pci;

import java.util.Arrays;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.MmioHandler;
import thespis.machine.bus.PortHandler;

/// Intel ICH9, device 31 function 0: LPC bridge of the `q35` board. It places the power management registers, routes
/// eight PCI interrupt wires to the I/O APIC (always) and to ISA interrupts (PIRQx_ROUT), and holds the chipset
/// configuration registers behind RCBA. ICH9 "LPC Interface Bridge Registers (D31:F0)", "Chipset Configuration
/// Registers".
public final class Ich9Lpc extends PciDevice {
  public static final int PMBASE = 0x40;
  public static final int ACPI_CNTL = 0x44;
  public static final int PIRQA_ROUT = 0x60;
  public static final int PIRQE_ROUT = 0x68;
  public static final int GEN_PMCON_1 = 0xA0;
  public static final int RCBA = 0xF0;

  private static final int DISABLED = 0x80;
  private static final int ACPI_EN = 0x80;
  private static final int SMI_LOCK = 0x10;
  private static final int PM_LENGTH = 128;
  private static final int RCBA_LENGTH = 0x4000;
  private static final int FIRST_WIRE_GSI = 16;
  private static final int GSIS = 24;

  // Chipset configuration registers
  private static final int D31IR = 0x3140;
  private static final int D29IR = 0x3144;
  private static final int D28IR = 0x3146;
  private static final int D27IR = 0x3148;
  private static final int D26IR = 0x314C;
  private static final int D25IR = 0x3150;
  private static final int GCS = 0x3410;
  private static final int NO_REBOOT = 0x20;

  private final IrqLine[] gsi;
  private PortHandler pm;
  private final boolean[] wires = new boolean[8];
  private final boolean[] driven = new boolean[GSIS];
  private final byte[] chipset = new byte[RCBA_LENGTH];
  private boolean sci;

  /// @param gsi the 24 global system interrupts
  public Ich9Lpc(IrqLine[] gsi) {
    super("ICH9-LPC", 0x8086, 0x2918, 0x02, 0x060100);
    this.gsi = gsi;
    multifunction();
    preset(PMBASE, 0x01);
    writeMask(PMBASE, 0x87, 0xFF, 0x00, 0x00);
    preset(PIRQA_ROUT, DISABLED, DISABLED, DISABLED, DISABLED);
    preset(PIRQE_ROUT, DISABLED, DISABLED, DISABLED, DISABLED);
  }

  /// @param block the registers from PMBASE on, whose interrupt is {@link #sci}
  public void powerManagement(PortHandler block) {
    pm = block;
  }

  /// The wire (0 = PIRQA) of a slot's pin. Devices of the chip itself have a register each; other slots rotate over
  /// PIRQE to PIRQH.
  public int wire(int slot, int pin) {
    int register = switch (slot) {
      case 31 -> D31IR;
      case 29 -> D29IR;
      case 28 -> D28IR;
      case 27 -> D27IR;
      case 26 -> D26IR;
      case 25 -> D25IR;
      default -> -1;
    };
    if (register < 0) {
      return slot == 30 ? pin + 4 : (slot + pin) % 4 + 4;
    }
    return (chipset16(register) >>> 4 * pin) & 7;
  }

  /// A PCI wire changed; called under the bus lock.
  public void set(int wire, boolean level) {
    wires[wire] = level;
    route();
  }

  /// The system control interrupt of the power management block.
  public IrqLine sci() {
    return level -> {
      synchronized (bus().lock()) {
        sci = level;
        route();
      }
    };
  }

  /// GCS "No Reboot (NR)".
  public boolean noReboot() {
    return (chipset[GCS] & NO_REBOOT) != 0;
  }

  @Override
  public void reset() {
    super.reset();
    setWritable(GEN_PMCON_1, 0xFF);
    Arrays.fill(chipset, (byte) 0);
    for (int register : new int[] {D31IR, D29IR, D28IR, D27IR, D26IR, D25IR}) {
      put16(chipset, register, 0x3210);
    }
    chipset[GCS] = NO_REBOOT;
    apply();
  }

  @Override
  public void state(StateIo io) {
    io.bytes("chipset", chipset);
    sci = io.bool("sci", sci);
    super.state(io);
  }

  @Override
  protected void configWritten(int offset, int size) {
    apply();
  }

  @Override
  protected void configLoaded() {
    apply();
  }

  private void apply() {
    if ((config8(GEN_PMCON_1) & SMI_LOCK) != 0) {
      setWritable(GEN_PMCON_1, 0xFF & ~SMI_LOCK);
    }
    if ((config8(ACPI_CNTL) & ACPI_EN) != 0) {
      bus().ports().map("ich9-pm", config16(PMBASE) & 0xFF80, PM_LENGTH, pm);
    } else {
      bus().ports().unmap("ich9-pm");
    }
    int rcba = config32(RCBA);
    if ((rcba & 1) != 0) {
      bus().memory().map("lpc-rcrb-mem", rcba & 0xFFFF_C000L, RCBA_LENGTH, new Chipset());
    } else {
      bus().memory().unmap("lpc-rcrb-mem");
    }
    route();
  }

  /// ACPI_CNTL bits 2:0. QEMU differs: reserved values select IRQ 9.
  private int sciGsi() {
    return switch (config8(ACPI_CNTL) & 7) {
      case 1 -> 10;
      case 2 -> 11;
      case 4 -> 20;
      case 5 -> 21;
      default -> 9;
    };
  }

  private void route() {
    boolean[] want = new boolean[GSIS];
    want[sciGsi()] = sci;
    for (int wire = 0; wire < wires.length; wire++) {
      if (wires[wire]) {
        want[FIRST_WIRE_GSI + wire] = true;
        int control = config8(wire < 4 ? PIRQA_ROUT + wire : PIRQE_ROUT + wire - 4);
        if (control < 16) {
          want[control] = true;
        }
      }
    }
    for (int i = 0; i < GSIS; i++) {
      if (want[i] != driven[i]) {
        driven[i] = want[i];
        gsi[i].set(want[i]);
      }
    }
  }

  private int chipset16(int offset) {
    return chipset[offset] & 0xFF | (chipset[offset + 1] & 0xFF) << 8;
  }

  /// Plain storage; the interrupt route registers are consulted when a pin changes.
  private final class Chipset implements MmioHandler {
    @Override
    public long read(long offset, int size) {
      long value = 0;
      for (int i = 0; i < size && offset + i < RCBA_LENGTH; i++) {
        value |= (chipset[(int) offset + i] & 0xFFL) << 8 * i;
      }
      return value;
    }

    @Override
    public void write(long offset, int size, long value) {
      synchronized (bus().lock()) {
        for (int i = 0; i < size && offset + i < RCBA_LENGTH; i++) {
          chipset[(int) offset + i] = (byte) (value >>> 8 * i);
        }
      }
    }
  }
}
