package thespis.cpu.run;

import java.util.function.Consumer;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.state.CpuFeatures;

/// The ways of executing guest code that the same tests run on. Another engine is one more constant.
enum Engine {
  /// Each block from its records.
  RECORDS(core -> core.compileAfter(0)),

  /// Each block as JVM bytecode, from its first run.
  COMPILED(core -> core.compileAfter(1)),

  /// Each block as host code, from its first run; where the host has no native engine, as the one before.
  NATIVE(core -> {
    core.compileAfter(1);
    core.translateAfter(1);
  }),

  /// The same, and what the host code does is compared with the semantics of each instruction.
  VERIFIED(core -> {
    core.compileAfter(1);
    core.translateAfter(1);
  });

  private final Consumer<Core> choice;

  Engine(Consumer<Core> choice) {
    this.choice = choice;
  }

  Core core(int index, boolean bsp, CpuFeatures features, Core.Board board) {
    Core core = new Core(index, index, bsp, features, this == VERIFIED ? verified(board) : board);
    choice.accept(core);
    return core;
  }

  private static Core.Board verified(Core.Board b) {
    return NativeEngine.possible()
        ? new Core.Board(b.phys(), b.ram(), b.bus(), b.clock(), b.apics(), b.code(), Execution.VERIFIED, b.cache(),
            b.observation())
        : b;
  }
}
