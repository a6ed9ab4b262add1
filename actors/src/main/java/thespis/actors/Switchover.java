package thespis.actors;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import thespis.cpu.state.StateException;
import thespis.cpu.state.StateIo;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.RunState;
import thespis.machine.migrate.Section;

/// The run state where a migration ends: how one process's machine stops for good, and how another's goes on. What clients
/// ask of a machine between those two moments waits, as what would change it must.
final class Switchover {
  static final String SECTION = "run-state";

  private final RunControl run;
  private final Requests requests;
  private final Hardware hardware;
  private final Events events;
  private final RunControl.Offload offload;

  Switchover(
      RunControl run, Requests requests, Hardware hardware, Events events, RunControl.Offload offload) {
    this.run = run;
    this.requests = requests;
    this.hardware = hardware;
    this.events = events;
    this.offload = offload;
  }

  // ---- the machine that leaves

  /// Stops it until {@link #migrated} or {@link #notMigrated}.
  ///
  /// @param as what it is doing meanwhile
  /// @param then hears what it was doing
  void stop(RunState as, Consumer<RunState> then) {
    requests.submit(() -> {
      if (run.running()) {
        run.pauseAll(() -> stopped(as, then));
      } else {
        stopped(as, then);
      }
    });
  }

  private void stopped(RunState as, Consumer<RunState> then) {
    RunState before = run.state();
    if (before.running()) {
      hardware.pause();
      run.enter(as);
      events.publish(new MachineEvent.Stopped());
    } else {
      if (before == RunState.SUSPENDED) {
        hardware.pause();
      }
      run.enter(as);
    }
    then.accept(before);
  }

  /// What the other process has to know of it.
  Section save(RunState before) {
    return Section.save(SECTION, io -> new State(before, run.sleepDue()).walk(io));
  }

  void migrated() {
    run.enter(RunState.POSTMIGRATE);
    requests.done();
  }

  void notMigrated(RunState before) {
    run.proceed(before, true);
    requests.done();
  }

  // ---- the machine that comes

  /// What is loaded when the devices are.
  interface Rest {
    /// @param then to be told what is wrong, or what the machine was doing
    void load(Map<String, Section> sections, Loaded then);
  }

  interface Loaded {
    void done(Optional<String> wrong, Section runState);
  }

  /// Takes over another machine's state, and goes on as that did.
  ///
  /// @param devices loads what may take its time
  /// @param then hears what is wrong, if something is
  void load(
      Map<String, Section> sections, Consumer<Map<String, Section>> devices, Rest rest,
      Consumer<Optional<String>> then) {
    requests.submit(() -> offload.run(() -> devices.accept(sections), wrong -> {
      if (wrong.isPresent()) {
        Throwable e = wrong.get();
        then.accept(Optional.of(e instanceof StateException ? e.getMessage() : "error while loading state: " + e));
        requests.done();
      } else {
        rest.load(sections, (problem, runState) -> {
          then.accept(problem.or(() -> proceed(runState)));
          requests.done();
        });
      }
    }));
  }

  /// @return what is wrong
  private Optional<String> proceed(Section runState) {
    State state;
    try {
      State[] loaded = new State[1];
      runState.load(io -> loaded[0] = new State(RunState.PAUSED, false).walk(io));
      state = loaded[0];
    } catch (StateException e) {
      return Optional.of("error while loading state of device '" + SECTION + "': " + e.getMessage());
    }
    hardware.stateLoaded();
    run.sleepDue(state.sleepDue);
    run.proceed(state.run, run.startsByItself());
    return Optional.empty();
  }

  private record State(RunState run, boolean sleepDue) {
    State walk(StateIo io) {
      String name = io.text("state", run.wire());
      try {
        return new State(
            RunState.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')), io.bool("sleep-due", sleepDue));
      } catch (IllegalArgumentException e) {
        throw new StateException("state is '" + name + "', which is none");
      }
    }
  }
}
