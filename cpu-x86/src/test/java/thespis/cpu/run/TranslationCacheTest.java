package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.jit.TranslationCache;
import thespis.cpu.jit.TranslationFolder;
import thespis.cpu.state.Cpu;

/// Translations that were made elsewhere: by another core, by a process before.
class TranslationCacheTest {
  private static final int CODE = 0x8000;
  private static final int PAGES = 0x4000;
  private static final int DATA = 0x10000;
  private static final int ROUTINE = 0x14000;
  private static final int STACK = 0x20000;

  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  @BeforeAll
  static void needsAHost() {
    assumeTrue(NativeEngine.available());
  }

  /// What a run came to, and who translated.
  private record Outcome(long rax, long rbx, long rdx, long stored, long translated, long recalled) {
    boolean same(Outcome other) {
      return rax == other.rax && rbx == other.rbx && rdx == other.rdx && stored == other.stored;
    }
  }

  // ---- in memory

  @Test
  void whoGaveItsMemoryBackTakesItsTranslationsAgain() {
    int instructions = 80_000;
    long code = 0x40000;
    int back = -(5 + 2 * instructions + 2 + 6 - 5); // to behind the first
    String much = "B91E000000" + "FFC3".repeat(instructions) + "FFC9 0F85" // mov ecx,30; l: inc ebx ...; dec ecx; jnz l
        + "%08X".formatted(Integer.reverseBytes(back)) + "F4"; // hlt
    try (TranslationCache cache = TranslationCache.inMemory(TestMachine.EVERYTHING);
        TestMachine m = machine(Optional.of(cache))) {
      m.load(code, much);
      NativeEngine engine = m.core(0).engine();
      for (int round = 1; round <= 2; round++) {
        m.cpu().halted = false;
        m.cpu().setRip(code);
        assertEquals(Exit.HALTED, m.run(0), () -> m.core(0).dump());
        assertEquals(30L * instructions * round, m.cpu().reg(Cpu.RBX));
        assertEquals(round == 1, m.core(0).trim(), "there is little to give back the second time");
      }
      // not those in two pages
      assertTrue(engine.recalled >= instructions / 64, engine.recalled + " of " + engine.translated);
    }
  }

  /// Accesses, one of them over a page's edge and in a group of accesses; calls and returns; string instructions; x87,
  /// SSE; instructions that are executed by the interpreter; flags that live across blocks.
  private static final String EVERY_KIND = "B90A000000" // mov ecx,10
      + "BEF80F0100" // l: mov esi,DATA+FF8
      + "488B06 48034604 480346F0 48894610" // mov rax,[rsi]; add rax,[rsi+4]; add rax,[rsi-10h]; mov [rsi+10h],rax
      + "BF00400100 FFD7" // mov edi,ROUTINE; call rdi
      + "51 BE00000100 BF00200100 B940000000 F348A5 59" // push rcx; rep movsq, 64 of them, DATA to DATA+2000; pop rcx
      + "D9E8 D8C0 DD1C2500300100 480304 2500300100" // fld1; fadd st,st; fstp qword [DATA+3000]; add rax,[DATA+3000]
      + "660F6EC0 660FFEC0 660F7EC2" // movd xmm0,eax; paddd xmm0,xmm0; movd edx,xmm0
      + "51 53 50 52 0FA2 5A 58 5B 59" // push rcx, rbx, rax, rdx; cpuid; pop them
      + "F9 7200 4883D300" // stc; jc to the next; adc rbx,0
      + "FFC9 759D F4"; // dec ecx; jnz l; hlt

  @Test
  void anotherCoreTakesWhatOneHasMade() {
    try (TranslationCache cache = TranslationCache.inMemory(TestMachine.EVERYTHING)) {
      Outcome first = run(Optional.of(cache), EVERY_KIND);
      Outcome second = run(Optional.of(cache), EVERY_KIND);
      assertTrue(first.same(run(Optional.empty(), EVERY_KIND)));
      assertTrue(second.same(first), second + " after " + first);
      assertTrue(first.translated >= 8 && first.recalled == 0, first.toString());
      assertEquals(0, second.translated, second.toString());
      assertEquals(first.translated, second.recalled);
    }
  }

  @Test
  void otherCodeAtTheSameAddressIsTranslatedAndBothAreKept() {
    try (TranslationCache cache = TranslationCache.inMemory(TestMachine.EVERYTHING)) {
      assertEquals(5, run(Optional.of(cache), "31DB 83C305 EB00 F4").rbx);
      assertEquals(7, run(Optional.of(cache), "31DB 83C307 EB00 F4").rbx);
      Outcome again = run(Optional.of(cache), "31DB 83C305 EB00 F4");
      assertEquals(5, again.rbx);
      assertEquals(0, again.translated, again.toString());
    }
  }

