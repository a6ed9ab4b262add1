package thespis.actors;

import java.util.Arrays;
import java.util.OptionalLong;
import thespis.cpu.run.Inspector;
import thespis.cpu.run.IoBus;

/// A look at a core without a guest: 4 KiB of memory, each byte the low half of its address; the linear address is 0x100
/// higher than the physical one; port 0x10 belongs to an actor.
public final class FakeInspector implements Inspector {
  private static final int BYTES = 4096;
  private static final int SHIFT = 0x100;
  private static final int OWNED = 0x10;

  private final int slot;

  public FakeInspector(int slot) {
    this.slot = slot;
  }

  @Override
  public String registers() {
    return "registers of " + slot;
  }

  @Override
  public OptionalLong register(String name) {
    return name.equals("eax") ? OptionalLong.of(0x20 + slot) : OptionalLong.empty();
  }

  @Override
  public String ranges() {
    return "PG disabled\n";
  }

  @Override
  public String pages() {
    return "PG disabled\n";
  }

  @Override
  public String localApic() {
    return "APIC of " + slot + "\n";
  }

  @Override
  public String translation() {
    return "TB count " + slot + "\n";
  }

  @Override
  public long translate(long linear) {
    return linear < SHIFT ? -1 : linear - SHIFT;
  }

  @Override
  public boolean readPhysical(long address, byte[] into) {
    Arrays.setAll(new Byte[into.length], i -> into[i] = (byte) (address + i));
    return address >= 0 && address + into.length <= BYTES;
  }

  @Override
  public boolean readVirtual(long address, byte[] into) {
    return translate(address) >= 0 && readPhysical(translate(address), into);
  }

  @Override
  public long in(int port, int size) {
    return port == OWNED ? IoBus.DEFERRED : 0x44332211L & 0xFFFF_FFFFL >>> 32 - 8 * size;
  }

  @Override
  public boolean out(int port, int size, int value) {
    return port != OWNED;
  }
}
