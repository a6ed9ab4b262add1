package thespis.machine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.MmioHandler;
import thespis.machine.bus.PortSpace;
import thespis.machine.bus.SavedState;
import thespis.machine.device.irq.I8259Pair;
import thespis.machine.device.irq.IoApic;
import thespis.machine.device.misc.FpuErrorPort;
import thespis.machine.device.misc.I8042;
import thespis.machine.device.misc.I8237;
import thespis.machine.device.misc.KeyCode;
import thespis.machine.device.misc.Port92;
import thespis.machine.device.misc.ResetControl;
import thespis.machine.device.parallel.ParallelPort;
import thespis.machine.device.serial.ByteSink;
import thespis.machine.device.serial.Uart16550;
import thespis.machine.device.timer.Hpet;
import thespis.machine.device.timer.I8254;
import thespis.machine.device.timer.Mc146818Rtc;
import thespis.machine.device.timer.Port61;
import thespis.machine.time.VirtualClock;

/// Each chip is poked at random, saved in that odd state, and loaded into a new one: from then on both must answer every
/// access alike and drive their wires alike while time passes.
class ChipStateTest {
  private static final long BASE = 1_700_000_000_000_000_000L;

  /// One chip on its own clock, and what a guest can do to it.
  private abstract static class Rig {
    final VirtualClock clock = new VirtualClock();
    final StringBuilder trace = new StringBuilder();
    Device device;

    IrqLine wire(int number) {
      return level -> trace.append(level ? " +" : " -").append(number);
    }

    abstract long access(Random random);

    /// Steps of the same random choices on both rigs give the same trace, or something was not saved.
    String run(long seed, int steps) {
      trace.setLength(0);
      Random random = new Random(seed);
      for (int i = 0; i < steps; i++) {
        if (random.nextInt(8) == 0) {
          clock.advance(random.nextLong(3_000_000));
        }
        trace.append(' ').append(Long.toHexString(access(random)));
      }
      return trace.toString();
    }
  }

  private static long ports(BytePorts chip, int count, Random random) {
    int port = random.nextInt(count);
    if (random.nextBoolean()) {
      return chip.readByte(port);
    }
    chip.writeByte(port, random.nextInt(256));
    return -1;
  }

  private static long registers(MmioHandler chip, long[] offsets, Random random) {
    long offset = offsets[random.nextInt(offsets.length)];
    if (random.nextBoolean()) {
      return chip.read(offset, 4);
    }
    chip.write(offset, 4, random.nextInt() & 0xFFFF_FFFFL >>> random.nextInt(32));
    return -1;
  }

  private static long anyPort(PortSpace ports, int[] numbers, Random random) {
    int port = numbers[random.nextInt(numbers.length)];
    if (random.nextBoolean()) {
      return ports.read(port, 1);
    }
    ports.write(port, 1, random.nextInt(256));
    return -1;
  }

  private static Rig rig(BiFunction<Rig, Random, Long> access, Function<Rig, Device> make) {
    Rig rig = new Rig() {
      @Override
      long access(Random random) {
        return access.apply(this, random);
      }
    };
    rig.device = make.apply(rig);
    rig.device.reset();
    return rig;
  }

  private static Rig pit() {
    return rig((r, random) -> ports((I8254) r.device, 4, random), r -> new I8254(r.clock, r.wire(0)));
  }

  /// Its gate and output are the 8254's.
  private record SpeakerPort(I8254 pit, Port61 port) implements Device {
    @Override
    public String name() {
      return port.name();
    }

    @Override
    public void reset() {
      pit.reset();
      port.reset();
    }

    @Override
    public void state(StateIo io) {
      pit.state(io);
      port.state(io);
    }
  }

  private static Rig port61() {
    return rig((r, random) -> ports(((SpeakerPort) r.device).port, 1, random), r -> {
      I8254 pit = new I8254(r.clock, IrqLine.none());
      return new SpeakerPort(pit, new Port61(pit));
    });
  }

  private static Rig rtc() {
    return rig((r, random) -> {
      Mc146818Rtc rtc = (Mc146818Rtc) r.device;
      rtc.writeByte(0, random.nextInt(14));
      return ports(rtc, 2, random);
    }, r -> new Mc146818Rtc(r.clock, r.wire(8), () -> BASE + r.clock.nanos()));
  }

  private static Rig uart() {
    return rig((r, random) -> {
      Uart16550 uart = (Uart16550) r.device;
      if (random.nextInt(10) == 0) {
        uart.writeByte(4, 0x1B);
      }
      return ports(uart, 8, random);
    }, r -> new Uart16550("serial0", r.clock, r.wire(4), ByteSink.NONE));
  }

  private static Rig hpet() {
    long[] offsets = {0x10, 0x20, 0xF0, 0xF4, 0x100, 0x108, 0x10C, 0x110, 0x120, 0x128, 0x12C, 0x140, 0x148, 0x14C};
    return rig((r, random) -> registers((Hpet) r.device, offsets, random), r -> new Hpet(r.clock,
        IntStream.range(0, 24).mapToObj(r::wire).toArray(IrqLine[]::new), 0xFF_0104));
  }

