/// What instructions do: one class for each family, static functions of the vCPU and of one decoded instruction.
///
/// A family has one entry, `static int run(Cpu cpu, long p, int op)`, with a dense `switch (op)`; `p` is the address of
/// the {@link thespis.cpu.decode.Op} record. It returns {@link Flow#NEXT} (go on behind the instruction),
/// {@link Flow#JUMP} (RIP is set: find the block there) or {@link Flow#EXIT} (RIP is set, `cpu.exit` says why the slice
/// ends). When a family is entered RIP is that of the instruction; {@link Flow#nextRip} is the one behind it.
///
/// - Operands: {@link Operands} reads and writes the integer forms; for SIMD `Op.dst(p)`/`Op.src(p)` are register numbers
///   when the kind is `KIND_REG` and the memory operand is at `Operands.linear(cpu, p, bytes, write)`, read with
///   `cpu.mmu.load8/16/32/64` and written with `store*`. Registers lie in the state block: XMM n at
///   `cpu.st + Cpu.XMM + 32 * n` (YMM n is all 32 bytes), x87 register (physical) n at `cpu.st + Cpu.FPR + 16 * n`.
/// - SSE and AVX: {@link Vectors} has the operands. `Op.reg3(p)` is the first source (in SSE the destination), and
///   `Vectors.bytes(p)` the length; {@link Simd} clears the upper half behind a VEX.128 instruction.
/// - Faults: `throw cpu.gp()`, `cpu.ud()`, `cpu.raise(GuestFault.NM)`, before anything has changed: the instruction can
///   then be restarted. Nothing else may throw.
/// - Flags are lazy, see {@link Flags}; `Flags.setArithmetic(cpu, bits)` sets them outright.
/// - No allocation, no method over 8,000 bytecodes, the SDM's section title in each family's comment.
package thespis.cpu.exec;
