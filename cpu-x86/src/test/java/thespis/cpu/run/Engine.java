package thespis.cpu.run;

import thespis.cpu.state.CpuFeatures;

/// The ways of executing guest code that the same tests run on. Another engine is one more constant.
enum Engine {
  /// Each block from its records.
  RECORDS {
    @Override
    Core core(int index, CpuFeatures features, Core.Board board) {
      Core core = new Core(index, index, true, features, board);
      core.compileAfter(0);
      return core;
    }
  },

  /// Each block as JVM bytecode, from its first run.
  COMPILED {
    @Override
    Core core(int index, CpuFeatures features, Core.Board board) {
      Core core = new Core(index, index, true, features, board);
      core.compileAfter(1);
      return core;
    }
  },

  /// Each block as host code, from its first run; where the host has no native engine, as the one before.
  NATIVE {
    @Override
    Core core(int index, CpuFeatures features, Core.Board board) {
      Core core = new Core(index, index, true, features, board);
      core.translateAfter(1);
      return core;
    }
  };

  abstract Core core(int index, CpuFeatures features, Core.Board board);
}