  private static Rig ioApic() {
    return rig((r, random) -> {
      IoApic chip = (IoApic) r.device;
      if (random.nextInt(3) == 0) {
        chip.pin(random.nextInt(4)).set(random.nextBoolean());
        return 0L;
      }
      if (random.nextInt(4) == 0) {
        chip.write(0, 4, 0x10 + random.nextInt(8));
      }
      return registers(chip, new long[] {0x10, 0x40}, random);
    }, r -> new IoApic(new TracingApics(r.trace), () -> 0));
  }

  private static Rig pic() {
    PortSpace ports = new PortSpace();
    return rig((r, random) -> {
      if (random.nextInt(3) == 0) {
        ((I8259Pair) r.device).input(random.nextInt(16)).set(random.nextBoolean());
        return 0L;
      }
      if (random.nextInt(6) == 0) {
        return (long) ((I8259Pair) r.device).acknowledge();
      }
      return anyPort(ports, new int[] {0x20, 0x21, 0xA0, 0xA1, 0x4D0, 0x4D1}, random);
    }, r -> {
      I8259Pair pair = new I8259Pair(new TracingApics(r.trace));
      pair.map(ports);
      return pair;
    });
  }

  private static Rig keyboard() {
    PortSpace ports = new PortSpace();
    return rig((r, random) -> {
      I8042 chip = (I8042) r.device;
      switch (random.nextInt(8)) {
        case 0 -> chip.key(KeyCode.values()[random.nextInt(100)], random.nextBoolean());
        case 1 -> chip.mouse(random.nextInt(100), random.nextInt(100), random.nextInt(3), random.nextInt(32));
        case 2 -> ports.write(0x64, 1, new int[] {0xD4, 0x60, 0xD3, 0x20, 0xA8, 0xAE}[random.nextInt(6)]);
        case 3 -> ports.write(0x60, 1, 0xE6 + random.nextInt(26));
        default -> {
          return ports.read(0x60, 1) << 8 | ports.read(0x64, 1);
        }
      }
      return -1L;
    }, r -> {
      I8042 chip = new I8042(r.wire(1), r.wire(12), r.wire(20), () -> r.trace.append(" reset"));
      chip.map(ports);
      return chip;
    });
  }

  private static Rig dma() {
    PortSpace ports = new PortSpace();
    int[] numbers = IntStream.concat(IntStream.range(0xC0, 0xE0), IntStream.range(0x89, 0x90)).toArray();
    return rig((r, random) -> anyPort(ports, numbers, random), r -> {
      I8237 chip = I8237.second();
      chip.map(ports);
      return chip;
    });
  }

  private static Rig port92() {
    return rig((r, random) -> ports((Port92) r.device, 1, random),
        r -> new Port92(r.wire(20), () -> r.trace.append(" reset")));
  }

  private static Rig resetControl() {
    return rig((r, random) -> ports((ResetControl) r.device, 1, random),
        r -> ResetControl.ich9(() -> r.trace.append(" reset")));
  }

  private static Rig fpuError() {
    return rig((r, random) -> {
      FpuErrorPort port = (FpuErrorPort) r.device;
      if (random.nextInt(2) == 0) {
        port.error(random.nextBoolean());
      }
      ports(port, 1, random);
      return port.ignoreError() ? 1L : 0L;
    }, r -> new FpuErrorPort(r.wire(13)));
  }

  private static Rig parallel() {
    return rig((r, random) -> ports((ParallelPort) r.device, 3, random),
        r -> new ParallelPort("parallel0", r.wire(7), (bytes, from, n) -> r.trace.append(" printed ").append(bytes[from])));
  }

  static Stream<Named<Supplier<Rig>>> rigs() {
    return Stream.<Supplier<Rig>>of(ChipStateTest::pit, ChipStateTest::port61, ChipStateTest::rtc,
            ChipStateTest::uart, ChipStateTest::hpet, ChipStateTest::ioApic, ChipStateTest::pic,
            ChipStateTest::keyboard, ChipStateTest::dma, ChipStateTest::port92, ChipStateTest::resetControl,
            ChipStateTest::fpuError, ChipStateTest::parallel)
        .map(make -> Named.of(make.get().device.name(), make));
  }

  @ParameterizedTest
  @MethodSource("rigs")
  void loadedChipGoesOnAsTheSavedOne(Supplier<Rig> make) {
    for (int seed = 0; seed < 50; seed++) {
      Rig original = make.get();
      original.run(seed, 20 + seed);
      SavedState saved = SavedState.of(original.device);
      Rig copy = make.get();
      copy.clock.advanceTo(original.clock.nanos());
      saved.loadInto(copy.device);
      String where = original.device.name() + " seed " + seed;
      assertEquals(saved.toString(), SavedState.of(copy.device).toString(), where);
      String expected = original.run(1000 + seed, 60);
      assertFalse(expected.isBlank());
      assertEquals(expected, copy.run(1000 + seed, 60), where);
    }
  }
}
