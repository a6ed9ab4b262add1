package thespis.tests.guest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import thespis.actors.ForkBuilder;
import thespis.actors.Machine;
import thespis.actors.MachineBuilder;
import thespis.actors.SerialLine;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.RunState;
import thespis.machine.board.CpuSlot;

/// A machine whose guest reports on COM1 in the words of the demo's guests, and what it has said and done so far.
final class RunningGuest implements AutoCloseable {
  private static final long PATIENCE_SECONDS = Long.getLong("thespis.patience", 90);
  private static final List<String> WRONG =
      List.of("Kernel panic", "WARNING:", "BUG:", "Oops", "Call Trace", "soft lockup", "rcu_preempt detected stalls");

  private final KernelLog log = new KernelLog();

  private final StringBuilder console = new StringBuilder();
  private final List<MachineEvent> events = new ArrayList<>();
  private final Machine machine;
  private SerialLine.Port port;

  RunningGuest(MachineBuilder builder) {
    machine = builder.serial(0, new Console()).listener(this::happened).start();
  }

  /// One that goes on from where another was.
  RunningGuest(ForkBuilder builder) {
    machine = builder.serial(0, new Console()).listener(this::happened).start();
  }

  /// On its console.
  void type(String text) {
    port.receive(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Waits until there is a whole line with this text on its console, and returns it.
  String awaitLine(String text) {
    await("a line with \"" + text + "\"", () -> !line(text).isEmpty());
    return line(text);
  }

  private synchronized String line(String text) {
    int at = console.indexOf(text);
    int end = at < 0 ? -1 : console.indexOf("\n", at);
    return end < 0 ? "" : console.substring(at, end);
  }

  /// Waits until the guest reports that many CPUs online.
  void awaitOnline(int cpus) {
    await(cpus + " CPUs online", () -> online() == cpus);
  }

  private int online() {
    String report = lastReport();
    int count = 0;
    for (String range : report.substring(report.lastIndexOf('=') + 1).split(",")) {
      if (!range.isEmpty()) {
        String[] ends = range.split("-");
        count += Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
      }
    }
    return count;
  }

  /// The guest's last report of its CPUs: `possible=0-3 present=0,1 online=0`.
  synchronized String lastReport() {
    int at = console.lastIndexOf("THESPIS cpus ");
    int end = at < 0 ? -1 : console.indexOf("\r", at);
    return end < 0 ? "" : console.substring(at + "THESPIS cpus ".length(), end);
  }

  /// Waits until the guest has said this on its console, that often by now.
  void awaitSaid(String text, int times) {
    await("\"" + text + "\" (" + times + ")", () -> said(text) >= times);
  }

  /// All of its console.
  synchronized String said() {
    return console.toString();
  }

  /// Waits until the machine does this; it has no event of its own.
  void awaitState(RunState state) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (get(machine.status()) != state) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the machine does not come to be " + state + " but is " + get(machine.status()));
      }
      Thread.onSpinWait();
    }
  }

  private synchronized int said(String text) {
    int count = 0;
    for (int at = console.indexOf(text); at >= 0; at = console.indexOf(text, at + 1)) {
      count++;
    }
    return count;
  }

  /// Waits until the guest sleeps in state S3.
  void awaitAsleep() {
    await("SUSPEND", () -> events.removeIf(MachineEvent.Suspended.class::isInstance));
  }

  void wakeUp() {
    get(machine.wakeUp());
  }

  /// Adds a CPU by its place.
  ///
  /// @param slot its number among the possible CPUs
  void add(int slot, String id) {
    CpuSlot place = get(machine.slots()).get(slot).slot();
    Map<String, Object> arguments = new HashMap<>(Map.of("driver", "qemu64-x86_64-cpu", "id", id));
    arguments.put("socket-id", (long) place.socketId());
    arguments.put("core-id", (long) place.coreId());
    arguments.put("thread-id", (long) place.threadId());
    get(machine.addDevice(arguments));
  }

  Machine machine() {
    return machine;
  }

  /// Asks the guest to give a CPU up, and does not wait.
  void askToRemove(String id) {
    get(machine.removeDevice(id));
  }

  /// Waits until a CPU is gone.
  void awaitRemoved(String id) {
    String path = "/machine/peripheral/" + id;
    await("DEVICE_DELETED of " + id, () -> deleted().contains(id + " " + path));
  }

  /// Removes a CPU and waits until both its local APIC and itself are gone, in this order.
  void remove(String id) {
    forget();
    get(machine.removeDevice(id));
    await("DEVICE_DELETED of " + id, () -> deleted().size() == 2);
    String path = "/machine/peripheral/" + id;
    List<String> expected = List.of(path + "/lapic", id + " " + path);
    if (!deleted().equals(expected)) {
      throw new AssertionError("expected " + expected + ", seen " + deleted());
    }
  }

  int cpus() {
    return get(machine.cpus()).size();
  }

  private synchronized void forget() {
    events.clear();
  }

  private synchronized List<String> deleted() {
    List<String> all = new ArrayList<>();
    for (MachineEvent event : events) {
      if (event instanceof MachineEvent.DeviceDeleted(var device, String path)) {
        all.add(device.map(d -> d + " ").orElse("") + path);
      }
    }
    return all;
  }

  private synchronized void happened(MachineEvent event) {
    events.add(event);
    if (event instanceof MachineEvent.VcpuBroke(int slot, String report)) {
      console.append("Oops: vCPU ").append(slot).append(" broke\n").append(report);
    }
    notifyAll();
  }

  /// Fails, with the end of the console, if the kernel complained.
  synchronized void assertNothingWrong() {
    if (!log.complaints().isEmpty()) {
      throw new AssertionError(
          "the guest complained of its machine: " + log.complaints() + "; the end of its console:\n" + tail());
    }
    for (String word : WRONG) {
      if (console.indexOf(word) >= 0) {
        throw new AssertionError("the guest said \"" + word + "\"; the end of its console:\n" + tail());
      }
    }
  }

  private synchronized void await(String what, BooleanSupplier there) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!there.getAsBoolean()) {
      assertNothingWrong();
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("no " + what + " within " + PATIENCE_SECONDS + " s; the end of the console:\n" + tail());
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting for " + what, e);
      }
    }
  }

  private String tail() {
    return console.substring(Math.max(0, console.length() - 4000));
  }

  static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    machine.close();
  }

  private final class Console implements SerialLine {
    @Override
    public void attached(Port end) {
      port = end;
    }

    @Override
    public void sent(byte[] bytes, int offset, int length) {
      synchronized (RunningGuest.this) {
        String text = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        console.append(text);
        log.append(text);
        RunningGuest.this.notifyAll();
      }
    }
  }
}
