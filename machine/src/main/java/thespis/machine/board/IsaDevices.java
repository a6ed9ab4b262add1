package thespis.machine.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import thespis.machine.acpi.Aml;
import thespis.machine.acpi.IsaAml;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.PortSpace;
import thespis.machine.device.irq.IoApic;
import thespis.machine.device.misc.DebugConsole;
import thespis.machine.device.misc.FpuErrorPort;
import thespis.machine.device.misc.I8042;
import thespis.machine.device.misc.I8237;
import thespis.machine.device.misc.IsaDebugExit;
import thespis.machine.device.misc.Port92;
import thespis.machine.device.misc.PostPort;
import thespis.machine.device.misc.ResetControl;
import thespis.machine.device.parallel.ParallelPort;
import thespis.machine.device.serial.ByteSink;
import thespis.machine.device.serial.Uart16550;
import thespis.machine.device.timer.Hpet;
import thespis.machine.device.timer.I8254;
import thespis.machine.device.timer.Mc146818Rtc;
import thespis.machine.device.timer.Port61;

/// What both boards have on the ISA side of their south bridge, a line for each.
final class IsaDevices {
  /// "PC/AT Technical Reference": ports and interrupts of COM1 to COM4.
  private static final int[] SERIAL_PORTS = {0x3F8, 0x2F8, 0x3E8, 0x2E8};

  private static final int[] SERIAL_IRQS = {4, 3, 4, 3};

  /// LPT1 to LPT3 as on PCs without a monochrome card.
  private static final int[] PARALLEL_PORTS = {0x378, 0x278, 0x3BC};

  private static final int PARALLEL_IRQ = 7;

  final Mc146818Rtc rtc;
  final FpuErrorPort fpuError;
  final I8042 keyboard;
  final List<Uart16550> serial = new ArrayList<>();
  private final int parallelPorts;

  /// @param hpetRoutes global system interrupts that the HPET's timers can be routed to, a bit for each
  IsaDevices(Board board, int hpetRoutes, ResetControl resetControl) {
    BoardConfig config = board.config();
    PortSpace ports = board.ports;
    I8254 pit;
    if (config.hpet()) {
      Hpet hpet = board.add(new Hpet(board.clock, board.irqs(IoApic.PINS), hpetRoutes));
      board.mmio.map("hpet", Hpet.BASE, Hpet.LENGTH, hpet);
      pit = board.add(new I8254(board.clock, hpet.pitInput()));
      hpet.replaces(pit);
      rtc = board.add(new Mc146818Rtc(board.clock, hpet.rtcInput(), config.utcNanos(), config.utcAhead()));
    } else {
      pit = board.add(new I8254(board.clock, board.irq(0)));
      rtc = board.add(new Mc146818Rtc(board.clock, board.irq(8), config.utcNanos(), config.utcAhead()));
    }
    board.add(I8237.first()).map(ports);
    board.add(I8237.second()).map(ports);
    ports.map("pit", 0x40, 4, pit);
    ports.map("port61", 0x61, 1, board.add(new Port61(pit)));
    ports.map("rtc", 0x70, 2, rtc);
    keyboard =
        board.add(new I8042(board.irq(1), board.irq(12), IrqLine.none(), board::requestReset));
    keyboard.map(ports);
    ports.map("port80", 0x80, 1, board.add(new PostPort()));
    ports.map("port92", 0x92, 1, board.add(new Port92(IrqLine.none(), board::requestReset)));
    ports.map("reset-control", ResetControl.PORT, 1, board.add(resetControl));
    fpuError = board.add(new FpuErrorPort(board.irq(13)));
    ports.map("fpu-error", 0xF0, 1, fpuError);
    for (int i = 0; i < config.serial().size(); i++) {
      addSerial(board, i, board.irq(SERIAL_IRQS[i]), config.serial().get(i));
    }
    parallelPorts = config.parallel().size();
    for (int i = 0; i < parallelPorts; i++) {
      ParallelPort port = board.add(
          new ParallelPort("parallel" + i, board.irq(PARALLEL_IRQ), config.parallel().get(i)));
      ports.map(port.name(), PARALLEL_PORTS[i], ParallelPort.LENGTH, port);
    }
    config.debugConsole().ifPresent(
        sink -> ports.map("debugcon", DebugConsole.PORT, 1, board.add(new DebugConsole(sink))));
    if (config.debugExit()) {
      IsaDebugExit exit = board.add(new IsaDebugExit(board::requestDebugExit));
      ports.map("debug-exit", IsaDebugExit.DEFAULT_PORT, IsaDebugExit.DEFAULT_LENGTH, exit);
    }
    Cmos.fill(rtc, board.memory);
    BootChoice boot = config.boot();
    Cmos.boot(rtc, boot.once().orElse(boot.order()), boot.floppyCheck());
    Cmos.cpus(rtc, config.slots().topology().cpus());
  }

  private void addSerial(Board board, int number, IrqLine irq, ByteSink sink) {
    Uart16550 uart = board.add(new Uart16550("serial" + number, board.clock, irq, sink));
    board.ports.map(uart.name(), SERIAL_PORTS[number], 8, uart);
    serial.add(uart);
  }

  /// What the DSDT says of them, as QEMU has it and in its order.
  ///
  /// @param floppy the board has a floppy disk controller
  List<Aml> aml(boolean floppy) {
    List<Aml> devices = new ArrayList<>();
    devices.add(IsaAml.keyboard());
    devices.add(IsaAml.mouse());
    if (floppy) {
      devices.add(IsaAml.floppyController(0));
    }
    for (int i = parallelPorts; i > 0; i--) {
      devices.add(IsaAml.parallelPort(i));
    }
    for (int i = serial.size(); i > 0; i--) {
      devices.add(IsaAml.serialPort(i));
    }
    devices.add(IsaAml.realTimeClock());
    return devices;
  }

  int[] serialPorts() {
    return Arrays.copyOf(SERIAL_PORTS, serial.size());
  }

  int[] parallelPorts() {
    return Arrays.copyOf(PARALLEL_PORTS, parallelPorts);
  }
}
