package thespis.actors.gdb;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import thespis.cpu.run.DebugRegisters;
import thespis.cpu.run.Inspector;
import thespis.cpu.state.DebugPoints.Watch;

/// One debugger's talk: what is answered to each packet. GDB manual "Packets", "General Query Packets"; QEMU
/// documentation "GDB usage" for the packets that are QEMU's. A processor is a thread, numbered from one.
final class GdbSession {
  static final List<String> NOTHING = List.of();

  private static final int TRAP = 5;
  private static final int INTERRUPT = 2;
  private static final int PACKET_SIZE = PacketReader.PACKET_SIZE;
  private static final String OK = "OK";
  private static final String FAULT = "E14";
  private static final String INVALID = "E22";
  private static final String STEP_BITS = "ENABLE=1,NOIRQ=2,NOTIMER=4";
  private static final String STEP = "0x7";

  private final Target target;
  private final Points points = new Points();
  private int general;
  private int going;
  private boolean physical;
  private boolean waiting;
  private boolean acknowledges = true;
  private int stopped = -1;

  GdbSession(Target target) {
    this.target = target;
  }

  /// Whether packets are to be acknowledged.
  boolean acknowledges() {
    return acknowledges;
  }

  /// The debugger waits for the machine to stop.
  boolean waiting() {
    return waiting;
  }

  /// The packets that answer one; an empty one says that it is not known.
  CompletionStage<List<String>> answer(byte[] packet) {
    String text = new String(packet, StandardCharsets.ISO_8859_1);
    try {
      return text.isEmpty() ? one("") : dispatch(text.charAt(0), text.substring(1)).exceptionally(e -> List.of(FAULT));
    } catch (BadPacket e) {
      return one(INVALID);
    }
  }

  /// This processor is where it was to stop; that the machine stands follows.
  void met(int processor) {
    if (stopped < 0) {
      stopped = processor;
    }
  }

  /// The machine stands.
  CompletionStage<List<String>> stopped() {
    int processor = stopped;
    stopped = -1;
    if (!waiting) {
      return none();
    }
    waiting = false;
    if (processor < 0) {
      return one(stop(INTERRUPT, general, ""));
    }
    general = processor;
    going = processor;
    return look(processor, cpu -> stop(TRAP, processor, watch(cpu.met())));
  }

  /// The debugger has gone without a word.
  void gone() {
    points.clear();
    points.tell(target);
    waiting = false;
  }

  private static String watch(Watch met) {
    if (met == null) {
      return "";
    }
    String kind = switch (met.access()) {
      case WRITE -> "watch";
      case READ -> "rwatch";
      case ANY -> "awatch";
    };
    return kind + ":" + Long.toHexString(met.address()) + ";";
  }

  private static String stop(int signal, int processor, String more) {
    return String.format("T%02xthread:%s;%s", signal, thread(processor), more);
  }

  private static String thread(int processor) {
    return String.format("%02x", processor + 1);
  }

  private CompletionStage<List<String>> dispatch(char kind, String rest) {
    return switch (kind) {
      case '?' -> halt();
      case 'c' -> withPc(rest, this::all);
      case 'C' -> all();
      case 's' -> withPc(rest, this::step);
      case 'S' -> step();
      case 'v' -> verbose(rest);
      case 'k' -> target.quit().thenApply(done -> NOTHING);
      case 'D' -> detach();
      case 'g' -> look(general, GdbSession::registers);
      case 'G' -> change(general, cpu -> setRegisters(cpu, Hex.bytes(rest)));
      case 'p' -> register(Hex.number(rest));
      case 'P' -> setRegister(rest);
      case 'm' -> read(rest);
      case 'M' -> write(rest, Hex.bytes(afterColon(rest)));
      case 'X' -> write(rest, afterColon(rest).getBytes(StandardCharsets.ISO_8859_1));
      case 'Z' -> point(points.insert(rest));
      case 'z' -> point(points.remove(rest));
      case 'H' -> choose(rest);
      case 'T' -> target.processors().thenApply(all -> List.of(all.contains(processor(rest)) ? OK : INVALID));
      case 'q' -> query(rest);
      case 'Q' -> set(rest);
      default -> one("");
    };
  }

  // ---- going on and stopping

  /// What the debugger found when it came.
  private CompletionStage<List<String>> halt() {
    points.clear();
    points.tell(target);
    return target.processors().thenApply(all -> {
      general = all.getFirst();
      going = general;
      return List.of(stop(TRAP, general, ""));
    });
  }

