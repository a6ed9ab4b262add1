package thespis.cpu.run;

import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// A hot block as JVM bytecode. Stateless: every core whose records are the same shares it.
abstract class CompiledBlock {
  /// @param first the block's first record
  /// @return the record to go on with, or 0 to leave: RIP is set
  abstract long run(Interpreter i, Mmu m, Cpu c, long st, long first);
}
