package thespis.actors;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import thespis.cpu.mmu.PageTables;
import thespis.cpu.run.CoreNotes;
import thespis.cpu.run.DebugRegisters;
import thespis.cpu.run.Inspector;
import thespis.cpu.run.IoBus;
import thespis.cpu.run.TranslationState;
import thespis.cpu.state.DebugPoints;

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
  public boolean visitPages(PageTables.Visitor visitor) {
    return false;
  }

  @Override
  public String localApic() {
    return "APIC of " + slot + "\n";
  }

  @Override
  public TranslationState translation() {
    return new TranslationState(1000 + slot, 4096, 10, 150, 20 + slot, 1, 5, 2, 9, 16, 12, 3, 4, 6, 7, 8, 90, 11, 2, 0, 0,
        List.of(new TranslationState.Exits("polls", 1 + slot)));
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
  public String disassembly(long address, int count, boolean physical) {
    return String.format("0x%08x: %d%s\n", address, count, physical ? " physical" : "");
  }

  @Override
  public boolean writePhysical(long address, byte[] bytes) {
    return false;
  }

  @Override
  public boolean writeVirtual(long address, byte[] bytes) {
    return false;
  }

  @Override
  public DebugRegisters debugRegisters() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean halted() {
    return slot != 0;
  }

  @Override
  public DebugPoints.Watch met() {
    return null;
  }

  @Override
  public long in(int port, int size) {
    return port == OWNED ? IoBus.DEFERRED : 0x44332211L & 0xFFFF_FFFFL >>> 32 - 8 * size;
  }

  @Override
  public boolean out(int port, int size, int value) {
    return port != OWNED;
  }

  @Override
  public CoreNotes coreNotes(int number) {
    throw new UnsupportedOperationException("core notes");
  }
}
