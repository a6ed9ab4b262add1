package thespis.hotplug;

import java.util.Optional;
import thespis.machine.board.CpuSlot;

/// A possible CPU and, if its slot is taken, who has it.
public record SlotInfo(CpuSlot slot, String type, Optional<CpuInfo> cpu) {}
