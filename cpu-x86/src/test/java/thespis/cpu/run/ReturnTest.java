package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.state.Cpu;

/// IRETQ in loops that get translated: to the user, inside the kernel, and what must not go the short way. SDM Vol. 2A
/// "IRET/IRETD/IRETQ".
class ReturnTest {
  private static final int KERNEL = 0x8000;
  private static final int GDT = 0x1800;
  private static final int STACK = 0x7000;
  private static final int USER_STACK = 0x6F00;
  private static final int R13 = 104;
  private static final int R14 = 112;
  private static final int R15 = 120;

  /// Null in DS, ES, FS and GS, then to the user: xor eax,eax; mov ds,eax; ...; sysretq.
  private static final String NULL_DATA = "31c0 8ed8 8ec0 8ee0 8ee8 480f07";

  /// push 1Bh; push r12; push r11; push 23h; push rcx; iretq.
  private static final String IRETQ = "6a1b 4154 4153 6a23 51 48cf";

  private static TestMachine machine(Engine engine, String user, String entry) {
    TestMachine m = SystemCallTest.machine(engine, user, entry, 0x202);
    m.load(KERNEL, NULL_DATA);
    m.cpu().setReg(96, USER_STACK); // R12
    return m;
  }

  /// @param most stops for instructions that are executed elsewhere
  private static void assertTranslated(Engine engine, TestMachine m, int most) {
    if (engine == Engine.NATIVE && NativeEngine.available()) {
      long calls = m.core(0).engine().exits(NativeEngine.exitNames().indexOf("calls"));
      assertTrue(calls < most, "calls: " + calls);
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void theUserGoesOn(Engine engine) {
    // l: inc ebx; cmp ebx,100; std; syscall; sbb r14,0 (CF); mov r15d,cs; cmp ebx,100; jne l; hlt
    String user = "ffc3 83fb64 fd 0f05 4983de00 418ccf 83fb64 75ec f4";
    try (TestMachine m = machine(engine, user, IRETQ)) {
      Cpu cpu = m.cpu();
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(13, cpu.reg(R13), "HLT is the kernel's");
      assertEquals(100, cpu.reg(Cpu.RBX));
      assertEquals(-99, cpu.reg(R14), "CF came back");
      assertEquals(0x23, cpu.reg(R15));
      long frame = cpu.reg(Cpu.RSP);
      assertEquals(0x23, m.get64(frame + 16));
      assertEquals(0x600, m.get64(frame + 24) & 0x600, "IF and DF");
      assertEquals(USER_STACK, m.get64(frame + 32));
      assertEquals(0x1B, m.get64(frame + 40));
      assertTranslated(engine, m, 50);
    }
  }

  @ParameterizedTest(name = "{0}, SS {1}")
  @CsvSource({"RECORDS, 16", "COMPILED, 16", "NATIVE, 16", "VERIFIED, 16", "RECORDS, 0", "NATIVE, 0", "VERIFIED, 0"})
  void theKernelGoesOnWhereItIs(Engine engine, int ss) {
    try (TestMachine m = machine(engine, "f4", "f4")) {
      // mov eax,SS; mov ss,eax; l: inc ebx; mov eax,ss; push rax; push rsp; add [rsp],8; pushfq; mov eax,cs; push rax;
      // push t; iretq; t: mov r15d,ss; cmp ebx,100; jne l; hlt
      m.load(KERNEL, String.format("b8%02x000000 8ed0", ss)
          + "ffc3 8cd0 50 54 4883042408 9c 8cc8 50 681d800000 48cf 418cd7 83fb64 75e2 f4");
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(100, cpu.reg(Cpu.RBX));
      assertEquals(STACK, cpu.reg(Cpu.RSP));
      assertEquals(ss, cpu.reg(R15));
      assertEquals(8, cpu.selector(Cpu.CS));
      assertEquals(ss == 0, (cpu.attr[Cpu.SS] & Cpu.ATTR_UNUSABLE) != 0);
      assertEquals(0, cpu.cpl);
      assertTranslated(engine, m, 30);
    }
  }

  /// What the kernel does in its 50th call.
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "RECORDS, the user's stack segment goes, 8024251d1800007f, 12, 18",
    "NATIVE, the user's stack segment goes, 8024251d1800007f, 12, 18",
    "VERIFIED, the user's stack segment goes, 8024251d1800007f, 12, 18",
    "RECORDS, a nested task, 9c 0fba2c240e 9d, 13, 0",
    "NATIVE, a nested task, 9c 0fba2c240e 9d, 13, 0",
    "VERIFIED, a nested task, 9c 0fba2c240e 9d, 13, 0",
    "RECORDS, RIP is not canonical, 48c1e12f, 13, 0",
    "NATIVE, RIP is not canonical, 48c1e12f, 13, 0",
    "VERIFIED, RIP is not canonical, 48c1e12f, 13, 0",
  })
  void whatIsUnusualFaults(Engine engine, String what, String code, int vector, String error) {
    // l: inc ebx; syscall; jmp l
    String user = "ffc3 0f05 ebfa";
    int length = code.replace(" ", "").length() / 2;
    // cmp ebx,50; jne over; ...
    String entry = "83fb32 75" + String.format("%02x", length) + code + IRETQ;
    try (TestMachine m = machine(engine, user, entry)) {
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(vector, cpu.reg(R13));
      assertEquals(50, cpu.reg(Cpu.RBX));
      assertEquals(Integer.parseInt(error, 16), m.get64(cpu.reg(Cpu.RSP)));
      assertEquals(8, m.get64(cpu.reg(Cpu.RSP) + 16), "in the kernel");
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void theUserDoesNotKeepTheKernelsDataSegments(Engine engine) {
    // l: inc ebx; syscall; mov r15d,ds; or r14,r15; cmp ebx,100; jne l; hlt
    String user = "ffc3 0f05 458cdf 4d09fe 83fb64 75f1 f4";
    // mov eax,10h; mov ds,eax; ...
    try (TestMachine m = machine(engine, user, "b810000000 8ed8" + IRETQ)) {
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(13, cpu.reg(R13));
      assertEquals(100, cpu.reg(Cpu.RBX));
      assertEquals(0, cpu.reg(R14));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aTrapFlagOnTheStackStepsTheUser(Engine engine) {
    // l: inc ebx; syscall; inc r14; inc r15; jmp l
    String user = "ffc3 0f05 49ffc6 49ffc7 ebf4";
    // cmp ebx,50; jne +7; or r11,100h; ...
    try (TestMachine m = machine(engine, user, "83fb32 7507 4981cb00010000" + IRETQ)) {
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(1, cpu.reg(R13));
      assertEquals(50, cpu.reg(R14));
      assertEquals(49, cpu.reg(R15));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aTableThatEndsBeforeTheSelectorFaults(Engine engine) {
    // l: inc ebx; syscall; jmp l
    String user = "ffc3 0f05 ebfa";
    // cmp ebx,50; jne +8; lgdt [GDT + 100h]; ...
    String entry = "83fb32 7508 0f01142500190000" + IRETQ;
    try (TestMachine m = machine(engine, user, entry)) {
      m.put64(GDT + 0x100, (long) GDT << 16 | 0x1F);
      assertEquals(Exit.HALTED, m.run(0));
      Cpu cpu = m.cpu();
      assertEquals(13, cpu.reg(R13));
      assertEquals(50, cpu.reg(Cpu.RBX));
      assertEquals(0x20, m.get64(cpu.reg(Cpu.RSP)));
    }
  }
}
