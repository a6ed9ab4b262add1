package thespis.actors.qtest;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import thespis.actors.qtest.Request.BadRequestException;
import thespis.machine.device.irq.LineWatch;
import thespis.machine.time.VirtualClock;

/// One test's talk. QEMU documentation "QTest Device Emulation Testing Framework", "QTest Protocol". Each request is a line,
/// and so is each answer; lines that tell of interrupts come between them.
final class QtestSession {
  private static final String OK = "OK";
  private static final int MOST_BYTES = 1 << 30;
  private static final int CHUNK = 1 << 16;
  private static final HexFormat HEX = HexFormat.of();

  private final QtestTarget target;
  private final Consumer<String> events;

  /// The object whose interrupts are told of: there is one at most.
  private String watched;

  /// @param events hears the lines that nobody asked for, on any thread
  QtestSession(QtestTarget target, Consumer<String> events) {
    this.target = target;
    this.events = events;
  }

  /// Another test begins at the other end.
  void opened() {
    if (watched != null) {
      target.inputs(watched).ifPresent(lines -> lines.listen(this::changed));
    }
  }

  String answer(String line) {
    Request request = Request.of(line);
    try {
      return dispatch(request);
    } catch (BadRequestException e) {
      return "FAIL " + e.getMessage();
    }
  }

  private String dispatch(Request r) {
    return switch (r.command()) {
      case "endianness" -> "OK little";
      case "inb" -> in(r, 1);
      case "inw" -> in(r, 2);
      case "inl" -> in(r, 4);
      case "outb" -> out(r, 1);
      case "outw" -> out(r, 2);
      case "outl" -> out(r, 4);
      case "readb" -> load(r, 1);
      case "readw" -> load(r, 2);
      case "readl" -> load(r, 4);
      case "readq" -> load(r, 8);
      case "writeb" -> store(r, 1);
      case "writew" -> store(r, 2);
      case "writel" -> store(r, 4);
      case "writeq" -> store(r, 8);
      case "read" -> "OK 0x" + HEX.formatHex(bytes(r, 1));
      case "b64read" -> "OK " + Base64.getEncoder().encodeToString(bytes(r, 0));
      case "write" -> write(r);
      case "b64write" -> writeBase64(r);
      case "memset" -> fill(r);
      case "clock_step" -> target.clock().map(clock -> step(r, clock)).orElseGet(() -> unknown(r));
      case "clock_set" -> target.clock().map(clock -> moveTo(clock, r.number(1))).orElseGet(() -> unknown(r));
      case "irq_intercept_in" -> watch(r, true);
      case "irq_intercept_out" -> watch(r, false);
      case "set_irq_in" -> drive(r);
      case "module_load" -> "FAIL";
      default -> unknown(r);
    };
  }

  private static String unknown(Request r) {
    return "FAIL Unknown command '" + r.command() + "'";
  }

  private String in(Request r, int size) {
    return "OK 0x%04x".formatted(target.in(r.port(1), size));
  }

  private String out(Request r, int size) {
    target.out(r.port(1), size, (int) r.number(2));
    return OK;
  }

  private String load(Request r, int size) {
    byte[] bytes = target.read(r.number(1), size);
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (bytes[i] & 0xFFL) << 8 * i;
    }
    return "OK 0x%016x".formatted(value);
  }

  private String store(Request r, int size) {
    long address = r.number(1);
    long value = r.number(2);
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (value >>> 8 * i);
    }
    target.write(address, bytes);
    return OK;
  }

  private byte[] bytes(Request r, int least) {
    long address = r.number(1);
    int count = (int) r.within(2, MOST_BYTES);
    if (count < least) {
      throw new BadRequestException("there is nothing to read");
    }
    return target.read(address, count);
  }

  /// What is given may be shorter: zeros follow.
  private String write(Request r) {
    long address = r.number(1);
    byte[] bytes = new byte[(int) r.within(2, MOST_BYTES)];
    String digits = r.text(3);
    if (digits.length() < 3) {
      return "ERR invalid argument size";
    }
    for (int i = 0; i < bytes.length && 2 * i + 4 <= digits.length(); i++) {
      bytes[i] = (byte) (nibble(digits.charAt(2 * i + 2)) << 4 | nibble(digits.charAt(2 * i + 3)));
    }
    target.write(address, bytes);
    return OK;
  }

  /// Minus one if it is none, as in QEMU.
  private static int nibble(char digit) {
    return digit > 'f' ? -1 : Character.digit(digit, 16);
  }

  private String writeBase64(Request r) {
    long address = r.number(1);
    int count = (int) r.within(2, MOST_BYTES);
    if (r.text(3).length() < 3) {
      return "ERR invalid argument size";
    }
    byte[] bytes;
    try {
      bytes = Base64.getMimeDecoder().decode(r.text(3));
    } catch (IllegalArgumentException e) {
      throw new BadRequestException("'" + r.text(3) + "' is not base64");
    }
    target.write(address, Arrays.copyOf(bytes, Math.min(bytes.length, count)));
    return OK;
  }

  private String fill(Request r) {
    long address = r.number(1);
    long count = r.number(2);
    byte[] chunk = new byte[CHUNK];
    Arrays.fill(chunk, (byte) r.number(3));
    for (long left = r.within(2, Long.MAX_VALUE); left > 0; left -= CHUNK) {
      target.write(address + (count - left), left < CHUNK ? Arrays.copyOf(chunk, (int) left) : chunk);
    }
    return OK;
  }

  /// Without a number to the next timer's deadline, if there is one.
  private static String step(Request r, VirtualClock clock) {
    long now = clock.nanos();
    return r.has(1)
        ? moveTo(clock, now + r.number(1))
        : clock.isRunning() && clock.nextDeadline() != VirtualClock.NEVER
            ? moveTo(clock, clock.nextDeadline())
            : moveTo(clock, now);
  }

  private static String moveTo(VirtualClock clock, long nanos) {
    if (nanos > clock.nanos()) {
      clock.advanceTo(nanos);
    }
    return "OK " + clock.nanos();
  }

  private String watch(Request r, boolean inputs) {
    String path = target.resolve(r.text(1)).orElse(null);
    if (path == null) {
      return "FAIL Unknown device";
    }
    if (watched != null) {
      return watched.equals(path) ? OK : "FAIL IRQ intercept already enabled";
    }
    watched = path;
    if (inputs) {
      target.inputs(path).ifPresent(lines -> lines.listen(this::changed));
    }
    return OK;
  }

  private void changed(int number, boolean level) {
    events.accept("IRQ " + (level ? "raise " : "lower ") + number);
  }

  private String drive(Request r) {
    String name = r.text(2);
    int level = (int) r.number(4);
    Optional<String> path = target.resolve(r.text(1));
    if (path.isEmpty()) {
      return "FAIL Unknown device";
    }
    Optional<LineWatch> lines = path.flatMap(target::inputs).filter(all -> name.equals("unnamed-gpio-in"));
    if (lines.isEmpty()) {
      throw new BadRequestException("'" + r.text(1) + "' has no inputs '" + name + "'");
    }
    lines.get().drive((int) r.within(3, lines.get().count() - 1), level != 0);
    return OK;
  }
}