  @Test
  void codeThatIsChangedAfterItsTranslationWasTakenIsSeen() {
    // mov ecx,100; l: mov edi,ROUTINE; call rdi; mov byte [ROUTINE+2],9; dec ecx; jnz l; hlt
    String changes = "B964000000 BF00400100 FFD7 C6042502400100 09 FFC9 75ED F4";
    try (TranslationCache cache = TranslationCache.inMemory(TestMachine.EVERYTHING)) {
      Outcome first = run(Optional.of(cache), changes);
      Outcome second = run(Optional.of(cache), changes);
      assertEquals(3 + 99 * 9, first.rbx);
      assertEquals(first.rbx, second.rbx);
      assertEquals(0, second.translated, second.toString());
    }
  }

  @Test
  void aFaultInATranslationThatWasTakenComesAtItsInstruction() {
    try (TranslationCache cache = TranslationCache.inMemory(TestMachine.EVERYTHING)) {
      for (int round = 0; round < 2; round++) {
        try (TestMachine m = machine(Optional.of(cache))) {
          m.load(CODE, "31C0 BB00002000 FFC0 488B0B F4"); // the last address before F4 is not mapped
          assertEquals(Exit.SHUTDOWN, m.run(0), "there is no handler");
          assertEquals(CODE + 9, m.cpu().rip());
          assertEquals(1, m.cpu().reg(Cpu.RAX));
          assertEquals(0x20_0000, m.cpu().cr2());
        }
      }
    }
  }

  // ---- on disk

  /// 100 blocks: more than it takes for a file to be written.
  private static String manyBlocks(int step) {
    return "31DB" + ("83C3" + String.format("%02X", step) + "EB00").repeat(100) + "F4";
  }

  private TranslationCache open(String product) {
    return TranslationCache.in(new TranslationFolder(folder, product), TestMachine.EVERYTHING, said::add);
  }

