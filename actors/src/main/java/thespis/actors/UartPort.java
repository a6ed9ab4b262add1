package thespis.actors;

import thespis.machine.device.serial.Uart16550;

/// A UART as the end of a serial line.
record UartPort(Uart16550 uart) implements SerialLine.Port {
  @Override
  public void receive(byte[] bytes) {
    uart.receive(bytes);
  }

  @Override
  public int queued() {
    return uart.queued();
  }

  @Override
  public void receiveBreak() {
    uart.receiveBreak();
  }
}
