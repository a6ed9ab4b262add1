package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import thespis.cpu.state.BootState;
import thespis.cpu.state.Cpu;

/// Call gates, interrupts from virtual-8086 mode and task gates in 32-bit protected mode. SDM Vol. 3A "Accessing a Code
/// Segment Through a Call Gate", "Interrupt and Exception Handling in Virtual-8086 Mode", "Task Switching".
class GateTest {
  private static final int CODE = 0x8000;
  private static final int GDT = 0x1800;
  private static final int IDT = 0x2000;
  private static final int TSS = 0x3000;
  private static final int OTHER_TSS = 0x3800;
  private static final int GATE = 0x9000;
  private static final int FAULT = 0xA000;
  private static final int STACK0 = 0x7000;
  private static final int STACK3 = 0x6000;
  private static final long FLAT_CODE = 0x00CF_9B00_0000_FFFFL;
  private static final long FLAT_DATA = 0x00CF_9300_0000_FFFFL;
  private static final long DPL3 = 0x6000_0000_0000L;

  private static TestMachine machine(String code) {
    TestMachine m = new TestMachine(Engine.RECORDS, 1, 1 << 20);
    m.put64(GDT + 8, FLAT_CODE);
    m.put64(GDT + 16, FLAT_DATA);
    m.put64(GDT + 24, FLAT_CODE | DPL3);
    m.put64(GDT + 32, FLAT_DATA | DPL3);
    m.put64(GDT + 40, GATE | 8 << 16 | 0xEC02L << 32); // call gate, DPL 3, two parameters
    m.put64(GDT + 48, 0x0000_8B00_0000_0067L | (long) TSS << 16);
    m.put64(GDT + 56, 0x0000_8900_0000_0067L | (long) OTHER_TSS << 16);
    for (int v = 0; v < 32; v++) {
      m.put64(IDT + 8 * v, FAULT + 16 * v | 8 << 16 | 0x8E00L << 32);
      m.load(FAULT + 16 * v, "F4");
    }
    m.put64(IDT + 8 * 5, 0x38 << 16 | 0xE500L << 32); // #BR by a task gate
    m.put32(TSS + 4, STACK0);
    m.put32(TSS + 8, 16);
    m.core(0).start(BootState.protected32(CODE, new BootState.Table(GDT, 63), 8, 16));
    m.load(CODE, code);
    Cpu cpu = m.cpu();
    cpu.idtBase = IDT;
    cpu.idtLimit = 0xFF;
    cpu.setSelector(Cpu.TR, 0x30);
    cpu.attr[Cpu.TR] = 0x8B;
    cpu.trBase = TSS;
    cpu.limit[Cpu.TR] = 0x67;
    cpu.setReg(Cpu.RSP, STACK0);
    return m;
  }

  private static void user(Cpu cpu) {
    cpu.cpl = 3;
    cpu.setSelector(Cpu.CS, 0x1B);
    cpu.setSelector(Cpu.SS, 0x23);
    cpu.attr[Cpu.CS] |= 0x60;
    cpu.attr[Cpu.SS] |= 0x60;
    cpu.setReg(Cpu.RSP, STACK3);
    cpu.updateMode();
  }

  @Test
  void aCallGateChangesTheStackAndCopiesParametersAndTheReturnDropsThem() {
    // push 0x11; push 0x22; lcall 0x2b:0; hlt (#GP at CPL 3)
    try (TestMachine m = machine("6A11 6A22 9A000000002B00 F4")) {
      // mov eax,[esp+8]; mov ebx,[esp+12]; mov ecx,cs; mov edx,[esp+20]; mov esi,[esp+16]; mov edi,esp; retf 8
      m.load(GATE, "8B442408 8B5C240C 8CC9 8B542414 8B742410 89E7 CA0800");
      user(m.cpu());
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(0x22, m.cpu().reg(Cpu.RAX));
      assertEquals(0x11, m.cpu().reg(Cpu.RBX));
      assertEquals(8, m.cpu().reg(Cpu.RCX) & 0xFFFF);
      assertEquals(0x23, m.cpu().reg(Cpu.RDX) & 0xFFFF);
      assertEquals(STACK3 - 8, m.cpu().reg(Cpu.RSI));
      assertEquals(STACK0 - 24, m.cpu().reg(Cpu.RDI));
      assertEquals(FAULT + 16 * 13 + 1, m.cpu().rip());
      assertEquals(STACK3, m.get32(STACK0 - 8), "ESP at the fault: the parameters are gone");
      assertEquals(0x1B, m.get32(STACK0 - 16) & 0xFFFF);
      assertEquals(CODE + 11, m.get32(STACK0 - 20));
    }
  }

