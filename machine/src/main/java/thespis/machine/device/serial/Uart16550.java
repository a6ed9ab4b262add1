package thespis.machine.device.serial;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;

/// National PC16550D, offsets as in its register table ("Summary of Registers"); DLAB (LCR bit 7) swaps 0 and 1.
///
/// Sending takes no guest time: the transmitter is empty again when the write ends, as in QEMU with a backend that
/// takes everything. Bytes reach the sink in batches: at a line feed, when the guest writes IER (which Linux does after
/// each burst), when the buffer is full, or a millisecond after the first. Input queues on the host side and enters the
/// FIFO up to its trigger level as the guest makes room. QEMU differs: OUT2 does not gate the interrupt on its PCs.
public final class Uart16550 implements Device, BytePorts {
  private static final int DATA = 0, IER = 1, IIR_FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6;
  private static final int IER_RDI = 1, IER_THRI = 2, IER_RLSI = 4, IER_MSI = 8;
  private static final int IIR_NONE = 1, IIR_THRI = 2, IIR_RDI = 4, IIR_RLSI = 6, IIR_TIMEOUT = 0xC, IIR_FIFOS = 0xC0;
  private static final int FCR_ENABLE = 1, FCR_CLEAR_RX = 2, FCR_CLEAR_TX = 4, FCR_KEPT = 0xC9;
  private static final int LCR_DLAB = 0x80;
  private static final int MCR_DTR = 1, MCR_RTS = 2, MCR_OUTS = 0x0C, MCR_OUT2 = 8, MCR_LOOP = 0x10;
  private static final int LSR_DR = 1, LSR_OE = 2, LSR_BI = 0x10, LSR_THRE = 0x20, LSR_TEMT = 0x40, LSR_ERRORS = 0x1E;
  private static final int MSR_DELTAS = 0x0F, MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_DCD = 0x80;
  private static final int FIFO_SIZE = 16;
  private static final int[] TRIGGER = {1, 4, 8, 14};
  private static final int BAUD_BASE = 115_200;
  private static final int TIMEOUT_CHARACTERS = 4;
  private static final int BATCH = 1024;
  private static final long BATCH_NANOS = 1_000_000;

  private final String name;
  private final GuestClock clock;
  private final IrqLine irq;
  private final ByteSink sink;
  private final GuestClock.Timer batchTimer, timeoutTimer, inputTimer;

  private int rbr, ier, fcr, lcr, mcr, lsr, msr, scr, divisor;
  private boolean threPending, timeoutPending;
  private final byte[] fifo = new byte[FIFO_SIZE];
  private int fifoHead, fifoCount;
  private long timeoutAt;

  private final ByteQueue input = new ByteQueue();
  private final byte[] batch = new byte[BATCH];
  private int batched;

  public Uart16550(String name, GuestClock clock, IrqLine irq, ByteSink sink) {
    this.name = name;
    this.clock = clock;
    this.irq = irq;
    this.sink = sink;
    batchTimer = clock.timer(name + "-output", this::flush);
    timeoutTimer = clock.timer(name + "-timeout", this::characterTimeout);
    inputTimer = clock.timer(name + "-input", this::goOn);
    powerOn();
  }

  @Override
  public String name() {
    return name;
  }

  /// "Reset Configurations". Input that the guest has not seen stays queued.
  @Override
  public synchronized void reset() {
    flush();
    powerOn();
    updateIrq();
  }

  private void powerOn() {
    rbr = ier = fcr = lcr = scr = 0;
    mcr = MCR_OUT2;
    lsr = LSR_THRE | LSR_TEMT;
    msr = MSR_DCD | MSR_DSR | MSR_CTS;
    divisor = BAUD_BASE / 9600;
    threPending = false;
    clearReceiver();
  }

  @Override
  public synchronized int readByte(int reg) {
    return switch (reg) {
      case DATA -> dlab() ? divisor & 0xFF : takeReceived();
      case IER -> dlab() ? divisor >>> 8 : ier;
      case IIR_FCR -> takeInterruptId();
      case LCR -> lcr;
      case MCR -> mcr;
      case LSR -> takeLineStatus();
      case MSR -> takeModemStatus();
      default -> scr;
    };
  }

