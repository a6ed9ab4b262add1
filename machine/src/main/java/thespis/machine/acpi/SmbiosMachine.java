package thespis.machine.acpi;

import java.util.UUID;

/// What SMBIOS tells of a machine.
///
/// @param product the board's long name, `Standard PC (i440FX + PIIX, 1996)`
/// @param version the machine type, `pc-i440fx-7.2`
/// @param sockets all of them; QEMU differs: it calls an empty one populated
/// @param cores of one socket
/// @param threads of one socket
/// @param cpuid1Eax processor signature, and `cpuid1Edx`: feature flags of CPUID leaf 1
/// @param below4g bytes of RAM at 0, and `above4g`: at 4 GiB
/// @param fields what the user says instead
public record SmbiosMachine(
    String product,
    String version,
    UUID uuid,
    int sockets,
    int cores,
    int threads,
    int cpuid1Eax,
    int cpuid1Edx,
    long below4g,
    long above4g,
    SmbiosFields fields) {}