  @Test
  void aJumpThroughAGateToAnInnerLevelIsRefused() {
    // ljmp 0x2b:0
    try (TestMachine m = machine("EA000000002B00")) {
      user(m.cpu());
      m.run(0);
      assertEquals(FAULT + 16 * 13 + 1, m.cpu().rip());
      assertEquals(8, m.get32(STACK0 - 24), "the code segment that the gate names");
    }
  }

  @Test
  void aTaskGateSwitchesThereAndIretBack() {
    // mov ecx,5; bound eax,[0x5000] (out of bounds: #BR); hlt
    try (TestMachine m = machine("B905000000 620500500000 F4")) {
      m.put32(0x5000, 1);
      m.put32(0x5004, 2);
      m.put32(OTHER_TSS + 0x20, GATE);
      m.put32(OTHER_TSS + 0x24, 2);
      m.put32(OTHER_TSS + 0x28, 0x1234); // EAX
      m.put32(OTHER_TSS + 0x38, STACK3);
      for (int s = 0; s < 6; s++) {
        m.put16(OTHER_TSS + 0x48 + 4 * s, s == Cpu.CS ? 8 : 16);
      }
      m.load(GATE, "A300510000 9C 8F0504510000 C70528300000 01000000 CF F4"); // EAX and EFLAGS away; first EAX = 1; iret
      m.run(0);
      assertEquals(0x1234, m.get32(0x5100));
      assertEquals(Cpu.NT, m.get32(0x5104) & Cpu.NT);
      assertEquals(0x30, m.get16(OTHER_TSS), "link to the task that was left");
      assertEquals(GATE + 23, m.get32(OTHER_TSS + 0x20), "goes on behind its IRET");
      assertEquals(1, m.cpu().reg(Cpu.RAX));
      assertEquals(5, m.cpu().reg(Cpu.RCX));
      assertEquals(CODE + 12, m.cpu().rip());
      assertEquals(0x30, m.cpu().selector(Cpu.TR));
      assertEquals(0x89, m.get64(GDT + 56) >>> 40 & 0xFF, "not busy any more");
      assertEquals(0x8B, m.get64(GDT + 48) >>> 40 & 0xFF);
      assertEquals(Cpu.CR0_TS, m.cpu().cr0 & Cpu.CR0_TS);
    }
  }

  @Test
  void aFaultInVirtual8086ModeSavesItsSegments() {
    // push GS FS DS ES SS ESP EFLAGS(VM) CS EIP; iret: to 0x800:0, a HLT
    try (TestMachine m = machine("6A05 6A04 6A03 6A02 6A01 68F0000000 6802000200 6800080000 6A20 CF")) {
      m.load(CODE + 0x20, "F4");
      m.run(0);
      assertEquals(FAULT + 16 * 13 + 1, m.cpu().rip());
      assertEquals(0, m.cpu().cpl);
      long[] frame = {0, 0x20, 0x800, 0x10002 | Cpu.VM, 0xF0, 1, 2, 3, 4, 5};
      for (int i = 0; i < frame.length; i++) {
        assertEquals(frame[i], m.get32(STACK0 - 40 + 4 * i), "slot " + i);
      }
      assertEquals(0, m.cpu().selector(Cpu.DS));
      assertEquals(false, m.cpu().vm86());
    }
  }
}
