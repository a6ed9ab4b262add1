package thespis.machine.board;

import java.util.ArrayList;
import java.util.List;
import thespis.machine.bus.IrqLine;
import thespis.machine.device.serial.ByteSink;
import thespis.machine.device.serial.Uart16550;
import thespis.machine.device.timer.I8254;
import thespis.machine.device.timer.Mc146818Rtc;
import thespis.machine.device.timer.Port61;

/// What both boards have on the ISA side of their south bridge, a line for each.
final class IsaDevices {
  /// "PC/AT Technical Reference": ports and interrupts of COM1 to COM4.
  private static final int[] SERIAL_PORTS = {0x3F8, 0x2F8, 0x3E8, 0x2E8};

  private static final int[] SERIAL_IRQS = {4, 3, 4, 3};

  final Mc146818Rtc rtc;
  final List<Uart16550> serial = new ArrayList<>();

  IsaDevices(Board board) {
    BoardConfig config = board.config();
    I8254 pit = board.add(new I8254(board.clock, board.irq(0)));
    board.ports.map("pit", 0x40, 4, pit);
    board.ports.map("port61", 0x61, 1, board.add(new Port61(pit)));
    rtc = board.add(new Mc146818Rtc(board.clock, board.irq(8), config.utcNanos()));
    board.ports.map("rtc", 0x70, 2, rtc);
    for (int i = 0; i < config.serial().size(); i++) {
      addSerial(board, i, board.irq(SERIAL_IRQS[i]), config.serial().get(i));
    }
    Cmos.fill(rtc, board.memory);
    Cmos.cpus(rtc, config.slots().topology().cpus());
  }

  private void addSerial(Board board, int number, IrqLine irq, ByteSink sink) {
    Uart16550 uart = board.add(new Uart16550("serial" + number, board.clock, irq, sink));
    board.ports.map(uart.name(), SERIAL_PORTS[number], 8, uart);
    serial.add(uart);
  }

  List<Integer> serialPorts() {
    List<Integer> bases = new ArrayList<>();
    for (int i = 0; i < serial.size(); i++) {
      bases.add(SERIAL_PORTS[i]);
    }
    return bases;
  }
}
