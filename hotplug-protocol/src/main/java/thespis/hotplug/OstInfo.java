package thespis.hotplug;

import java.util.Optional;

/// What the guest last said about a slot. ACPI 6.5 "_OST (OSPM Status Indication)"; QEMU QMP reference "ACPIOSTInfo".
///
/// @param device the id of the CPU in the slot, if there is one and it has an id
/// @param source 0 nothing said yet, 1 device check, 3 eject request, 0x103 ejection started by the guest
/// @param status 0 success; others depend on the source
public record OstInfo(Optional<String> device, int slot, long source, long status) {
  public static final int DEVICE_CHECK = 1;
  public static final int EJECT_REQUEST = 3;
  public static final int SUCCESS = 0;
  public static final int EJECTION_IN_PROGRESS = 0x84;
}
