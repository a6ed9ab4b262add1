package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import thespis.cpu.state.Cpu;

/// Layouts are those of QEMU 7.2.
class InspectorTest {
  private static final long TABLES = 0x10000;

  private final TestMachine m = new TestMachine(Engine.RECORDS, 2, 4L << 20);

  @AfterEach
  void close() {
    m.close();
  }

  private Inspector look() {
    return m.core(0).inspect();
  }

  /// Four levels at {@link #TABLES}: linear 0 to 2 MiB one large page, then pages as given.
  private void longMode() {
    m.put64(TABLES, TABLES + 0x1000 | 7);
    m.put64(TABLES + 0x1000, TABLES + 0x2000 | 7);
    m.put64(TABLES + 0x2000, 0x1E3);
    m.put64(TABLES + 0x2008, TABLES + 0x3000 | 7);
    m.put64(TABLES + 0x3000, 0x5000 | 0x25);
    m.put64(TABLES + 0x3008, 0x6000 | 0x25);
    m.put64(TABLES + 0x3010, 0x8000_0000_0000_7000L | 0x67);
    m.put64(TABLES + 0x800, TABLES + 0x1000 | 3);
    m.start64(0, 0x1000, TABLES, 0x9000);
  }

  @Test
  void registersAfterResetAreLaidOutForSixteenBits() {
    Cpu cpu = m.cpu();
    m.core(0).reset();
    String expected = """
        EAX=00000000 EBX=00000000 ECX=00000000 EDX=%08x
        ESI=00000000 EDI=00000000 EBP=00000000 ESP=00000000
        EIP=0000fff0 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0
        ES =0000 00000000 0000ffff 00009300
        CS =f000 ffff0000 0000ffff 00009b00
        SS =0000 00000000 0000ffff 00009300
        DS =0000 00000000 0000ffff 00009300
        FS =0000 00000000 0000ffff 00009300
        GS =0000 00000000 0000ffff 00009300
        LDT=0000 00000000 0000ffff 00008200
        TR =0000 00000000 0000ffff 00008b00
        GDT=     00000000 0000ffff
        IDT=     00000000 0000ffff
        CR0=60000010 CR2=00000000 CR3=00000000 CR4=00000000
        DR0=0000000000000000 DR1=0000000000000000 DR2=0000000000000000 DR3=0000000000000000\s
        DR6=00000000ffff0ff0 DR7=0000000000000400
        EFER=0000000000000000
        FCW=0040 FSW=0000 [ST=0] FTW=ff MXCSR=00001f80
        FPR0=0000000000000000 0000 FPR1=0000000000000000 0000
        """.formatted((int) cpu.reg(Cpu.RDX));
    String seen = look().registers();
    assertEquals(expected, seen.substring(0, expected.length()));
    assertTrue(seen.endsWith("XMM06=" + "0".repeat(16) + " " + "0".repeat(16) + " XMM07=" + "0".repeat(16) + " "
        + "0".repeat(16) + "\n"), seen);
  }

  @Test
  void sixtyFourBitCodeHasTheWideLayout() {
    longMode();
    m.cpu().setReg(8 * 9, 0x1234);
    String seen = look().registers();
    assertTrue(seen.startsWith("RAX="), seen);
    assertTrue(seen.contains("R8 =0000000000000000 R9 =0000000000001234 R10=0000000000000000"), seen);
    assertTrue(seen.contains("\nCS =0008 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]\n"), seen);
    assertTrue(seen.contains("\nSS =0010 0000000000000000 ffffffff 00cf9300 DPL=0 DS   [-WA]\n"), seen);
    assertTrue(seen.contains("\nXMM14="), seen);
  }

  @Test
  void pagesAreListedByLinearAddressWithTheirFlags() {
    assertEquals("PG disabled\n", look().pages());
    longMode();
    assertEquals("""
        0000000000000000: 0000000000000000 -GPDA---W
        0000000000200000: 0000000000005000 ----A--U-
        0000000000201000: 0000000000006000 ----A--U-
        0000000000202000: 0000000000007000 X--DA--UW
        ffff800000000000: 0000000000000000 -GPDA---W
        ffff800000200000: 0000000000005000 ----A--U-
        ffff800000201000: 0000000000006000 ----A--U-
        ffff800000202000: 0000000000007000 X--DA--UW
        """, look().pages());
  }

  @Test
  void rangesJoinNeighboursWithTheSameRights() {
    longMode();
    assertEquals("""
        0000000000000000-0000000000200000 0000000000200000 -rw
        0000000000200000-0000000000202000 0000000000002000 ur-
        0000000000202000-0000000000203000 0000000000001000 urw
        ffff800000000000-ffff800000200000 0000000000200000 -rw
        ffff800000200000-ffff800000202000 0000000000002000 -r-
        ffff800000202000-ffff800000203000 0000000000001000 -rw
        """, look().ranges());
  }

  @Test
  void theLocalApicAfterResetIsDisabledAndPassesThePicOn() {
    assertEquals("""
        dumping local APIC state for CPU 1\s

        LVT0\t 0x00000700 active-hi edge                              ExtINT (vec 0)
        LVT1\t 0x00010000 active-hi edge  masked                      Fixed  (vec 0)
        LVTPC\t 0x00010000 active-hi edge  masked                      Fixed  (vec 0)
        LVTERR\t 0x00010000 active-hi edge  masked                      Fixed  (vec 0)
        LVTTHMR\t 0x00010000 active-hi edge  masked                      Fixed  (vec 0)
        LVTT\t 0x00010000 active-hi edge  masked         one-shot     Fixed  (vec 0)
        Timer\t DCR=0x0 (divide by 2) initial_count = 0 current_count = 0
        SPIV\t 0x000000ff APIC disabled, focus=off, spurious vec 255
        ICR\t 0x00000000 physical edge de-assert no-shorthand
        ICR2\t 0x00000000 cpu 0 (APIC ID)
        ESR\t 0x00000000
        ISR\t (none)
        IRR\t (none)

        APR 0x01 TPR 0x00 DFR 0x0f LDR 0x00 PPR 0x00
        """, m.core(1).inspect().localApic());
  }

  @Test
  void expressionsKnowQemusNamesOfRegisters() {
    longMode();
    m.cpu().setReg(Cpu.RSP, 0x7000);
    assertEquals(OptionalLong.of(0x7000), look().register("sp"));
    assertEquals(OptionalLong.of(0x7000), look().register("esp"));
    assertEquals(OptionalLong.of(8), look().register("cs"));
    assertEquals(-1, (int) look().register("cs.limit").getAsLong());
    assertEquals(OptionalLong.of(0x1000), look().register("pc"));
    assertEquals(OptionalLong.empty(), look().register("rip"));
    assertEquals(OptionalLong.empty(), look().register("cs.type"));
  }

  @Test
  void memoryIsReadByPhysicalAndByLinearAddress() {
    longMode();
    m.load(0x5FFE, "11 22 33 44");
    byte[] four = new byte[4];
    assertTrue(look().readPhysical(0x5FFE, four));
    assertArrayEquals(new byte[] {0x11, 0x22, 0x33, 0x44}, four);
    assertTrue(look().readVirtual(0x200FFE, four));
    assertArrayEquals(new byte[] {0x11, 0x22, 0x33, 0x44}, four);
    assertFalse(look().readVirtual(0x202FFE, four), "the next page is not mapped");
    assertEquals(0x5010, look().translate(0x200010));
    assertEquals(-1, look().translate(0x300000));
  }
}
