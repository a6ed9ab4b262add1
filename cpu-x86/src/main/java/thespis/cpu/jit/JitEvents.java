package thespis.cpu.jit;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import thespis.cpu.state.Cpu;

/// What the native engine does, for the JVM's flight recorder. Until somebody records for the first time an event costs a
/// look at a flag, and its class is not even loaded: that alone would start the recorder, which takes a tenth of a second.
public final class JitEvents {
  private JitEvents() {}

  private static boolean off() {
    return !FlightRecorder.isInitialized();
  }

  /// Tells whether somebody wants to hear of slow exits.
  private static final class Probe {
    static final Exit EXIT = new Exit();
  }

  /// A block of guest code became host code.
  @Name("thespis.Translate")
  @Label("Translate")
  @Category("Thespis")
  @StackTrace(false)
  static final class Translate extends Event {
    @Label("Processor")
    int processor;

    @Label("Guest Address")
    @Description("RIP of the first instruction")
    String address;

    @Label("Guest Code")
    @DataAmount
    int guestBytes;

    @Label("Host Code")
    @DataAmount
    long hostBytes;
  }

  /// The guest wrote over code, so blocks of one page were dropped.
  @Name("thespis.Invalidate")
  @Label("Invalidate")
  @Category("Thespis")
  @StackTrace(false)
  static final class Invalidate extends Event {
    @Label("Processor")
    int processor;

    @Label("RAM Offset")
    String page;

    @Label("Blocks")
    long blocks;
  }

  /// All translations of a processor were dropped.
  @Name("thespis.Flush")
  @Label("Flush")
  @Category("Thespis")
  @StackTrace(false)
  static final class Flush extends Event {
    @Label("Processor")
    int processor;

    @Label("Host Code")
    @DataAmount
    long hostBytes;
  }

  /// Translated code stopped for an instruction that the interpreter executes. There are many: they are recorded only
  /// where the settings of a recording ask for them.
  @Name("thespis.SlowExit")
  @Label("Slow Exit")
  @Category("Thespis")
  @StackTrace(false)
  @Enabled(false)
  static final class Exit extends Event {
    @Label("Processor")
    int processor;

    @Label("Guest Address")
    String address;

    @Label("Reason")
    String reason;
  }

  /// A block is about to be translated.
  ///
  /// @return for {@link #translated}
  static Object begun() {
    if (off()) {
      return null;
    }
    Translate event = new Translate();
    event.begin();
    return event;
  }

  static void translated(Object begun, Cpu cpu, long rip, int guestBytes, long hostBytes) {
    if (begun instanceof Translate event && event.isEnabled()) {
      event.end();
      event.processor = cpu.index;
      event.address = hex(rip);
      event.guestBytes = guestBytes;
      event.hostBytes = hostBytes;
      event.commit();
    }
  }

  public static void invalidated(Cpu cpu, long ramOffset, long blocks) {
    if (off()) {
      return;
    }
    Invalidate event = new Invalidate();
    if (event.isEnabled()) {
      event.processor = cpu.index;
      event.page = hex(ramOffset);
      event.blocks = blocks;
      event.commit();
    }
  }

  public static void flushed(Cpu cpu, long bytes) {
    if (off()) {
      return;
    }
    Flush event = new Flush();
    if (event.isEnabled()) {
      event.processor = cpu.index;
      event.hostBytes = bytes;
      event.commit();
    }
  }

  static void stopped(Cpu cpu, long rip, String reason) {
    if (off()) {
      return;
    }
    if (Probe.EXIT.isEnabled()) {
      Exit event = new Exit();
      event.processor = cpu.index;
      event.address = hex(rip);
      event.reason = reason;
      event.commit();
    }
  }

  private static String hex(long v) {
    return "0x" + Long.toHexString(v);
  }
}