  @Override
  public synchronized void writeByte(int reg, int value) {
    switch (reg) {
      case DATA -> {
        if (dlab()) {
          divisor = divisor & 0xFF00 | value;
        } else {
          transmit(value);
        }
      }
      case IER -> {
        if (dlab()) {
          divisor = divisor & 0xFF | value << 8;
        } else {
          writeIer(value & 0x0F);
        }
      }
      case IIR_FCR -> writeFcr(value);
      case LCR -> lcr = value;
      case MCR -> {
        mcr = value & 0x1F;
        feed();
      }
      case LSR, MSR -> { }
      default -> scr = value;
    }
  }

  @Override
  public synchronized void state(StateIo io) {
    rbr = io.u8("rbr", rbr);
    ier = io.u8("ier", ier);
    fcr = io.u8("fcr", fcr);
    lcr = io.u8("lcr", lcr);
    mcr = io.u8("mcr", mcr);
    lsr = io.u8("lsr", lsr);
    msr = io.u8("msr", msr);
    scr = io.u8("scr", scr);
    divisor = io.u16("divisor", divisor);
    threPending = io.bool("thre-pending", threPending);
    timeoutPending = io.bool("timeout-pending", timeoutPending);
    timeoutAt = io.u64("timeout-at", timeoutAt);
    io.bytes("fifo", fifo);
    fifoHead = io.within("fifo-head", fifoHead, 0, FIFO_SIZE - 1);
    fifoCount = io.within("fifo-count", fifoCount, 0, FIFO_SIZE);
    String waiting = io.text("input", input.text());
    if (io.loading()) {
      input.clear();
      input.add(waiting.getBytes(StandardCharsets.ISO_8859_1));
      if (input.size() > 0) {
        inputTimer.arm(clock.nanos());
      }
      if (fifoCount > 0) {
        timeoutTimer.arm(timeoutAt);
      }
      updateIrq();
    }
  }

  /// Input from the host, any thread. It waits while the machine stands still.
  public synchronized void receive(byte[] bytes) {
    input.add(bytes);
    if (clock.isRunning()) {
      feed();
    } else {
      inputTimer.arm(clock.nanos());
    }
  }

  private synchronized void goOn() {
    feed();
  }

  /// Input bytes that the guest has not taken yet.
  public synchronized int queued() {
    return input.size() + fifoCount;
  }

  /// A break condition on the line.
  public synchronized void receiveBreak() {
    store(0);
    lsr |= LSR_BI;
    updateIrq();
  }

  /// Hands buffered output to the sink, any thread; for whoever pauses or ends the machine.
  public synchronized void flush() {
    if (batched > 0) {
      batchTimer.cancel();
      int length = batched;
      batched = 0;
      sink.accept(batch, 0, length);
    }
  }

  private boolean dlab() {
    return (lcr & LCR_DLAB) != 0;
  }

  private boolean fifosEnabled() {
    return (fcr & FCR_ENABLE) != 0;
  }

  private int trigger() {
    return fifosEnabled() ? TRIGGER[fcr >>> 6] : 1;
  }

  private void writeIer(int value) {
    int changed = ier ^ value;
    ier = value;
    if ((changed & IER_THRI) != 0) {
      threPending = (ier & IER_THRI) != 0;
    }
    updateIrq();
    flush();
  }

  private void writeFcr(int value) {
    boolean toggled = ((value ^ fcr) & FCR_ENABLE) != 0;
    if (toggled || (value & FCR_CLEAR_RX) != 0) {
      clearReceiver();
    }
    if (toggled || (value & FCR_CLEAR_TX) != 0) {
      threPending = true;
    }
    fcr = value & FCR_KEPT;
    feed();
  }

  private void transmit(int value) {
    threPending = false;
    updateIrq();
    if ((mcr & MCR_LOOP) != 0) {
      store(value);
    } else {
      emit(value);
    }
    threPending = true;
    updateIrq();
  }

  private void emit(int value) {
    if (batched == 0) {
      batchTimer.arm(clock.nanos() + BATCH_NANOS);
    }
    batch[batched++] = (byte) value;
    if (value == '\n' || batched == BATCH) {
      flush();
    }
  }

  /// "Interrupt Identification Register": four priorities.
  private int interruptId() {
    if ((ier & IER_RLSI) != 0 && (lsr & LSR_ERRORS) != 0) {
      return IIR_RLSI;
    }
    if ((ier & IER_RDI) != 0 && timeoutPending) {
      return IIR_TIMEOUT;
    }
    if ((ier & IER_RDI) != 0 && (lsr & LSR_DR) != 0 && fifoCount >= trigger()) {
      return IIR_RDI;
    }
    if ((ier & IER_THRI) != 0 && threPending) {
      return IIR_THRI;
    }
    return (ier & IER_MSI) != 0 && (msr & MSR_DELTAS) != 0 ? 0 : IIR_NONE;
  }

