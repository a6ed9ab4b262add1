package thespis.machine.board;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.cpu.state.BootState;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.GuestMemory;
import thespis.machine.loader.BootRequest;
import thespis.machine.loader.E820;
import thespis.machine.loader.EarlyKernel;
import thespis.machine.loader.KernelImage;
import thespis.machine.loader.OpenImages;

/// What firmware would do where there is none: chips set up, tables and a kernel put into memory, and the way out of S3.
/// What the boot processor starts with is as if it had.
final class DirectBoot implements AutoCloseable {
  private static final int WAKING_VECTOR = 12;

  private final BoardConfig config;
  private final GuestMemory memory;
  private final BoardTables tables;
  private final Optional<EarlyKernel> early;
  private final OpenImages images = new OpenImages();

  /// Where the guest says where it wants to wake up; 0 for nowhere.
  private long facs;

  DirectBoot(BoardConfig config, GuestMemory memory, BoardTables tables) {
    this.config = config;
    this.memory = memory;
    this.tables = tables;
    early = config.firmware().isPresent() || config.guestDecompressor() || config.incoming() || config.driven()
        ? Optional.empty()
        : config.kernel().map(kernel -> EarlyKernel.begin(kernel, memory));
  }

  /// A kernel that is unpacked beside may not be any more: memory is about to change.
  void await() {
    early.ifPresent(EarlyKernel::await);
  }

  /// @param reserved ranges of the chip set that the memory map reserves
  /// @return how the boot processor starts
  /// @throws thespis.machine.loader.LoadException in QEMU's words
  BootState boot(FirmwareSetup setup, IsaDevices isa, List<E820.Entry> reserved) {
    setup.run(isa.serialPorts(), isa.parallelPorts());
    BoardTables.Installed installed = tables.write(memory, setup.interrupts());
    facs = installed.facs();
    List<E820.Entry> memoryMap = E820.of(memory, installed.high(), reserved, config.cpu().amd());
    BootState start = config.kernel()
        .map(kernel -> KernelImage.load(
            kernel,
            new BootRequest(
                images, memory, memoryMap, installed.rsdp(), config.commandLine(), config.initrd(),
                config.guestDecompressor()),
            early))
        .orElseGet(this::nothingToBoot);
    return start.withMsrs(msrs(setup));
  }

  /// What firmware does on the way out of S3.
  BootState resume(FirmwareSetup setup) {
    setup.resume();
    long vector = wakingVector();
    return BootState.real((int) (vector >>> 4) & 0xFFFF, (int) vector & 0xF).withMsrs(msrs(setup));
  }

  /// ACPI 6.5 "Firmware ACPI Control Structure (FACS)": where the guest wants to go on, in real mode.
  long wakingVector() {
    boolean there = facs != 0 && memory.holds(facs, WAKING_VECTOR + Integer.BYTES);
    return there ? memory.get32(facs + WAKING_VECTOR) & 0xFFFF_FFFFL : 0;
  }

  /// What firmware writes on every processor.
  private Map<Integer, Long> msrs(FirmwareSetup setup) {
    Map<Integer, Long> msrs = new HashMap<>(setup.memoryTypes(config.cpu().physicalBits()));
    if (config.slots().topology().needsX2Apic() && config.cpu().x2apic()) {
      msrs.putAll(FirmwareSetup.x2ApicMode());
    }
    return msrs;
  }

  /// Where SeaBIOS would say "No bootable device": interrupts off, halted. Every vector of real mode leads to an IRET, so
  /// that a non-maskable interrupt does no harm.
  private BootState nothingToBoot() {
    for (int vector = 0; vector < 256; vector++) {
      memory.put32(4L * vector, 0xF000_FF53);
    }
    memory.put8(0xFFF53, 0xCF);
    memory.write(0xFFFF0, new byte[] {(byte) 0xFA, (byte) 0xF4, (byte) 0xEB, (byte) 0xFC});
    return BootState.real(0xF000, 0xFFF0);
  }

  /// Where the tables are comes with the memory that they are in.
  void state(StateIo io) {
    facs = io.u64("facs", facs);
  }

  @Override
  public void close() {
    await();
    images.close();
  }
}
