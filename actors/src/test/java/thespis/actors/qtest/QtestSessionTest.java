package thespis.actors.qtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.machine.device.irq.LineWatch;
import thespis.machine.time.VirtualClock;

/// What is answered where there is no machine: time, and requests that make no sense. QEMU ends itself at most of these.
class QtestSessionTest {
  private final VirtualClock clock = new VirtualClock();
  private final List<String> events = new ArrayList<>();

  private QtestSession session(Optional<VirtualClock> time) {
    return new QtestSession(new MachineTarget(Optional::empty, time), events::add);
  }

  private void ask(String request, String answer) {
    assertEquals(answer, session(Optional.of(clock)).answer(request), request);
  }

  @Test
  void timeIsTheTestsToMove() {
    List<Long> expiries = new ArrayList<>();
    clock.timer("a", () -> expiries.add(clock.nanos())).arm(70);
    clock.timer("b", () -> expiries.add(clock.nanos())).arm(50);
    ask("clock_step 10", "OK 10");
    ask("clock_step", "OK 50");
    ask("clock_set 0x40", "OK 64");
    ask("clock_set 10", "OK 64");
    ask("clock_step 6", "OK 70");
    ask("clock_step", "OK 70");
    assertEquals(List.of(50L, 70L), expiries);
  }

  @Test
  void whatIsDueWhileTheMachineIsPausedComesWhenItGoesOn() {
    List<Long> expiries = new ArrayList<>();
    clock.timer("a", () -> expiries.add(clock.nanos())).arm(5);
    clock.pause();
    ask("clock_step", "OK 0");
    ask("clock_step 9", "OK 9");
    assertEquals(List.of(), expiries);
    clock.resume();
    assertEquals(List.of(9L), expiries);
  }

  @Test
  void timeThatTheTestCannotMoveIsNoCommand() {
    assertEquals("FAIL Unknown command 'clock_step'", session(Optional.empty()).answer("clock_step 1"));
    assertEquals("FAIL Unknown command 'clock_set'", session(Optional.empty()).answer("clock_set 1"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', value = {
    "''                       | FAIL Unknown command ''",
    "inb                      | FAIL Argument 1 of 'inb' is missing",
    "outb 0x70                | FAIL Argument 2 of 'outb' is missing",
    "inb 0x10000              | FAIL '0x10000' is not between 0 and 65535",
    "inb port                 | FAIL 'port' is not a number",
    "inb 112                  | OK 0x00ff",
    "inw 0160                 | OK 0xffff",
    "inl 0x70                 | OK 0xffffffff",
    "outb 0x70 0x34           | OK",
    "readq 0x1000             | OK 0x0000000000000000",
    "read 0x1000 0            | FAIL there is nothing to read",
    "read 0x1000 0x100000000  | FAIL '0x100000000' is not between 0 and 1073741824",
    "b64write 0x1000 4 !!==   | FAIL '!!==' is not base64",
    "clock_step 1s            | FAIL '1s' is not a number",
    "module_load hw- x        | FAIL",
  })
  void oddRequestsAreAnswered(String request, String answer) {
    ask(request, answer);
  }

  @Test
  void linesThatAreNotThereCannotBeDriven() {
    LineWatch lines = new LineWatch();
    QtestTarget target = new OneDevice(lines);
    QtestSession session = new QtestSession(target, events::add);
    assertEquals("OK", session.answer("irq_intercept_in chip"));
    assertEquals("FAIL 'chip' has no inputs 'named'", session.answer("set_irq_in chip named 0 1"));
    assertEquals("FAIL '0' is not between 0 and -1", session.answer("set_irq_in chip unnamed-gpio-in 0 1"));
  }

  /// A machine of one chip without any lines.
  private record OneDevice(LineWatch lines) implements QtestTarget {
    @Override
    public long in(int port, int size) {
      return 0;
    }

    @Override
    public void out(int port, int size, int value) {}

    @Override
    public byte[] read(long gpa, int count) {
      return new byte[count];
    }

    @Override
    public void write(long gpa, byte[] bytes) {}

    @Override
    public Optional<VirtualClock> clock() {
      return Optional.empty();
    }

    @Override
    public Optional<String> resolve(String path) {
      return Optional.of("/machine/" + path);
    }

    @Override
    public Optional<LineWatch> inputs(String path) {
      return Optional.of(lines);
    }
  }
}
