package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// What a defect of the translator can do at worst: translated code that reaches outside of what is its own ends the
/// process, not silently, and with a report that names its address. It does not go on with somebody else's memory.
class CodeMemoryFaultTest {
  private static final long CODE = 0x8000;

  /// HotSpot's status where it leaves no core file.
  private static final int ABORTED = 1;

  @TempDir
  static Path folder;

  @Test
  void aHostFaultInTranslatedCodeEndsTheProcessWithAReport() throws IOException, InterruptedException {
    assumeTrue(NativeEngine.possible());
    Path report = folder.resolve("report");
    String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process java = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
        "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + report, "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-cp", path, CodeMemoryFaultTest.class.getName())
        .redirectErrorStream(true).start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(java.waitFor(60, TimeUnit.SECONDS));
    assertEquals(ABORTED, java.exitValue(), said);
    assertTrue(said.contains("SIGSEGV") && !said.contains("it went on"), said);
    String text = Files.readString(report);
    String address = said.lines().filter(l -> l.startsWith("code at ")).findFirst().orElseThrow().substring(8);
    assertTrue(text.contains("pc=0x0000" + address), () -> address + "\n" + text.substring(0, 1500));
    assertTrue(text.contains("thespis.cpu.jit.CodeArea.enter"), "the way there");
  }

  /// In a process of its own: runs code whose translation writes to address 0.
  public static void main(String[] arguments) {
    TestMachine m = new TestMachine(Engine.NATIVE, 1, 4 << 20);
    m.start64(0, CODE, 0x4000, 0x1800);
    m.map2M(0x4000);
    m.load(CODE, "B8 78563412 F4"); // mov eax,12345678h; hlt
    m.cpu().setReg(Cpu.RSP, 0x7000);
    m.run(0);
    long code = m.core(0).translation(CODE);
    Mem.put64(code, 0x0000_0000_2504_C7L); // mov dword [0], 0
    Mem.put64(code + 7, 0);
    System.out.println("code at " + Long.toHexString(code));
    m.cpu().setRip(CODE);
    m.cpu().halted = false;
    m.run(0);
    System.out.println("it went on");
  }
}