  private void updateIrq() {
    irq.set(interruptId() != IIR_NONE);
  }

  private int takeInterruptId() {
    int id = interruptId();
    if (id == IIR_THRI) {
      threPending = false;
      updateIrq();
    }
    return id | (fifosEnabled() ? IIR_FIFOS : 0);
  }

  private int takeLineStatus() {
    int value = lsr;
    if ((lsr & (LSR_BI | LSR_OE)) != 0) {
      lsr &= ~(LSR_BI | LSR_OE);
      updateIrq();
    }
    return value;
  }

  /// In loopback the modem control outputs are its inputs.
  private int takeModemStatus() {
    if ((mcr & MCR_LOOP) != 0) {
      return (mcr & MCR_OUTS) << 4 | (mcr & MCR_RTS) << 3 | (mcr & MCR_DTR) << 5;
    }
    int value = msr;
    if ((msr & MSR_DELTAS) != 0) {
      msr &= ~MSR_DELTAS;
      updateIrq();
    }
    return value;
  }

  private int takeReceived() {
    if (fifoCount == 0) {
      return fifosEnabled() ? 0 : rbr;
    }
    int value = fifo[fifoHead] & 0xFF;
    fifoHead = (fifoHead + 1) % FIFO_SIZE;
    fifoCount--;
    timeoutPending = false;
    if (fifoCount == 0) {
      lsr &= ~(LSR_DR | LSR_BI);
      timeoutTimer.cancel();
    } else {
      armTimeout();
    }
    feed();
    return value;
  }

  private void clearReceiver() {
    fifoHead = fifoCount = 0;
    timeoutPending = false;
    timeoutTimer.cancel();
    lsr &= ~(LSR_DR | LSR_BI);
  }

  /// Moves input in until the guest is told: up to the trigger level. In loopback the line is cut off.
  private void feed() {
    while ((mcr & MCR_LOOP) == 0 && input.size() > 0 && fifoCount < trigger()) {
      store(input.remove());
    }
    updateIrq();
  }

  /// One character out of the shift register. Without FIFOs, the FIFO's first place says whether the receiver buffer is
  /// full; the buffer keeps its last character when it was read.
  private void store(int value) {
    if (fifoCount == (fifosEnabled() ? FIFO_SIZE : 1)) {
      lsr |= LSR_OE;
      if (fifosEnabled()) {
        return;
      }
      fifoCount = 0;
    }
    if (!fifosEnabled()) {
      rbr = value;
    }
    fifo[(fifoHead + fifoCount++) % FIFO_SIZE] = (byte) value;
    lsr |= LSR_DR;
    armTimeout();
  }

  /// "FIFO Interrupt Mode Operation": a character has waited for the time of four.
  private void armTimeout() {
    if (fifosEnabled()) {
      int bits = 2 + 5 + (lcr & 3) + (lcr >>> 2 & 1) + (lcr >>> 3 & 1);
      timeoutAt = clock.nanos() + TIMEOUT_CHARACTERS * bits * 1_000_000_000L / BAUD_BASE * Math.max(1, divisor);
      timeoutTimer.arm(timeoutAt);
    }
  }

  private synchronized void characterTimeout() {
    if (fifoCount > 0 && fifosEnabled() && clock.nanos() >= timeoutAt) {
      timeoutPending = true;
      updateIrq();
    }
  }

  /// Bytes from the host that wait for room.
  private static final class ByteQueue {
    private byte[] bytes = new byte[64];
    private int head, size;

    int size() {
      return size;
    }

    void add(byte[] more) {
      byte[] all = bytes.length >= size + more.length ? bytes : new byte[Integer.highestOneBit(size + more.length) * 2];
      byte[] kept = Arrays.copyOfRange(bytes, head, head + size);
      System.arraycopy(kept, 0, all, 0, size);
      System.arraycopy(more, 0, all, size, more.length);
      bytes = all;
      head = 0;
      size += more.length;
    }

    void clear() {
      size = 0;
    }

    /// A character for each byte.
    String text() {
      return new String(bytes, head, size, StandardCharsets.ISO_8859_1);
    }

    int remove() {
      size--;
      return bytes[head++] & 0xFF;
    }
  }
}
