package thespis.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import thespis.actors.demo.LinuxGuest;
import thespis.tests.UnmodifiedLinux;

/// CPUs of one Linux under load come and go in random order, while other clients connect, say half of something and are
/// gone. No event is lost and no memory. `-Dthespis.soak.plugs=10000` says how often; without it nothing is done.
class PlugSoakIT {
  private static final int PLUGS = Integer.getInteger("thespis.soak.plugs", 0);

  /// What the JVM and its heap may grow by after the first quarter.
  private static final long HEAP_KIB = 8 << 10;

  private static final long RSS_KIB = 48 << 10;
  private static final Pattern USED = Pattern.compile("used (\\d+)K");
  private static final List<String> WRONG =
      List.of("Kernel panic", "WARNING:", "BUG:", "Oops", "soft lockup", "stalls");

  private static final String LOAD = "(while :;do :;done)& (while :;do :;done)& exec /init";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  Path folder;

  private final Random random = new Random(1);
  private final boolean[] there = new boolean[4];
  private SocketChannel channel;
  private BufferedReader in;
  private List<JsonNode> slots;

  @Test
  @Timeout(value = 10, unit = TimeUnit.HOURS)
  void cpusComeAndGoUnderLoadAndNothingIsLost() throws Exception {
    Assumptions.assumeTrue(PLUGS > 0);
    LinuxGuest linux = UnmodifiedLinux.fetched();
    Path socket = folder.resolve("qmp");
    Path others = folder.resolve("others");
    Path initrd = Files.write(folder.resolve("initrd"), linux.initrd());
    try (EmulatorProcess emulator = new EmulatorProcess(folder, "-smp", "1,maxcpus=4", "-m", "256", "-nographic",
        "-kernel", linux.kernel().toString(), "-initrd", initrd.toString(),
        "-qmp", "unix:" + socket + ",server=on,wait=off", "-qmp", "unix:" + others + ",server=on,wait=off",
        "-append", "console=ttyS0 quiet rdinit=/bin/busybox -- sh -c \"" + LOAD + "\"")) {
      channel = emulator.connect(socket);
      in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
      read();
      ask("qmp_capabilities", "{}", new ArrayList<>());
      slots = slots();
      awaitUserSpace(emulator);
      long heap = 0;
      long rss = 0;
      for (int plug = 0; plug < PLUGS; plug++) {
        change(1 + random.nextInt(3), plug);
        if (random.nextInt(3) == 0) {
          disturb(emulator, others);
        }
        if (plug == PLUGS / 4) {
          heap = heap(emulator);
          rss = rss(emulator);
        }
      }
      long heapGrown = heap(emulator) - heap;
      long rssGrown = rss(emulator) - rss;
      System.out.printf("%d plugs: heap %+d KiB, RSS %+d KiB%n", PLUGS, heapGrown, rssGrown);
      assertTrue(heapGrown < HEAP_KIB, "the heap has grown by " + heapGrown + " KiB");
      assertTrue(rssGrown < RSS_KIB, "the process has grown by " + rssGrown + " KiB");
      String console = emulator.stdout();
      WRONG.forEach(word -> assertFalse(console.contains(word), word));
      assertEquals("", emulator.stderr());
    }
  }

  private static void awaitUserSpace(EmulatorProcess emulator) throws IOException, InterruptedException {
    while (!emulator.stdout().contains("THESPIS cpus ")) {
      assertTrue(emulator.isAlive(), emulator::toString);
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  // ---- CPUs

  private List<JsonNode> slots() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    ask("query-hotpluggable-cpus", "{}", new ArrayList<>()).get("return").forEach(all::addFirst);
    return all;
  }

  /// A CPU comes, or goes with all that is told of that.
  private void change(int slot, int plug) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    String id = "cpu" + slot;
    if (!there[slot]) {
      String place = slots.get(slot).get("props").toString().substring(1);
      good(ask("device_add", "{\"driver\": \"qemu64-x86_64-cpu\", \"id\": \"" + id + "\", " + place, events));
      good(ask("x-thespis-wait-online", "{\"cpu-index\": " + slot + ", \"timeout\": 60000}", events));
    } else {
      good(ask("device_del", "{\"id\": \"" + id + "\"}", events));
      while (deleted(events).size() < 2) {
        JsonNode message = read();
        if (message.has("event")) {
          events.add(message);
        }
      }
      String path = "/machine/peripheral/" + id;
      assertEquals(List.of(path + "/lapic", path), deleted(events), "plug " + plug);
    }
    there[slot] = !there[slot];
  }

  private static List<String> deleted(List<JsonNode> events) {
    return events.stream()
        .filter(e -> e.get("event").asText().equals("DEVICE_DELETED"))
        .map(e -> e.get("data").get("path").asText())
        .toList();
  }

  private static void good(JsonNode answer) {
    assertTrue(answer.has("return"), answer::toString);
  }

  /// A client that does not know how to behave.
  private void disturb(EmulatorProcess emulator, Path socket) throws IOException, InterruptedException {
    String whole = "{\"execute\": \"qmp_capabilities\"}{\"execute\": \"query-cpus-fast\"}"
        + "{\"execute\": \"query-status\"}";
    try (SocketChannel other = emulator.connect(socket)) {
      other.write(ByteBuffer.wrap(
          whole.substring(0, random.nextInt(whole.length())).getBytes(StandardCharsets.US_ASCII)));
    }
  }

  // ---- QMP

  private JsonNode ask(String command, String arguments, List<JsonNode> events) throws IOException {
    String text = "{\"execute\": \"" + command + "\", \"arguments\": " + arguments + "}\n";
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    while (true) {
      JsonNode message = read();
      if (!message.has("event")) {
        return message;
      }
      events.add(message);
    }
  }

  private JsonNode read() throws IOException {
    String line = in.readLine();
    assertFalse(line == null, "the emulator hung up");
    return JSON.readTree(line);
  }

  // ---- memory

  /// What is alive in its heap.
  private static long heap(EmulatorProcess emulator) throws IOException, InterruptedException {
    jcmd(emulator, "GC.run");
    Matcher used = USED.matcher(jcmd(emulator, "GC.heap_info"));
    long sum = 0;
    while (used.find()) {
      sum += Long.parseLong(used.group(1));
    }
    return sum;
  }

  private static String jcmd(EmulatorProcess emulator, String command) throws IOException, InterruptedException {
    Process jcmd = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(emulator.pid()), command)
        .start();
    String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, jcmd.waitFor(), text);
    return text;
  }

  /// proc(5) "/proc/pid/status".
  private static long rss(EmulatorProcess emulator) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + emulator.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
