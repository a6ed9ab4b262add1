package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.apic.ApicBus;
import thespis.cpu.apic.LocalApic;
import thespis.cpu.apic.LocalApics;
import thespis.cpu.exec.MsrOps;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.model.CpuModels;
import thespis.cpu.model.CpuTopology;
import thespis.cpu.model.ModelFeatures;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Which local APICs an IPI or an interrupt message reaches, in xAPIC and x2APIC mode. SDM Vol. 3A "Determining IPI
/// Destination", "Extended XAPIC (x2APIC)".
class ApicRoutingTest {
  private static final long X2 = 0xFEE0_0C00L;
  private static final int BASE = 0x1B;
  private static final int ICR = 0x830;
  private static final int VECTOR = 0x55;
  private static final List<Integer> IDS = List.of(0, 1, 17, 255, 256, 511);

  private final GuestRam ram = new GuestRam(1 << 16);
  private final List<Core> cores = new ArrayList<>();
  private LocalApics bus;

  /// @param x2 APIC IDs of those that are in x2APIC mode; all others are in xAPIC mode
  private void start(boolean extended, List<Integer> x2) {
    bus = new LocalApics(extended);
    PhysMap phys = new PhysMap();
    phys.map(new PhysMap.Range("ram", 0, ram.size(), ram.host(), PhysMap.READ | PhysMap.WRITE));
    CpuConfig config = new CpuConfig(CpuModels.find("qemu64"), Accelerator.wideApicIds());
    config.realize(CpuTopology.SINGLE, warning -> {});
    for (int id : IDS) {
      Core core = new Core(cores.size(), id, id == 0, new ModelFeatures(config, CpuTopology.SINGLE, id),
          new Core.Board(phys, ram, new NoBus(), new StillClock(), bus, new CodeMap(ram), Execution.INTERPRETED,
              Optional.empty(), Observation.none()));
      cores.add(core);
      core.cpu().apic.write(0xF0, 4, 0x1FF);
      if (x2.contains(id)) {
        MsrOps.write(core.cpu(), BASE, X2);
      }
    }
  }

  @AfterEach
  void close() {
    cores.forEach(Core::close);
    ram.close();
  }

  /// A sibling or a timer may have found it just before it went.
  @Test
  void whoeverAsksForACoreThatHasGoneDoesNoHarm() {
    start(false, List.of());
    Core gone = cores.getLast();
    gone.close();
    gone.requestWatch(ram.host(), cores.getFirst());
    gone.requestInvalidate(ram.host(), 1);
    gone.requestClosed();
    gone.invalidateAll();
    gone.kick();
    assertEquals(1, Mem.getVolatile32(gone.cpu().st + Cpu.ATTENTION));
  }

  private LocalApic apic(int id) {
    return cores.get(IDS.indexOf(id)).cpu().apic;
  }

  private String reached() {
    return IDS.stream().filter(id -> apic(id).acknowledge() == VECTOR).map(String::valueOf).collect(Collectors.joining(" "));
  }