  /// A process of its own.
  private Outcome process(String product, String code) {
    try (TranslationCache cache = open(product)) {
      return run(Optional.of(cache), code);
    }
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.reduce((a, b) -> {
        throw new IllegalStateException("one file expected, seen " + a + " and " + b);
      }).orElseThrow();
    }
  }

  @Test
  void aLaterProcessTakesWhatAnEarlierOneHasMade() throws IOException {
    Outcome first = process("one", manyBlocks(3));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    Outcome second = process("one", manyBlocks(3));
    assertEquals(300, first.rbx);
    assertEquals(300, second.rbx);
    assertEquals(101, first.translated);
    assertEquals(0, second.translated);
    assertEquals(101, second.recalled);
    assertEquals(List.of(), said);
  }

  @Test
  void whatRanTooRarelyToBeTranslatedIsTranslatedAtTheEnd() {
    for (int round = 0; round < 2; round++) {
      try (TranslationCache cache = open("one"); TestMachine m = machine(Optional.of(cache))) {
        m.core(0).translateAfter(1000);
        m.load(CODE, manyBlocks(3));
        assertEquals(Exit.HALTED, m.run(0));
        assertEquals(300, m.cpu().reg(Cpu.RBX));
        NativeEngine engine = m.core(0).engine();
        assertEquals(0, engine.translated);
        assertEquals(round == 0 ? 0 : 101, engine.recalled);
      }
    }
  }

  @Test
  void soIsWhatIsNoLongerThereByThen() {
    // mov ecx,64; mov edi,CODE; rep stosq; hlt: over what has run, in another page
    String overwrites = "B940000000 BF00800000 F348AB F4";
    for (int round = 0; round < 2; round++) {
      try (TranslationCache cache = open("one"); TestMachine m = machine(Optional.of(cache))) {
        m.core(0).translateAfter(1000);
        m.load(CODE, manyBlocks(3).replace("F4", "BF00400100 FFE7")); // mov edi,ROUTINE; jmp rdi
        m.load(ROUTINE, overwrites);
        assertEquals(Exit.HALTED, m.run(0));
        assertEquals(300, m.cpu().reg(Cpu.RBX));
        assertEquals(round == 0 ? 0 : 102, m.core(0).engine().recalled);
      }
    }
  }

  @Test
  void anotherBuildOfTheProductHasItsOwn() {
    process("one", manyBlocks(3));
    assertEquals(101, process("two", manyBlocks(3)).translated);
    assertEquals(0, process("one", manyBlocks(3)).translated);
  }

  @Test
  void aFileOfAnotherBuildIsNotUsed() throws IOException {
    process("one", manyBlocks(3));
    Path one = file();
    byte[] bytes = Files.readAllBytes(one);
    Files.delete(one);
    process("two", manyBlocks(3));
    Files.write(file(), bytes);
    assertEquals(101, process("two", manyBlocks(3)).translated);
    assertEquals(List.of("translations in '" + file() + "' are not used: the file is for something else"), said);
  }

  @Test
  void processesThatRunAtOnceLeaveWhatAllHaveMade() {
    try (TranslationCache one = open("one"); TranslationCache other = open("one")) {
      run(Optional.of(one), manyBlocks(3));
      run(Optional.of(other), manyBlocks(4));
    }
    try (TranslationCache both = open("one")) {
      assertEquals(0, run(Optional.of(both), manyBlocks(3)).translated);
      assertEquals(0, run(Optional.of(both), manyBlocks(4)).translated);
      assertEquals(2 * 100 + 1, both.count(), "the last is the same");
    }
  }

  /// In its head, or its key.
  @ParameterizedTest
  @ValueSource(ints = {0, 9, 17, 21, 25, 34, 200})
  void aDamagedFileIsNotUsedButReplaced(int at) throws IOException {
    damagedAt(at, 101);
  }

  /// From the end: in the last translation's bytes, in another one's. The others are used.
  @ParameterizedTest
  @ValueSource(ints = {-10, -400})
  void norIsADamagedTranslation(int at) throws IOException {
    damagedAt(at, 1);
  }

  private void damagedAt(int at, int anew) throws IOException {
    process("one", manyBlocks(3));
    byte[] bytes = Files.readAllBytes(file());
    bytes[at < 0 ? bytes.length + at : at] ^= 0x10;
    Files.write(file(), bytes);
    Outcome second = process("one", manyBlocks(3));
    assertEquals(300, second.rbx);
    assertEquals(anew, second.translated);
    assertEquals(List.of("translations in '" + file() + "' are not used: the file is damaged"), said);
    assertEquals(0, process("one", manyBlocks(3)).translated);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 23, 24, 1000})
  void norIsAFileThatWasCutShort(int length) throws IOException {
    process("one", manyBlocks(3));
    byte[] bytes = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(bytes, length));
    assertEquals(101, process("one", manyBlocks(3)).translated);
    assertEquals(List.of("translations in '" + file() + "' are not used: the file is damaged"), said);
  }

  @Test
  void aFileThatOthersMayWriteIsNotUsed() throws IOException {
    process("one", manyBlocks(3));
    Path file = file();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
    assertEquals(101, process("one", manyBlocks(3)).translated);
    assertEquals(List.of("translations in '" + file + "' are not used: others may write there"), said);
  }

  @Test
  void aFolderThatOthersMayWriteIsNotUsedAndNotWrittenTo() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    process("one", manyBlocks(3));
    assertEquals(List.of("translations in '" + folder + "' are not used: others may write there"), said);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void onlySoManyFilesAreLeft() throws IOException {
    for (int product = 0; product < 10; product++) {
      process("number " + product, manyBlocks(3));
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(8, files.count());
    }
  }

  @Test
  void aFileIsNotWrittenForLittle() {
    process("one", "31DB 83C305 EB00 F4");
    assertNotEquals(0, process("one", "31DB 83C305 EB00 F4").translated);
  }

  // ---- the machine

  private static TestMachine machine(Optional<TranslationCache> cache) {
    TestMachine m = new TestMachine(Engine.NATIVE, 1, 4 << 20, cache);
    m.start64(0, CODE, PAGES, 0x1800);
    m.mapPages(PAGES);
    m.put64(PAGES + 0x3000 + 8 * (DATA >> 12) + 8, DATA + 0x5003); // the page behind DATA's is another frame
    m.cpu().cr4 |= Cpu.CR4_OSFXSR;
    m.cpu().setReg(Cpu.RSP, STACK);
    m.cpu().setReg(Cpu.RBX, 0);
    m.load(ROUTINE, "83C303 C3"); // add ebx,3; ret
    return m;
  }

  private static Outcome run(Optional<TranslationCache> cache, String code) {
    try (TestMachine m = machine(cache)) {
      m.load(CODE, code);
      for (int i = 0; i < 64; i++) {
        m.put64(DATA + 0xF00 + 8 * i, 0x0101_0101_0101_0101L * i);
      }
      assertEquals(Exit.HALTED, m.run(0), () -> m.core(0).dump());
      NativeEngine engine = m.core(0).engine();
      return new Outcome(m.cpu().reg(Cpu.RAX), m.cpu().reg(Cpu.RBX), m.cpu().reg(Cpu.RDX), m.get64(DATA + 0x2008),
          engine.translated, engine.recalled);
    }
  }
}
