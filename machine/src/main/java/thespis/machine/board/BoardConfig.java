package thespis.machine.board;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import thespis.machine.acpi.Numa;
import thespis.machine.acpi.SmbiosFields;
import thespis.machine.acpi.SleepStates;
import thespis.machine.acpi.SmiFeatures;
import thespis.machine.device.pci.Mch;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.device.serial.ByteSink;

/// What a board is built from. Immutable; {@link #builder} has a default for everything.
///
/// @param machine full machine name, as in `pc-i440fx-7.2`
/// @param ram bytes, whole pages
/// @param ramParts what it is made of; empty for memory of its own
/// @param slots the possible processors
/// @param numa how RAM is divided among nodes
/// @param firmware an image for the top of the first 4 GiB; without one the host does what SeaBIOS would
/// @param kernel booted directly
/// @param initrd a file, or for multiboot kernels a list of modules
/// @param serial where the UARTs' output goes, in order of their ports; as many UARTs as sinks
/// @param parallel where the parallel ports' output goes, likewise
/// @param rootPorts PCI Express root ports; `q35` only
/// @param pciFunctions other PCI functions that the user asked for
/// @param debugConsole output of port 0xE9
/// @param debugExit the isa-debug-exit device is there
/// @param acpi the guest is told of ACPI; without it `pc` has no power management either
/// @param utcNanos what the clock chip goes by, in nanoseconds since 1970
/// @param utcAhead how far that is ahead of a clock that another process has alike, for a machine that moves there
/// @param cpu what firmware tells of the processors
/// @param uuid the machine's, for SMBIOS; all zeros if it has none
/// @param sleep the sleep states that the guest is told of
/// @param smbios what the user says of the machine there
/// @param firmwareFiles more files of fw_cfg, by name
/// @param boot what firmware is told about booting
/// @param smi what firmware can have done by system management interrupt; `q35` only
/// @param noReboot the strap that makes the watchdog of `q35` have no consequence
/// @param managementRam what firmware can close; `q35` only
/// @param guestDecompressor leave a compressed kernel to its own decompressor
/// @param incoming its state comes from another machine: nothing is loaded before
/// @param driven somebody drives the chips from outside: there is no firmware and no kernel
/// @param ramImage what its RAM begins with, which then is all of it
public record BoardConfig(
    String machine,
    long ram,
    List<RamPart> ramParts,
    CpuSlots slots,
    Numa numa,
    Optional<Path> firmware,
    Optional<Path> kernel,
    Optional<String> initrd,
    String commandLine,
    List<ByteSink> serial,
    List<ByteSink> parallel,
    List<PcieRootPort.Settings> rootPorts,
    List<PciFunction> pciFunctions,
    Optional<ByteSink> debugConsole,
    boolean debugExit,
    boolean acpi,
    LongSupplier utcNanos,
    LongSupplier utcAhead,
    boolean hpet,
    CpuFacts cpu,
    UUID uuid,
    SleepStates sleep,
    SmbiosFields smbios,
    Map<String, byte[]> firmwareFiles,
    BootChoice boot,
    SmiFeatures smi,
    boolean noReboot,
    Mch.ManagementRam managementRam,
    boolean guestDecompressor,
    boolean incoming,
    boolean driven,
    Optional<RamImage> ramImage) {

  public static Builder builder() {
    return new Builder();
  }

  /// Setters named as the components.
  public static final class Builder {
    private String machine = "pc-i440fx-7.2";
    private long ram = 128L << 20;
    private List<RamPart> ramParts = List.of();
    private CpuSlots slots = CpuSlots.of(Topology.SINGLE);
    private Numa numa = Numa.NONE;
    private Optional<Path> firmware = Optional.empty();
    private Optional<Path> kernel = Optional.empty();
    private Optional<String> initrd = Optional.empty();
    private String commandLine = "";
    private final List<ByteSink> serial = new ArrayList<>();
    private final List<ByteSink> parallel = new ArrayList<>();
    private List<PcieRootPort.Settings> rootPorts = List.of();
    private List<PciFunction> pciFunctions = List.of();
    private Optional<ByteSink> debugConsole = Optional.empty();
    private boolean debugExit;
    private boolean acpi = true;
    private LongSupplier utcNanos = Builder::hostUtc;
    private LongSupplier utcAhead = () -> 0;
    private boolean hpet = true;
    private CpuFacts cpu = CpuFacts.QEMU64;
    private UUID uuid = new UUID(0, 0);
    private SleepStates sleep = SleepStates.ALL;
    private SmbiosFields smbios = SmbiosFields.NONE;
    private Map<String, byte[]> firmwareFiles = Map.of();
    private BootChoice boot = BootChoice.USUAL;
    private SmiFeatures smi = SmiFeatures.ALL;
    private boolean noReboot = true;
    private Mch.ManagementRam managementRam = Mch.ManagementRam.USUAL;
    private boolean guestDecompressor;
    private boolean incoming;
    private boolean driven;
    private Optional<RamImage> ramImage = Optional.empty();

    private Builder() {}

    private static long hostUtc() {
      Instant now = Instant.now();
      return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    public Builder machine(String name) {
      machine = name;
      return this;
    }

    public Builder ram(long bytes) {
      ram = bytes;
      return this;
    }

    public Builder ramParts(List<RamPart> parts) {
      ramParts = List.copyOf(parts);
      return this;
    }

    public Builder slots(CpuSlots possible) {
      slots = possible;
      return this;
    }

    public Builder numa(Numa nodes) {
      numa = nodes;
      return this;
    }

    public Builder firmware(Path image) {
      firmware = Optional.of(image);
      return this;
    }

    public Builder kernel(Path image) {
      kernel = Optional.of(image);
      return this;
    }

    public Builder initrd(String fileOrModules) {
      initrd = Optional.of(fileOrModules);
      return this;
    }

    public Builder commandLine(String text) {
      commandLine = text;
      return this;
    }

    /// One more UART.
    public Builder serial(ByteSink output) {
      serial.add(output);
      return this;
    }

    /// One more parallel port.
    public Builder parallel(ByteSink output) {
      parallel.add(output);
      return this;
    }

    public Builder rootPorts(List<PcieRootPort.Settings> ports) {
      rootPorts = List.copyOf(ports);
      return this;
    }

    public Builder pciFunctions(List<PciFunction> functions) {
      pciFunctions = List.copyOf(functions);
      return this;
    }

    public Builder debugConsole(ByteSink output) {
      debugConsole = Optional.of(output);
      return this;
    }

    public Builder debugExit(boolean present) {
      debugExit = present;
      return this;
    }

    public Builder acpi(boolean present) {
      acpi = present;
      return this;
    }

    public Builder utcNanos(LongSupplier clock) {
      utcNanos = clock;
      return this;
    }

    public Builder smbios(SmbiosFields fields) {
      smbios = fields;
      return this;
    }

    public Builder firmwareFiles(Map<String, byte[]> files) {
      firmwareFiles = Map.copyOf(files);
      return this;
    }

    public Builder utcAhead(LongSupplier nanos) {
      utcAhead = nanos;
      return this;
    }

    public Builder hpet(boolean present) {
      hpet = present;
      return this;
    }

    public Builder cpu(CpuFacts facts) {
      cpu = facts;
      return this;
    }

    public Builder sleep(SleepStates states) {
      sleep = states;
      return this;
    }

    public Builder boot(BootChoice choice) {
      boot = choice;
      return this;
    }

    public Builder smi(SmiFeatures supported) {
      smi = supported;
      return this;
    }

    public Builder noReboot(boolean strapped) {
      noReboot = strapped;
      return this;
    }

    public Builder managementRam(Mch.ManagementRam closable) {
      managementRam = closable;
      return this;
    }

    public Builder uuid(UUID id) {
      uuid = id;
      return this;
    }

    public Builder guestDecompressor(boolean asked) {
      guestDecompressor = asked;
      return this;
    }

    public Builder incoming(boolean expected) {
      incoming = expected;
      return this;
    }

    public Builder driven(boolean fromOutside) {
      driven = fromOutside;
      return this;
    }

    public Builder ramImage(RamImage first) {
      ramImage = Optional.of(first);
      return this;
    }

    public BoardConfig build() {
      return new BoardConfig(
          machine,
          ram,
          ramParts,
          slots,
          numa,
          firmware,
          kernel,
          initrd,
          commandLine,
          List.copyOf(serial),
          List.copyOf(parallel),
          rootPorts,
          pciFunctions,
          debugConsole,
          debugExit,
          acpi,
          utcNanos,
          utcAhead,
          hpet,
          cpu,
          uuid,
          sleep,
          smbios,
          firmwareFiles,
          boot,
          smi,
          noReboot,
          managementRam,
          guestDecompressor,
          incoming,
          driven,
          ramImage);
    }
  }
}
