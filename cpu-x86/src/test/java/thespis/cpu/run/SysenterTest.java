package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.exec.MsrOps;
import thespis.cpu.state.BootState;
import thespis.cpu.state.Cpu;

/// SYSENTER and SYSEXIT of 32-bit code in loops that get translated. SDM Vol. 2B "SYSENTER-Fast System Call",
/// "SYSEXIT-Fast Return from Fast System Call".
class SysenterTest {
  private static final int KERNEL = 0x8000;
  private static final int USER = 0x9000;
  private static final int ENTRY = 0xA000;
  private static final int FAULT = 0xB000;
  private static final int PAGES = 0x40000;
  private static final int GDT = 0x1800;
  private static final int IDT = 0x2000;
  private static final int TSS = 0x3000;
  private static final int STACK = 0x7000;
  private static final int USER_STACK = 0x9F00;
  private static final int SECRET = 0x20000;

  /// In user code at {@link #USER}, by SYSEXIT, whose stack is {@link #USER_STACK}; SYSENTER goes to {@link #ENTRY}. A fault
  /// stops with its vector in EDI and what was pushed on top of the stack.
  private static TestMachine machine(Engine engine, String user, String entry) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    m.core(0).start(BootState.protected32(KERNEL, new BootState.Table(GDT, 47), 8, 16));
    m.put32(PAGES, PAGES + 0x1007);
    for (int page = 0; page < 256; page++) {
      m.put32(PAGES + 0x1000 + 4 * page, page << 12 | (page == USER >>> 12 ? 7 : 3));
    }
    m.put64(GDT + 8, 0x00CF_9B00_0000_FFFFL);
    m.put64(GDT + 16, 0x00CF_9300_0000_FFFFL);
    m.put64(GDT + 24, 0x00CF_FB00_0000_FFFFL);
    m.put64(GDT + 32, 0x00CF_F300_0000_FFFFL);
    for (int v = 0; v < 32; v++) {
      long at = FAULT + 16 * v;
      m.put64(IDT + 8 * v, at & 0xFFFF | 8 << 16 | 0x8E00L << 32 | at >>> 16 << 48);
      m.load(at, "bf" + String.format("%02x", v) + "000000 f4"); // mov edi,v; hlt
    }
    m.put32(TSS + 4, STACK);
    m.put32(TSS + 8, 16);
    m.load(KERNEL, "ba" + word(USER) + "b9" + word(USER_STACK) + "0f35"); // mov edx,USER; mov ecx,USER_STACK; sysexit
    m.load(USER, user);
    m.load(ENTRY, entry);
    Cpu cpu = m.cpu();
    cpu.idtBase = IDT;
    cpu.idtLimit = 0xFF;
    cpu.trBase = TSS;
    cpu.limit[Cpu.TR] = 0x67;
    cpu.cr3 = PAGES;
    cpu.cr0 |= Cpu.CR0_PG;
    cpu.mmu.flush();
    for (int s : new int[] {Cpu.ES, Cpu.DS, Cpu.FS, Cpu.GS}) {
      cpu.setSelector(s, 35);
      cpu.setAttributes(s, 0xC0F3);
    }
    MsrOps.write(cpu, 0x174, 8);
    MsrOps.write(cpu, 0x175, STACK);
    MsrOps.write(cpu, 0x176, ENTRY);
    cpu.setReg(Cpu.RSP, STACK);
    return m;
  }

  private static String word(int v) {
    return String.format("%08x", Integer.reverseBytes(v));
  }

  private static final String TO_KERNEL = "ffc3 8ccd 0f34"; // inc ebx; mov ebp,cs; sysenter

  /// mov edx,USER + 6; mov ecx,USER_STACK; sysexit
  private static final String TO_USER = "ba" + word(USER + 6) + "b9" + word(USER_STACK) + "0f35";

  @ParameterizedTest
  @EnumSource(Engine.class)
  void privilegeChangesAtOnce(Engine engine) {
    // l: to the kernel; cmp ebx,100; jne l; push esp; mov esi,[SECRET]
    String user = TO_KERNEL + "83fb64 75f5 54 8b35" + word(SECRET);
    // mov esi,cs; mov edi,ss; pushf; pop eax; to the user
    String entry = "8cce 8cd7 9c 58 90 8b0d" + word(SECRET) + "890d" + word(SECRET + 4) + TO_USER;
    try (TestMachine m = machine(engine, user, entry)) {
      m.put32(SECRET, 0x1234);
      Cpu cpu = m.cpu();
      cpu.setReg(Cpu.RAX, 0);
      m.load(KERNEL - 3, "6802020000 9d"); // push 202h; popf: user code has IF
      m.load(KERNEL + 3, "ba" + word(USER) + "b9" + word(USER_STACK) + "0f35");
      cpu.setRip(KERNEL - 3);
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(14, cpu.reg(Cpu.RDI), "the user may not read it");
      assertEquals(0x1234, m.get32(SECRET + 4), "the kernel may");
      assertEquals(100, cpu.reg(Cpu.RBX));
      assertEquals(0x1B, cpu.reg(Cpu.RBP), "the user's CS");
      assertEquals(8, cpu.reg(Cpu.RSI), "the kernel's CS");
      assertEquals(2, cpu.reg(Cpu.RAX) & Cpu.IF | 2, "no interrupts");
      long frame = cpu.reg(Cpu.RSP);
      assertEquals(STACK - 24, frame, "the TSS's stack");
      assertEquals(5, m.get32(frame), "by a user");
      assertEquals(USER + 12, m.get32(frame + 4));
      assertEquals(0x1B, m.get32(frame + 8));
      assertEquals(USER_STACK - 4, m.get32(frame + 16));
      assertEquals(0x23, m.get32(frame + 20));
      assertEquals(0, cpu.cpl);
      assertEquals(SECRET, cpu.cr2());
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void withoutASelectorThereIsNone(Engine engine) {
    // l: to the kernel; jmp l
    String user = TO_KERNEL + "ebf8";
    // cmp ebx,50; jne over; mov ecx,174h; xor eax,eax; xor edx,edx; wrmsr; over: to the user
    String entry = "83fb32 750b b974010000 31c0 31d2 0f30" + TO_USER;
    try (TestMachine m = machine(engine, user, entry)) {
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(13, cpu.reg(Cpu.RDI));
      assertEquals(50, cpu.reg(Cpu.RBX));
      assertEquals(ENTRY + 16 + 10, m.get32(cpu.reg(Cpu.RSP) + 4), "SYSEXIT is none either");
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void theUserMayNotReturn(Engine engine) {
    // l: to the kernel; cmp ebx,50; jne l; sysexit
    String user = TO_KERNEL + "83fb32 75f5 0f35";
    try (TestMachine m = machine(engine, user, TO_USER)) {
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(13, cpu.reg(Cpu.RDI));
      assertEquals(USER + 11, m.get32(cpu.reg(Cpu.RSP) + 4));
      assertEquals(0x1B, m.get32(cpu.reg(Cpu.RSP) + 8));
    }
  }

  /// A data segment of the kernel's stays in the user's hands, and is loaded by nobody again.
  @ParameterizedTest
  @EnumSource(Engine.class)
  void dataSegmentsStay(Engine engine) {
    // l: to the kernel; push 16; add [DATA],ebx; cmp ebx,50; jne l; mov ds,[esp]
    String user = TO_KERNEL + "6a10 011d" + word(USER + 0x800) + "83fb32 75ed 8e1c24";
    // push 16; pop ds; add [SECRET],ebx; to the user
    String entry = "6a10 1f 011d" + word(SECRET) + TO_USER;
    try (TestMachine m = machine(engine, user, entry)) {
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(13, cpu.reg(Cpu.RDI));
      assertEquals(16, m.get32(cpu.reg(Cpu.RSP)), "the selector");
      assertEquals(50 * 51 / 2, m.get32(USER + 0x800));
      assertEquals(50 * 51 / 2, m.get32(SECRET));
    }
  }
}
