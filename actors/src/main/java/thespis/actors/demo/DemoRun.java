package thespis.actors.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import thespis.actors.cli.CommandLine;
import thespis.actors.cli.OptionException;
import thespis.actors.process.Emulator;
import thespis.hotplug.HotplugStep;
import thespis.hotplug.MachineEvent;

/// One run of the demo: an emulator in this process, started by a command line; a client on its console socket; a
/// client on its QMP socket.
final class DemoRun {
  private static final int CPUS = 4;
  private static final long NANOS = 1_000_000_000L;

  private final String program;
  private final Path folder;
  private final DemoScreen screen;
  private final int patience;
  private final CompletableFuture<Integer> emulator = new CompletableFuture<>();
  private final StringBuffer chain = new StringBuffer();
  private final List<String> chains = new ArrayList<>();
  private GuestReport last;
  private volatile long added;

  /// @param folder for the sockets
  /// @param patience seconds that the guest has for one step
  DemoRun(String program, Path folder, DemoScreen screen, int patience) {
    this.program = program;
    this.folder = folder;
    this.screen = screen;
    this.patience = patience;
  }

  /// @param guest options that name the guest
  /// @return the process's exit status
  int play(List<String> guest) throws IOException {
    List<String> words = new ArrayList<>(List.of(
        "-M", "pc", "-smp", "1,maxcpus=" + CPUS, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-serial", "unix:" + folder.resolve("console") + ",server=on,wait=off",
        "-qmp", "unix:" + folder.resolve("qmp") + ",server=on,wait=off"));
    words.addAll(guest);
    screen.line("start", program + " " + String.join(" ", words));
    startEmulator(words);
    try (SocketChannel console = connect("console")) {
      Thread.ofPlatform().daemon().name("demo-console").start(() -> readConsole(console));
      try (QmpClient qmp = new QmpClient(connect("qmp"), this::showEvent)) {
        GuestReport report = hotAdd(qmp);
        qmp.execute("quit", qmp.arguments());
        emulator.join();
        return table(report) ? 0 : 1;
      }
    } catch (DemoException e) {
      screen.line("failed", e.getMessage());
      return 1;
    }
  }

  private void startEmulator(List<String> words) {
    try {
      CommandLine.Run run = (CommandLine.Run) CommandLine.parse(program, words);
      Emulator machine = new Emulator(program, run.options(), this::showStep);
      Thread.ofPlatform().daemon().name("demo-machine").start(() -> {
        emulator.complete(machine.run());
        synchronized (this) {
          notifyAll();
        }
      });
    } catch (OptionException e) {
      throw new DemoException(e.getMessage());
    }
  }

  private GuestReport hotAdd(QmpClient qmp) throws IOException {
    GuestReport report = awaitOnline(1, "the guest did not come up");
    screen.line("guest", "is up with " + GuestReport.count(report.online()) + " of "
        + GuestReport.count(report.possible()) + " CPUs");
    JsonNode slots = qmp.execute("query-hotpluggable-cpus", qmp.arguments());
    int online = 1;
    for (int i = slots.size() - 1; i >= 0; i--) {
      if (!slots.get(i).has("qom-path")) {
        ObjectNode arguments = qmp.arguments().put("driver", slots.get(i).get("type").asText()).put("id", "cpu" + online);
        arguments.setAll((ObjectNode) slots.get(i).get("props"));
        screen.line("qmp", "-> device_add " + arguments);
        added = System.nanoTime();
        chain.setLength(0);
        qmp.execute("device_add", arguments);
        screen.line("qmp", "<- {\"return\": {}}");
        online++;
        report = awaitOnline(online, "CPU " + (online - 1) + " was added, but the guest did not bring it online");
        chains.add("  " + chain);
      }
    }
    return report;
  }

  private boolean table(GuestReport report) {
    screen.plain("");
    screen.plain("From device_add to a running CPU:");
    chains.forEach(screen::plain);
    screen.plain("What the guest says of its CPUs:");
    row("possible", report.possible());
    row("present", report.present());
    row("online", report.online());
    boolean good = GuestReport.count(report.online()) == CPUS;
    screen.plain(String.format(
        Locale.ROOT, "%s after %.1f s.", good ? "All " + CPUS + " online" : "Not all online", screen.seconds()));
    return good;
  }

  private void row(String name, String list) {
    screen.plain(String.format("  %-10s %d  (%s)", name, GuestReport.count(list), list));
  }

  private void readConsole(SocketChannel channel) {
    try (BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.ISO_8859_1))) {
      for (String line; (line = in.readLine()) != null; ) {
        if (!line.isBlank()) {
          screen.line("console", line.stripTrailing());
          heard(GuestReport.in(line));
        }
      }
    } catch (IOException e) {
      // The machine has gone; the run ends by itself.
    }
  }

  private synchronized void heard(GuestReport report) {
    if (report != null) {
      last = report;
      notifyAll();
    }
  }

  private synchronized GuestReport awaitOnline(int count, String complaint) {
    long deadline = System.nanoTime() + patience * NANOS;
    try {
      while (last == null || GuestReport.count(last.online()) < count) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (emulator.isDone()) {
          throw new DemoException(complaint + ": the machine has ended with status " + emulator.join());
        }
        if (left <= 0) {
          throw new DemoException(complaint + " within " + patience + " s");
        }
        wait(left);
      }
      return last;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException("interrupted");
    }
  }

  private void showStep(MachineEvent event) {
    if (event instanceof MachineEvent.SlotStep(int slot, HotplugStep step, String detail) && added != 0) {
      double millis = (System.nanoTime() - added) / 1e6;
      String label = step.label() + (detail.isEmpty() ? "" : " " + detail);
      chain.append(chain.isEmpty() ? "slot " + slot + ": " : " -> ").append(label);
      if (step == HotplugStep.ONLINE) {
        chain.append(String.format(Locale.ROOT, "  (%.0f ms)", millis));
      }
      screen.line("slot " + slot, String.format(Locale.ROOT, "%-12s %.1f ms after device_add", label, millis));
    }
  }

  private void showEvent(JsonNode event) {
    screen.line("qmp", "<- event " + event.get("event").asText() + (event.has("data") ? " " + event.get("data") : ""));
  }

  /// The sockets are there before the machine is: a client that comes early waits in line.
  private SocketChannel connect(String name) throws IOException {
    long deadline = System.nanoTime() + patience * NANOS;
    while (true) {
      try {
        return SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve(name)));
      } catch (IOException e) {
        if (emulator.isDone() || System.nanoTime() > deadline) {
          throw new DemoException("the machine did not start");
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
