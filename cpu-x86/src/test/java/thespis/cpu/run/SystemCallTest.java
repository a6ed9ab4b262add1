package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.exec.MsrOps;
import thespis.cpu.state.Cpu;

/// SYSCALL and SYSRET in loops that get translated. SDM Vol. 2B "SYSCALL-Fast System Call", "SYSRET-Return From Fast
/// System Call".
class SystemCallTest {
  private static final int KERNEL = 0x8000;
  private static final int USER = 0x9000;
  private static final int ENTRY = 0xA000;
  private static final int FAULT = 0xB000;
  private static final int PAGES = 0x40000;
  private static final int GDT = 0x1800;
  private static final int IDT = 0x2000;
  private static final int TSS = 0x3000;
  private static final int STACK = 0x7000;
  private static final int SECRET = 0x20000;
  private static final int OPEN = 0x21000;
  private static final int R8 = 64;
  private static final int R12 = 96;
  private static final int R13 = 104;
  private static final int R14 = 112;
  private static final int R15 = 120;

  private static final int MASK = Cpu.TF | Cpu.IF | Cpu.DF | Cpu.AC | Cpu.CF;

  /// In user code at {@link #USER}, by SYSRET; system calls go to {@link #ENTRY}. A fault stops with its vector in R13 and
  /// what was pushed on top of the stack.
  static TestMachine machine(Engine engine, String user, String entry, long flags) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    m.start64(0, KERNEL, PAGES, GDT);
    m.mapPages(PAGES);
    m.put64(PAGES, PAGES + 0x1007);
    m.put64(PAGES + 0x1000, PAGES + 0x2007);
    m.put64(PAGES + 0x2000, PAGES + 0x3007);
    m.put64(PAGES + 0x3000 + 8 * (USER >>> 12), USER | 7);
    m.put64(PAGES + 0x3000 + 8 * (OPEN >>> 12), OPEN | 7);
    m.put64(GDT + 24, 0x00CF_F300_0000_FFFFL);
    m.put64(GDT + 32, 0x00AF_FB00_0000_FFFFL);
    for (int v = 0; v < 32; v++) {
      long at = FAULT + 16 * v;
      m.put64(IDT + 16 * v, at & 0xFFFF | 8 << 16 | 0x8E00L << 32 | at >>> 16 << 48);
      m.load(at, "41bd" + String.format("%02x", v) + "000000 f4");
    }
    m.put64(TSS + 4, STACK);
    m.load(KERNEL, "480f07"); // sysretq
    m.load(USER, user);
    m.load(ENTRY, entry);
    Cpu cpu = m.cpu();
    cpu.setGdt(cpu.gdtBase(), 0x27);
    cpu.idtBase = IDT;
    cpu.idtLimit = 0xFFF;
    cpu.trBase = TSS;
    cpu.limit[Cpu.TR] = 0x67;
    MsrOps.write(cpu, 0xC000_0080, cpu.efer | Cpu.EFER_SCE);
    MsrOps.write(cpu, 0xC000_0081, 0x0010_0008L << 32);
    MsrOps.write(cpu, 0xC000_0082, ENTRY);
    MsrOps.write(cpu, 0xC000_0084, MASK);
    cpu.setReg(Cpu.RCX, USER);
    cpu.setReg(Cpu.R11, flags);
    cpu.setReg(Cpu.RSP, STACK);
    return m;
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void flagsAndAddressesComeBack(Engine engine) {
    // l: inc ebx; cmp ebx,100; std; syscall; sbb r14,0 (CF); cmp ebx,100; jne l; mov r15,[SECRET]
    String user = "ffc3 83fb64 fd 0f05 4983de00 83fb64 75ef 4c8b3c2500000200";
    // pushfq; pop r8; or r12,r11; mov rsi,rcx; mov rax,[SECRET]; sysretq
    String entry = "9c 4158 4d09dc 4889ce 488b042500000200 480f07";
    try (TestMachine m = machine(engine, user, entry, 0x202)) {
      m.put64(SECRET, 0x1234);
      Cpu cpu = m.cpu();
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(14, cpu.reg(R13), "the user may not read it");
      assertEquals(0x1234, cpu.reg(Cpu.RAX), "the kernel may");
      assertEquals(100, cpu.reg(Cpu.RBX));
      assertEquals(-99, cpu.reg(R14), "CF came back");
      assertEquals(USER + 8, cpu.reg(Cpu.RSI));
      assertEquals(0x602, cpu.reg(R12) & 0x602, "IF and DF");
      assertEquals(2, cpu.reg(R8) & MASK | 2, "masked");
      assertEquals(5, m.get64(cpu.reg(Cpu.RSP)), "by a user");
      assertEquals(0x23, m.get64(cpu.reg(Cpu.RSP) + 16));
      assertEquals(0x1B, m.get64(cpu.reg(Cpu.RSP) + 40));
      assertEquals(0, cpu.cpl);
      assertEquals(SECRET, cpu.cr2());
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void selectorsAreThoseOfStar(Engine engine) {
    // l: inc ebx; syscall; mov r14,cs; cmp ebx,100; jne l; hlt
    String user = "ffc3 0f05 418cce 83fb64 75f4 f4";
    // mov r8,cs; mov r12,ss; sysretq
    String entry = "418cc8 418cd4 480f07";
    try (TestMachine m = machine(engine, user, entry, 0x202)) {
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(13, cpu.reg(R13), "HLT is the kernel's");
      assertEquals(0x23, cpu.reg(R14) & 0xFFFF);
      assertEquals(8, cpu.reg(R8) & 0xFFFF);
      assertEquals(0x10, cpu.reg(R12) & 0xFFFF);
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void anAddressThatIsNotCanonicalFaultsInTheKernel(Engine engine) {
    // l: inc ebx; syscall; jmp l
    String user = "ffc3 0f05 ebfa";
    // cmp ebx,50; jne +10; mov rcx,0000800000000000; sysretq
    String entry = "83fb32 750a 48b90000000000800000 480f07";
    try (TestMachine m = machine(engine, user, entry, 0x202)) {
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(13, cpu.reg(R13));
      assertEquals(50, cpu.reg(Cpu.RBX));
      assertEquals(ENTRY + 15, m.get64(cpu.reg(Cpu.RSP) + 8));
      assertEquals(8, m.get64(cpu.reg(Cpu.RSP) + 16));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aTrapFlagFromTheKernelTrapsBeforeTheUsersNextInstruction(Engine engine) {
    // l: inc ebx; syscall; inc r14; inc r15; jmp l
    String user = "ffc3 0f05 49ffc6 49ffc7 ebf4";
    // cmp ebx,50; jne +7; or r11,100h; sysretq
    String entry = "83fb32 7507 4981cb00010000 480f07";
    try (TestMachine m = machine(engine, user, entry, 0x202)) {
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(1, cpu.reg(R13));
      assertEquals(49, cpu.reg(R14));
      assertEquals(49, cpu.reg(R15));
      assertEquals(USER + 4, m.get64(cpu.reg(Cpu.RSP)));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void withoutTheirEnableBitThereAreNone(Engine engine) {
    // l: inc ebx; syscall; jmp l
    String user = "ffc3 0f05 ebfa";
    // inc r8; cmp ebx,50; jne +13; rsi, r15 keep; mov ecx,C0000080; rdmsr; and al,FEh; wrmsr; mov rcx,..; sysretq
    String entry = "49ffc0 83fb32 7518 4889ce 4d89df b9800000c0 0f32 24fe 0f30 4889f1 4d89fb 90 480f07";
    try (TestMachine m = machine(engine, user, entry, 0x202)) {
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(6, cpu.reg(R13));
      assertEquals(50, cpu.reg(R8));
      assertEquals(8, m.get64(cpu.reg(Cpu.RSP) + 8), "SYSRET is none either");
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void theKernelUnderSmapNeedsTheUsersLeave(Engine engine) {
    // l: inc ebx; syscall; jmp l
    String user = "ffc3 0f05 ebfa";
    // cmp ebx,50; je +3; stac; mov rax,[OPEN]; sysretq
    String entry = "83fb32 7403 0f01cb 488b042500100200 480f07";
    try (TestMachine m = machine(engine, user, entry, 0x40202)) {
      Cpu cpu = m.cpu();
      // the kernel's own way to the user turns it on: mov rax,cr4; bts rax,21; mov cr4,rax; sysretq
      m.load(KERNEL, "0f20e0 480fbae815 0f22e0 480f07");
      m.put64(OPEN, 0x77);
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(14, cpu.reg(R13));
      assertEquals(OPEN, cpu.cr2());
      assertEquals(0x77, cpu.reg(Cpu.RAX));
      assertEquals(50, cpu.reg(Cpu.RBX));
      assertEquals(1, m.get64(cpu.reg(Cpu.RSP)), "the kernel's read");
    }
  }

  private static TestMachine compatibility(Engine engine, String user, String entry) {
    TestMachine m = machine(engine, user, "f4", 0x202);
    m.load(KERNEL, "0f07"); // sysretl
    m.load(ENTRY + 0x100, entry);
    MsrOps.write(m.cpu(), 0xC000_0083, ENTRY + 0x100);
    return m;
  }

  /// SDM Vol. 2B "SYSRET"; AMD64 APM Vol. 3 "SYSCALL" from compatibility mode.
  @ParameterizedTest
  @EnumSource(Engine.class)
  void codeBelowTheKernelMayBeOf32Bits(Engine engine) {
    // l: inc ebx; cmp ebx,100; syscall; sbb esi,0; cmp ebx,100; jne l; mov eax,[SECRET]
    String user = "ffc3 83fb64 0f05 83de00 83fb64 75f1 8b0500000200";
    // mov edi,ecx; mov r8d,cs; mov eax,[SECRET]; sysretl
    String entry = "89cf 418cc8 8b042500000200 0f07";
    try (TestMachine m = compatibility(engine, user, entry)) {
      m.put64(SECRET, 0x1234);
      Cpu cpu = m.cpu();
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(14, cpu.reg(R13), "the user may not read it");
      assertEquals(0x1234, cpu.reg(Cpu.RAX), "the kernel may");
      assertEquals(100, cpu.reg(Cpu.RBX));
      assertEquals(0xFFFF_FF9DL, cpu.reg(Cpu.RSI), "CF came back");
      assertEquals(USER + 7, cpu.reg(Cpu.RDI));
      assertEquals(8, cpu.reg(R8) & 0xFFFF);
      assertEquals(5, m.get64(cpu.reg(Cpu.RSP)), "by a user");
      assertEquals(USER + 15, m.get64(cpu.reg(Cpu.RSP) + 8));
      assertEquals(0x13, m.get64(cpu.reg(Cpu.RSP) + 16));
      assertEquals(0x1B, m.get64(cpu.reg(Cpu.RSP) + 40));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void segmentsThatTheKernelHasLoadedCount(Engine engine) {
    // l: inc ebx; syscall; add fs:[OPEN],ebx; add [OPEN],ebx; jmp l
    String user = "ffc3 0f05 64011d00100200 011d00100200 ebed";
    // cmp ebx,50; jne over; xor eax,eax; mov ds,eax; over: sysretl; and the same for FS
    for (String load : new String[] {"8ed8", "8ee0"}) {
      try (TestMachine m = compatibility(engine, user, "83fb32 7504 31c0" + load + "0f07")) {
        Cpu cpu = m.cpu();
        m.put64(OPEN, 0);
        assertEquals(Exit.HALTED, m.run(0));
        boolean data = load.equals("8ed8");
        assertEquals(13, cpu.reg(R13));
        assertEquals(50, cpu.reg(Cpu.RBX));
        assertEquals(USER + (data ? 11 : 4), m.get64(cpu.reg(Cpu.RSP) + 8));
        assertEquals(49 * 50 + (data ? 50 : 0), m.get64(OPEN));
      }
    }
  }
}
