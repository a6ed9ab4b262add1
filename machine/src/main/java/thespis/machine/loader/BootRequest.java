package thespis.machine.loader;

import java.util.List;
import java.util.Optional;
import thespis.machine.bus.GuestMemory;

/// What a loader has to work with.
///
/// @param files where images are opened
/// @param memoryMap as the firmware reports it
/// @param rsdp address of the ACPI root pointer, 0 if there is none
/// @param commandLine without the kernel's name
/// @param initrd a file; for multiboot a list of modules, `file arguments,file arguments`, as QEMU has it
/// @param guestDecompressor leave a compressed kernel to its own decompressor, which also randomises its address
public record BootRequest(
    OpenImages files,
    GuestMemory memory,
    List<E820.Entry> memoryMap,
    long rsdp,
    String commandLine,
    Optional<String> initrd,
    boolean guestDecompressor) {}
