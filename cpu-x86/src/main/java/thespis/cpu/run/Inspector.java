package thespis.cpu.run;

import java.util.OptionalLong;
import thespis.cpu.mmu.PageTables;
import thespis.cpu.state.DebugPoints;

/// What a monitor wants to see of a processor, taken on its own thread between two slices. Texts are laid out as those
/// of QEMU 7.2's monitor. What a debugger writes changes the guest's state; nothing else does, but for device registers
/// that change when read.
public interface Inspector {
  /// `info registers`.
  String registers();

  /// A register by the name that the monitor's expressions have for it; empty if it has none.
  OptionalLong register(String name);

  /// `info mem`: ranges of linear addresses with equal rights.
  String ranges();

  /// `info tlb`: every page of the guest's tables.
  String pages();

  /// All pages of the guest's tables, as far as the visitor wants them; false if paging is off.
  boolean visitPages(PageTables.Visitor visitor);

  /// `info lapic`.
  String localApic();

  /// What `info jit` says, of one core.
  TranslationState translation();

  /// Physical address of a linear one, or -1.
  long translate(long linear);

  /// Reads memory that may be RAM, ROM or a device's. False if some of it is neither.
  boolean readPhysical(long address, byte[] into);

  /// The same by linear addresses; false if some page is not mapped.
  boolean readVirtual(long address, byte[] into);

  /// So many instructions as lines of text, in the mode that the processor is in.
  String disassembly(long address, int count, boolean physical);

  /// Writes memory that may be RAM or ROM; devices are left alone. False if some of it is neither.
  boolean writePhysical(long address, byte[] bytes);

  /// The same by linear addresses; false if some page is not mapped.
  boolean writeVirtual(long address, byte[] bytes);

  /// What a core file says of the registers.
  ///
  /// @param number of the processor, from 1
  CoreNotes coreNotes(int number);

  /// How a debugger sees the registers.
  DebugRegisters debugRegisters();

  /// It is in HLT or waits for SIPI.
  boolean halted();

  /// The data access that the processor was stopped for; null for none.
  DebugPoints.Watch met();

  /// IN of 1, 2 or 4 bytes, or {@link IoBus#DEFERRED}.
  long in(int port, int size);

  /// OUT. False if {@link IoBus#DEFERRED}.
  boolean out(int port, int size, int value);
}