  private CompletionStage<List<String>> withPc(String address, Supplier<CompletionStage<List<String>>> then) {
    if (address.isEmpty()) {
      return then.get();
    }
    long pc = Hex.number(address);
    return target.look(going, cpu -> {
      cpu.debugRegisters().jump(pc);
      return "";
    }).thenCompose(done -> then.get());
  }

  private CompletionStage<List<String>> all() {
    return target.processors().thenCompose(all -> go(Set.copyOf(all), Set.of()));
  }

  private CompletionStage<List<String>> step() {
    return target.processors().thenCompose(all -> {
      Set<Integer> others = new TreeSet<>(all);
      others.remove(going);
      return go(others, Set.of(going));
    });
  }

  private CompletionStage<List<String>> go(Set<Integer> running, Set<Integer> stepping) {
    waiting = true;
    stopped = -1;
    return target.resume(running, stepping).thenApply(done -> NOTHING);
  }

  private CompletionStage<List<String>> verbose(String rest) {
    if (rest.equals("Cont?")) {
      return one("vCont;c;C;s;S");
    }
    if (rest.startsWith("Cont;")) {
      return resume(rest.substring(5).split(";"));
    }
    return rest.startsWith("Kill;") ? target.quit().thenApply(done -> List.of(OK)) : one("");
  }

  /// For each processor the first action counts that is for it.
  private CompletionStage<List<String>> resume(String[] actions) {
    return target.processors().thenCompose(all -> {
      Set<Integer> running = new TreeSet<>();
      Set<Integer> stepping = new TreeSet<>();
      for (int processor : all) {
        for (String action : actions) {
          int colon = action.indexOf(':');
          if (colon < 0 || isFor(action.substring(colon + 1), processor)) {
            switch (action.isEmpty() ? ' ' : action.charAt(0)) {
              case 'c', 'C' -> running.add(processor);
              case 's', 'S' -> stepping.add(processor);
              default -> throw new BadPacket();
            }
            break;
          }
        }
      }
      return go(running, stepping);
    });
  }

  private static boolean isFor(String thread, int processor) {
    return thread.equals("-1") || thread.equals("0") || processor(thread) == processor;
  }

  private CompletionStage<List<String>> detach() {
    points.clear();
    points.tell(target);
    return target.cont().thenApply(done -> List.of(OK));
  }

  private CompletionStage<List<String>> point(boolean known) {
    points.tell(target);
    return one(known ? OK : "");
  }

  // ---- registers

