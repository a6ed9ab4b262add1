package thespis.machine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import thespis.cpu.apic.ApicBus;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.PortSpace;
import thespis.machine.device.irq.GsiRouter;
import thespis.machine.device.irq.I8259Pair;
import thespis.machine.device.irq.IoApic;
import thespis.machine.device.misc.I8042;
import thespis.machine.device.misc.KeyCode;
import thespis.machine.device.serial.Uart16550;
import thespis.machine.device.timer.Hpet;
import thespis.machine.device.timer.I8254;
import thespis.machine.device.timer.Mc146818Rtc;
import thespis.machine.time.HostClock;

/// The chips of one machine, poked by several "vCPUs" while timers expire and the host types: nothing may lock up, and
/// no byte may get lost.
@Timeout(60)
class ChipThreadsTest {
  private static final int ROUNDS = 4000;

  /// As the real one: it takes no lock of its own.
  private static final class FreeApics implements ApicBus {
    private volatile IntConsumer eoi;
    private volatile IntSupplier acknowledge;
    private volatile boolean intr;

    @Override
    public void deliver(int destination, boolean logical, int deliveryMode, int vector, boolean level) {}

    @Override
    public void onEoi(IntConsumer listener) {
      eoi = listener;
    }

    @Override
    public void intr(boolean level) {
      intr = level;
    }

    @Override
    public void intAck(IntSupplier supplier) {
      acknowledge = supplier;
    }
  }

  @Test
  void vcpusTimersAndHostDoNotLockEachOtherUp() throws InterruptedException {
    StringBuilder output = new StringBuilder();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (HostClock clock = HostClock.running()) {
      FreeApics apics = new FreeApics();
      I8259Pair pic = new I8259Pair(apics);
      IoApic ioApic = new IoApic(apics, pic::acknowledge);
      GsiRouter router = new GsiRouter(pic, ioApic);
      IrqLine[] lines = new IrqLine[IoApic.PINS];
      for (int i = 0; i < lines.length; i++) {
        lines[i] = router.gsi(i);
      }
      Hpet hpet = new Hpet(clock, lines, 0xFF_0104);
      I8254 pit = new I8254(clock, hpet.pitInput());
      hpet.replaces(pit);
      Mc146818Rtc rtc = new Mc146818Rtc(clock, hpet.rtcInput(), System::currentTimeMillis);
      I8042 keyboard = new I8042(lines[1], lines[12], IrqLine.none(), () -> { });
      Uart16550 uart = new Uart16550("serial0", clock, lines[4],
          (bytes, offset, length) -> output.append(new String(bytes, offset, length, StandardCharsets.ISO_8859_1)));
      PortSpace ports = new PortSpace();
      pic.map(ports);
      keyboard.map(ports);
      ports.map("pit", 0x40, 4, pit);
      ports.map("rtc", 0x70, 2, rtc);
      ports.map("uart", 0x3F8, 8, uart);
      ports.write(0x3FA, 1, 0x01);
      ports.write(0x3F9, 1, 0x03);

      StringBuilder input = new StringBuilder();
      List<Runnable> work = new ArrayList<>();
      work.add(() -> ports.write(0x3F8, 1, 'x'));
      work.add(() -> uart.receive(new byte[] {'y'}));
      work.add(() -> {
        if ((ports.read(0x3FD, 1) & 1) != 0) {
          input.append((char) ports.read(0x3F8, 1));
        }
      });
      work.add(() -> {
        ports.write(0x43, 1, 0x34);
        ports.write(0x40, 1, 50);
        ports.write(0x40, 1, 0);
      });
      work.add(() -> hpet.write(0x10, 4, System.nanoTime() & 3));
      work.add(() -> {
        hpet.write(0x100, 4, 0x10C);
        hpet.write(0x108, 4, hpet.read(0xF0, 4) + 1000);
      });
      work.add(() -> {
        ports.write(0x70, 1, 0x0B);
        ports.write(0x71, 1, 0x42);
        ports.write(0x70, 1, 0x0C);
        ports.read(0x71, 1);
      });
      work.add(() -> {
        keyboard.key(KeyCode.A, true);
        ports.read(0x60, 1);
      });
      work.add(() -> {
        if (apics.intr) {
          apics.acknowledge.getAsInt();
          ports.write(0xA0, 1, 0x20);
          ports.write(0x20, 1, 0x20);
        }
        apics.eoi.accept(0x30);
      });

      CountDownLatch start = new CountDownLatch(1);
      List<Thread> threads = work.stream().map(step -> Thread.ofPlatform().daemon().start(() -> {
        try {
          start.await();
          for (int i = 0; i < ROUNDS; i++) {
            step.run();
          }
        } catch (InterruptedException | RuntimeException e) {
          failure.set(e);
        }
      })).toList();
      start.countDown();
      for (Thread t : threads) {
        t.join();
      }
      uart.flush();
      while ((ports.read(0x3FD, 1) & 1) != 0) {
        input.append((char) ports.read(0x3F8, 1));
      }
      assertEquals("y".repeat(ROUNDS), input.toString());
    }
    assertTrue(failure.get() == null, () -> "a thread failed: " + failure.get());
    assertEquals("x".repeat(ROUNDS), output.toString());
  }
}
