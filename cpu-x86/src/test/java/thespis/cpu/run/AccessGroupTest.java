package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.state.Cpu;

/// Accesses near each other, which translated code checks together: a page's edge between them must not show.
class AccessGroupTest {
  private static final int CODE = 0x8000;
  private static final int PAGES = 0x4000;
  private static final int DATA = 0x10000;

  /// 2 MiB are mapped.
  private static final int END = 0x20_0000;

  @ParameterizedTest
  @EnumSource(Engine.class)
  void accessesOnBothSidesOfAnEdgeReachTheirFrames(Engine engine) {
    try (TestMachine m = machine(engine)) {
      m.put64(PAGES + 0x3000 + 8 * (DATA >> 12) + 8, DATA + 0x5003); // the page behind is another frame
      // mov ecx,200; l: add [rsi],rcx; add [rsi+8],rcx; add [rsi-10h],rcx
      // lea rsi,[rsi+4]; cmp esi,DATA+1008; jb n; mov esi,DATA+FF0; n: dec ecx; jnz l; hlt
      m.load(CODE, "B9C8000000 48010E 48014E08 48014EF0 488D7604 81FE08100100 7205 BEF00F0100 FFC9 75E0 F4");
      m.cpu().setReg(Cpu.RSI, DATA + 0xFF0);
      assertEquals(Exit.HALTED, m.run(0), () -> m.core(0).dump());
      byte[] expected = new byte[0x2000];
      int at = 0xFF0;
      for (long round = 200; round > 0; round--) {
        for (int d : new int[] {0, 8, -16}) {
          add(expected, at + d, round);
        }
        at += 4;
        if (at >= 0x1008) {
          at = 0xFF0;
        }
      }
      for (int i = 0xFD0; i < 0x1020; i += 8) {
        long frame = i < 0x1000 ? DATA + i : DATA + 0x5000 + i - 0x1000;
        assertEquals(get(expected, i), m.get64(frame), engine + " at " + Integer.toHexString(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aFaultComesAtTheAccessThatMeetsIt(Engine engine) {
    try (TestMachine m = machine(engine)) {
      // mov ecx,100; mov esi,END-80h; l: mov rax,[rsi]; mov rbx,[rsi+8]; mov rdx,[rsi+10h]; dec ecx; jnz l
      // mov esi,END-10h; mov ecx,100; jmp l: reads two, and meets the end of memory at the third
      m.load(CODE, "B964000000 BE80FF1F00 488B06 488B5E08 488B5610 FFC9 75F1 BEF0FF1F00 B964000000 EBE5");
      m.put64(END - 0x10, 0x1111);
      m.put64(END - 8, 0x2222);
      assertEquals(Exit.SHUTDOWN, m.run(0), "there is no handler");
      assertEquals(CODE + 10 + 3 + 4, m.cpu().rip(), () -> engine + "\n" + m.core(0).dump());
      assertEquals(0x1111, m.cpu().reg(Cpu.RAX));
      assertEquals(0x2222, m.cpu().reg(Cpu.RBX));
      assertEquals(END, m.cpu().cr2());
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void whatStaysIsFoundWhileOthersMoveOn(Engine engine) {
    try (TestMachine m = machine(engine)) {
      // mov ecx,400; l: mov rax,[rsi]; xor rax,[rsi+8]; xor rax,[rsi+8]; inc qword [rdi+8]; add [rbx],rax;
      // add [DATA+2000],ecx; add rsi,FF8; dec ecx; jnz l; hlt
      m.load(CODE, "B990010000 488B06 48334608 48334608 48FF4708 480103 010C2500200100 4881C6F80F0000 FFC9 75DD F4");
      for (int i = 0; i < 400; i++) {
        m.put64(DATA + 0x4000 + i * 0xFF8L, i);
      }
      Cpu cpu = m.cpu();
      cpu.setReg(Cpu.RSI, DATA + 0x4000);
      cpu.setReg(Cpu.RDI, DATA + 0xFF0); // up to the page's edge
      cpu.setReg(Cpu.RBX, DATA + 0x1000);
      assertEquals(Exit.HALTED, m.run(0), () -> m.core(0).dump());
      assertEquals(400, m.get64(DATA + 0xFF8));
      assertEquals(399 * 400 / 2, m.get64(DATA + 0x1000));
      assertEquals(400 * 401 / 2, m.get64(DATA + 0x2000) & 0xFFFF_FFFFL);
    }
  }

  /// The turn's end is where an address may have become another's: what stays in a register is not asked for its value only.
  @ParameterizedTest
  @EnumSource(Engine.class)
  void whatComesBackInAnotherRegisterMoves(Engine engine) {
    try (TestMachine m = machine(engine)) {
      // mov ecx,100; l: inc qword [rdi]; inc qword [rsi]; xchg rdi,rsi; mov rax,rsi; mov rax,rdi; lea rbx,[rdi+0]
      // inc qword [rbx+20h]; dec ecx; jnz l; hlt
      m.load(CODE, "B964000000 48FF07 48FF06 4887FE 4889F0 4889F8 488D5F00 48FF4320 FFC9 75E5 F4");
      m.cpu().setReg(Cpu.RSI, DATA);
      m.cpu().setReg(Cpu.RDI, DATA + 0x3000);
      assertEquals(Exit.HALTED, m.run(0), () -> m.core(0).dump());
      assertEquals(100, m.get64(DATA));
      assertEquals(100, m.get64(DATA + 0x3000));
      assertEquals(50, m.get64(DATA + 0x20));
      assertEquals(50, m.get64(DATA + 0x3020));
    }
  }

  private static void add(byte[] bytes, int at, long v) {
    long sum = get(bytes, at) + v;
    for (int i = 0; i < 8; i++) {
      bytes[at + i] = (byte) (sum >>> 8 * i);
    }
  }

  private static long get(byte[] bytes, int at) {
    long v = 0;
    for (int i = 7; i >= 0; i--) {
      v = v << 8 | bytes[at + i] & 0xFF;
    }
    return v;
  }

  private static TestMachine machine(Engine engine) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    m.start64(0, CODE, PAGES, 0x1800);
    m.mapPages(PAGES);
    return m;
  }
}