  private static String registers(Inspector cpu) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < DebugRegisters.ALL.size(); i++) {
      all.append(Hex.of(cpu.debugRegisters().read(i)));
    }
    return all.toString();
  }

  private static boolean setRegisters(Inspector cpu, byte[] bytes) {
    int at = 0;
    boolean done = true;
    for (int i = 0; i < DebugRegisters.ALL.size() && at < bytes.length; i++) {
      int end = at + DebugRegisters.ALL.get(i).bits() / 8;
      done &= cpu.debugRegisters().write(i, Arrays.copyOfRange(bytes, at, end));
      at = end;
    }
    return done;
  }

  private CompletionStage<List<String>> register(long number) {
    return number < 0 || number >= DebugRegisters.ALL.size()
        ? one(FAULT)
        : look(general, cpu -> Hex.of(cpu.debugRegisters().read((int) number)));
  }

  private CompletionStage<List<String>> setRegister(String rest) {
    String[] parts = rest.split("=");
    if (parts.length != 2) {
      throw new BadPacket();
    }
    long number = Hex.number(parts[0]);
    byte[] value = Hex.bytes(parts[1]);
    return number < 0 || number >= DebugRegisters.ALL.size()
        ? one(FAULT)
        : change(general, cpu -> cpu.debugRegisters().write((int) number, value));
  }

  // ---- memory

  private record Range(long address, long bytes) {
    static Range of(String text) {
      String[] parts = text.split("[,:]");
      if (parts.length < 2) {
        throw new BadPacket();
      }
      return new Range(Hex.number(parts[0]), Hex.number(parts[1]));
    }
  }

  private static String afterColon(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new BadPacket();
    }
    return text.substring(colon + 1);
  }

  private CompletionStage<List<String>> read(String rest) {
    Range range = Range.of(rest);
    if (range.bytes < 0 || range.bytes > PACKET_SIZE / 2) {
      return one(INVALID);
    }
    return look(general, cpu -> {
      byte[] bytes = new byte[(int) range.bytes];
      boolean there = physical ? cpu.readPhysical(range.address, bytes) : cpu.readVirtual(range.address, bytes);
      return there ? Hex.of(bytes) : FAULT;
    });
  }

  private CompletionStage<List<String>> write(String rest, byte[] bytes) {
    Range range = Range.of(rest);
    if (range.bytes != bytes.length) {
      return one(INVALID);
    }
    return change(general, cpu -> physical
        ? cpu.writePhysical(range.address, bytes)
        : cpu.writeVirtual(range.address, bytes));
  }

  // ---- threads and queries

  private static int processor(String thread) {
    return (int) Hex.number(thread) - 1;
  }

  private CompletionStage<List<String>> choose(String rest) {
    if (rest.length() < 2) {
      return one(INVALID);
    }
    String thread = rest.substring(1);
    boolean any = thread.equals("0") || thread.equals("-1");
    return target.processors().thenApply(all -> {
      int wanted = any ? all.getFirst() : processor(thread);
      if (!all.contains(wanted)) {
        return List.of(INVALID);
      }
      switch (rest.charAt(0)) {
        case 'g' -> general = wanted;
        case 'c' -> going = wanted;
        default -> {
          return List.of(INVALID);
        }
      }
      return List.of(OK);
    });
  }

  private CompletionStage<List<String>> query(String rest) {
    if (rest.startsWith("Xfer:features:read:target.xml:")) {
      return description(Range.of(rest.substring(rest.lastIndexOf(':') + 1)));
    }
    if (rest.startsWith("Rcmd,")) {
      return command(new String(Hex.bytes(rest.substring(5)), StandardCharsets.UTF_8));
    }
    if (rest.startsWith("ThreadExtraInfo,")) {
      int processor = processor(rest.substring(16));
      return look(processor, cpu -> Hex.of("CPU#" + processor + (cpu.halted() ? " [halted ]" : " [running]")));
    }
    return switch (rest.split("[:;]", 2)[0]) {
      case "Supported" -> one("PacketSize=" + Integer.toHexString(PACKET_SIZE)
          + ";qXfer:features:read+;vContSupported+;QStartNoAckMode+");
      case "fThreadInfo" -> target.processors().thenApply(all ->
          List.of("m" + String.join(",", all.stream().map(GdbSession::thread).toList())));
      case "sThreadInfo" -> one("l");
      case "C" -> target.processors().thenApply(all -> List.of("QC" + thread(all.getFirst())));
      case "Attached" -> one("1");
      case "qemu.sstepbits" -> one(STEP_BITS);
      case "qemu.sstep" -> one(STEP);
      case "qemu.PhyMemMode" -> one(physical ? "1" : "0");
      default -> one("");
    };
  }

  private static CompletionStage<List<String>> description(Range range) {
    if (range.address < 0 || range.bytes < 0) {
      return one(INVALID);
    }
    String xml = TargetDescription.XML;
    int from = (int) Math.min(xml.length(), range.address);
    int to = (int) Math.min(xml.length(), from + Math.min(range.bytes, PACKET_SIZE / 2));
    return one((to == xml.length() ? "l" : "m") + xml.substring(from, to));
  }

  /// `monitor` of GDB's: what it prints, then that it is done.
  private CompletionStage<List<String>> command(String line) {
    return target.monitor(line).thenApply(text -> text.isEmpty() ? List.of(OK) : List.of("O" + Hex.of(text), OK));
  }

  private CompletionStage<List<String>> set(String rest) {
    switch (rest) {
      case "StartNoAckMode" -> acknowledges = false;
      case "qemu.PhyMemMode:0" -> physical = false;
      case "qemu.PhyMemMode:1" -> physical = true;
      case "qemu.sstep:7", "qemu.sstep=7" -> { }
      default -> {
        return one(rest.startsWith("qemu.sstep") ? INVALID : "");
      }
    }
    return one(OK);
  }

  // ---- answers

  private CompletionStage<List<String>> look(int processor, Function<Inspector, String> look) {
    return target.look(processor, look).thenApply(List::of);
  }

  private interface Change {
    boolean made(Inspector cpu);
  }

  private CompletionStage<List<String>> change(int processor, Change change) {
    return look(processor, cpu -> change.made(cpu) ? OK : FAULT);
  }

  private static CompletionStage<List<String>> one(String packet) {
    return CompletableFuture.completedStage(List.of(packet));
  }

  private static CompletionStage<List<String>> none() {
    return CompletableFuture.completedStage(NOTHING);
  }
}