  @ParameterizedTest(name = "ICR {0}{1}")
  @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      # destination | low word | reached
      000000FF      | 00004055 | 255
      00000100      | 00004055 | 256
      00000000      | 00004055 | 0
      FFFFFFFF      | 00004055 | 0 1 17 255 256 511
      FFFFFFFF      | 00004855 | 0 1 17 255 256 511
      00000003      | 00004855 | 0 1
      00010002      | 00004855 | 17
      000F8000      | 00004855 | 255
      00100001      | 00004855 | 256
      001F8000      | 00004855 | 511
      000000FF      | 00044055 | 0
      00000000      | 00084055 | 0 1 17 255 256 511
      00000000      | 000C4055 | 1 17 255 256 511
      """)
  void anIpiInX2ApicModeHas32BitsOfDestination(String destination, String low, String reached) {
    start(false, IDS);
    apic(0).msrs().write(ICR, Long.parseUnsignedLong(destination + low, 16));
    assertEquals(reached, reached());
  }

  /// Processors that were plugged wait in xAPIC mode for the IPIs that start them.
  @Test
  void anIpiFromX2ApicModeReachesExactlyOneThatIsStillInXApicMode() {
    start(true, List.of(0));
    apic(0).msrs().write(ICR, 0xFFL << 32 | 0x4500);
    apic(0).msrs().write(ICR, 0x1FFL << 32 | 0x4500);
    assertEquals(List.of(255, 511), IDS.stream().filter(id -> apic(id).initPending()).toList());
  }

  @Test
  void anIpiInXApicModeHas8BitsOfDestinationOfWhichAllOnesAreAll() {
    start(false, List.of());
    apic(0).write(0x310, 4, 0x11 << 24);
    apic(0).write(0x300, 4, 0x4055);
    assertEquals("17", reached());
    apic(17).write(0xB0, 4, 0);
    apic(0).write(0x310, 4, 0xFF << 24);
    apic(0).write(0x300, 4, 0x4055);
    assertEquals("0 1 17 255 256 511", reached());
  }

  @ParameterizedTest(name = "extended {0}, {1}")
  @CsvSource(delimiter = '|', textBlock = """
      # extended | address  | reached
      false      | FEE11000 | 17
      false      | FEEFF000 | 0 1 17 255 256 511
      false      | FEE11FE0 | 17
      true       | FEEFF000 | 255
      true       | FEE00020 | 256
      true       | FEEFF020 | 511
      true       | FEE11000 | 17
      """)
  void aMessageHas15BitsOfDestinationWhereTheMachineHasThem(boolean extended, String address, String reached) {
    start(extended, IDS);
    bus.msi(Long.parseLong(address, 16), VECTOR);
    assertEquals(reached, reached());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theFrontPanelReachesAll(boolean extended) {
    start(extended, List.of(0, 1));
    bus.deliver(ApicBus.BROADCAST, false, ApicBus.NMI, 0, false);
    assertTrue(cores.stream().allMatch(core -> core.cpu().nmiPending));
  }

  @Test
  void initLeavesTheModeAndTheLogicalId() {
    start(false, IDS);
    apic(17).resetRegisters();
    assertEquals(1 << 16 | 1 << 1, apic(17).msrs().read(0x80D));
    assertEquals(17, apic(17).msrs().read(0x802));
  }

  @Test
  void anIdOfMoreThan8BitsIsCutInXApicMode() {
    start(false, List.of());
    assertEquals(0xFF << 24, (int) apic(511).read(0x20, 4));
  }

  /// SDM Vol. 3A "x2APIC Register Address Space".
  @Test
  void registersExistInX2ApicModeAsTheManualListsThem() {
    start(false, List.of(1));
    List<String> access = new ArrayList<>();
    for (int msr = 0x800; msr < 0x840; msr++) {
      boolean readable = apic(1).msrs().readable(msr);
      boolean writable = apic(1).msrs().write(msr, 0);
      access.add(readable ? writable ? "rw" : "r" : writable ? "w" : "-");
      assertFalse(apic(0).msrs().readable(msr) || apic(0).msrs().write(msr, 0), "in xAPIC mode");
    }
    assertEquals(List.of(("- - r r - - - - rw - r w - r - rw "
        + "r r r r r r r r r r r r r r r r r r r r r r r r rw - - - - - - - "
        + "rw - rw rw rw rw rw rw rw r - - - - rw w").split(" ")), access);
  }

  @ParameterizedTest
  @CsvSource({"FEE00400, false", "FEE00000, true", "FEE00800, false", "FEE00C00, true"})
  void fromX2ApicModeTheOnlyWayIsOff(String base, boolean allowed) {
    start(false, List.of(1));
    Runnable write = () -> MsrOps.write(cores.get(1).cpu(), BASE, Long.parseLong(base, 16));
    if (allowed) {
      write.run();
    } else {
      assertThrows(GuestFault.class, write::run);
    }
  }
}
