package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.state.Cpu;

/// What the JVM's flight recorder hears of the native engine.
class JitEventsTest {
  private static final long CODE = 0x8000;

  @TempDir
  static Path folder;

  @Test
  void translationsInvalidationsFlushesAndSlowExitsAreRecorded() throws IOException {
    assumeTrue(NativeEngine.available());
    Path file = folder.resolve("jit.jfr");
    try (Recording recording = new Recording()) {
      for (String name : List.of("Translate", "Invalidate", "Flush", "SlowExit")) {
        recording.enable("thespis." + name).withoutThreshold();
      }
      recording.start();
      run();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    RecordedEvent whole =
        of(events, "Translate").stream().filter(e -> e.getString("address").equals("0x8000")).findFirst().orElseThrow();
    assertEquals(12, whole.getInt("guestBytes"));
    assertTrue(whole.getLong("hostBytes") > 0);
    assertEquals("0x8000", of(events, "Invalidate").getFirst().getString("page"));
    assertTrue(of(events, "SlowExit").stream().anyMatch(e -> e.getString("address").equals("0x800b")), "HLT");
    assertTrue(!of(events, "Flush").isEmpty());
  }

  private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
    return events.stream().filter(e -> e.getEventType().getName().equals("thespis." + name)).toList();
  }

  /// mov byte [8020h],90h; mov eax,ebx; nop; hlt, and at 8020h: hlt.
  private static void run() {
    try (TestMachine m = new TestMachine(Engine.NATIVE, 1, 4 << 20)) {
      m.start64(0, CODE, 0x4000, 0x1800);
      m.map2M(0x4000);
      m.load(CODE, "C6 04 25 20800000 90 89 D8 90 F4");
      m.load(CODE + 0x20, "F4");
      for (long at : new long[] {CODE + 0x20, CODE}) {
        m.cpu().setReg(Cpu.RSP, 0x7000);
        m.cpu().setRip(at);
        m.cpu().halted = false;
        m.run(0);
      }
      m.core(0).invalidateAll();
      m.cpu().setRip(CODE);
      m.cpu().halted = false;
      m.run(0);
    }
  }
}
