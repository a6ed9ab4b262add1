package thespis.cpu.mmu;

import thespis.cpu.run.IoBus;
import thespis.cpu.state.Cpu;

/// Accesses to guest-physical addresses that are not memory: the processor's own local APIC, or what the board has there.
/// SDM Vol. 3A "Local APIC Status and Location": the APIC's page hides what else is at its address.
final class DeviceAccess {
  private final Cpu cpu;
  private final IoBus bus;

  DeviceAccess(Cpu cpu, IoBus bus) {
    this.cpu = cpu;
    this.bus = bus;
  }

  long read(long gpa, int bytes) {
    if (cpu.apic != null && cpu.apic.covers(gpa)) {
      return cpu.apic.read((int) (gpa & 0xFFF), bytes);
    }
    if (cpu.log != null && !bus.hasMmio(gpa)) {
      cpu.log.unassigned(gpa, bytes, false);
    }
    return bus.mmioRead(gpa, bytes);
  }

  void write(long gpa, int bytes, long v) {
    if (cpu.apic != null && cpu.apic.covers(gpa)) {
      cpu.apic.write((int) (gpa & 0xFFF), bytes, (int) v);
      return;
    }
    if (cpu.log != null && !bus.hasMmio(gpa)) {
      cpu.log.unassigned(gpa, bytes, true);
    }
    bus.mmioWrite(gpa, bytes, v);
  }
}
