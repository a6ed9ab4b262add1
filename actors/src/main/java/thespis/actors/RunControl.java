package thespis.actors;

import akka.actor.typed.ActorRef;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import thespis.actors.Seats.Phase;
import thespis.actors.Seats.Seat;
import thespis.hotplug.Answer;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Cause;
import thespis.hotplug.Failure;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.RebootAction;
import thespis.hotplug.RunState;
import thespis.hotplug.ShutdownAction;
import thespis.hotplug.VcpuProtocol;
import thespis.machine.acpi.WakeReason;

/// The machine's run state and what changes it. QEMU QMP reference "RunState". A change that needs all vCPUs asks each,
/// and goes on when the last has answered or is gone.
final class RunControl {
  /// Work that may take its time, done elsewhere; `then` runs on the board's thread with what went wrong, if anything.
  interface Offload {
    void run(Runnable work, Consumer<Optional<Throwable>> then);
  }

  private final Seats seats;
  private final Requests requests;
  private final Hardware hardware;
  private final ActorRef<BoardProtocol.Message> board;
  private final Events events;
  private final Offload offload;
  private final Consumer<Integer> end;
  private final Roundup pausing = new Roundup();
  private final Roundup resetting = new Roundup();
  private RunState state = RunState.PRELAUNCH;
  private RebootAction onReboot;
  private ShutdownAction onShutdown;
  private boolean guestResetDue;
  private boolean sleepDue;

  /// A machine that waits for another's state goes on by itself if that did.
  private boolean autostart;
  private Optional<String> lost = Optional.empty();

  RunControl(
      Seats seats,
      Requests requests,
      Hardware hardware,
      ActorRef<BoardProtocol.Message> board,
      Events events,
      Offload offload,
      RebootAction onReboot,
      ShutdownAction onShutdown,
      Consumer<Integer> end) {
    this.seats = seats;
    this.requests = requests;
    this.hardware = hardware;
    this.board = board;
    this.events = events;
    this.offload = offload;
    this.onReboot = onReboot;
    this.onShutdown = onShutdown;
    this.end = end;
  }

  RunState state() {
    return state;
  }

  boolean running() {
    return state.running();
  }

  void setAction(Optional<RebootAction> reboot, Optional<ShutdownAction> shutdown) {
    onReboot = reboot.orElse(onReboot);
    onShutdown = shutdown.orElse(onShutdown);
  }

  /// First reset: chips to their power-on state, images into memory.
  void powerOn(Consumer<Optional<Failure>> then) {
    requests.submit(() -> offload.run(hardware::reset, wrong -> {
      if (wrong.isPresent()) {
        then.accept(wrong.map(e -> Failure.generic(text(e))));
        requests.done();
      } else {
        resetVcpus(() -> {
          then.accept(Optional.empty());
          requests.done();
        });
      }
    }));
  }

  /// It waits for another machine's state.
  ///
  /// @param startsByItself goes on then, if that did
  void expectMigration(boolean startsByItself) {
    state = RunState.INMIGRATE;
    autostart = startsByItself;
  }

  boolean startsByItself() {
    return autostart;
  }

  boolean sleepDue() {
    return sleepDue || state == RunState.SUSPENDED;
  }

  void sleepDue(boolean due) {
    sleepDue = due;
  }

  /// What failed meanwhile stays failed.
  void enter(RunState next) {
    if (state != RunState.INTERNAL_ERROR) {
      sleepDue = sleepDue();
      state = next;
    }
  }

  /// Goes on as a machine in this state does.
  ///
  /// @param may otherwise one that ran is paused
  void proceed(RunState as, boolean may) {
    boolean ran = as == RunState.RUNNING || as == RunState.SUSPENDED;
    if (state == RunState.INTERNAL_ERROR || !ran) {
      enter(as);
    } else if (!may) {
      state = RunState.PAUSED;
    } else {
      state = RunState.RUNNING;
      hardware.resume();
      if (as == RunState.RUNNING) {
        events.publish(new MachineEvent.Resumed());
      }
      goOn();
    }
  }

  void cont(Consumer<Answer<Done>> done) {
    if (state == RunState.FINISH_MIGRATE) {
      done.accept(Answer.failed(Failure.generic("Migration is not finalized yet")));
    } else {
      resume(this::goOn, done);
    }
  }

  /// Lets a machine that stands still run.
  private void resume(Runnable cpus, Consumer<Answer<Done>> done) {
    requests.submit(() -> {
      if (state.needsReset()) {
        done.accept(Answer.failed(Failure.generic("Resetting the Virtual Machine is required")));
      } else if (state == RunState.INMIGRATE) {
        autostart = true;
        done.accept(Answer.done());
      } else {
        if (!state.running() && state != RunState.SUSPENDED) {
          state = RunState.RUNNING;
          hardware.resume();
          events.publish(new MachineEvent.Resumed());
          cpus.run();
        }
        done.accept(Answer.done());
      }
      requests.done();
    });
  }

  private void goOn() {
    if (sleepDue) {
      sleep();
    } else {
      runAll();
    }
  }

  /// The guest entered sleep state S3. If it was stopped meanwhile, it sleeps once it goes on. Its clock runs: the alarm
  /// may wake it.
  void guestSlept() {
    requests.submit(() -> {
      sleepDue = true;
      if (state.running()) {
        pauseAll(() -> {
          sleep();
          requests.done();
        });
      } else {
        requests.done();
      }
    });
  }

  /// With no vCPU running.
  private void sleep() {
    sleepDue = false;
    if (state.running()) {
      state = RunState.SUSPENDED;
      events.publish(new MachineEvent.Suspended());
    }
  }

  void wakeUp(WakeReason reason, Consumer<Answer<Done>> done) {
    requests.submit(() -> {
      if (state != RunState.SUSPENDED) {
        done.accept(Answer.failed(Failure.generic("Unable to wake up: guest is not in suspended state")));
        requests.done();
        return;
      }
      state = RunState.RUNNING;
      done.accept(Answer.done());
      offload.run(() -> hardware.wake(reason), wrong -> {
        if (wrong.isPresent()) {
          events.publish(new MachineEvent.Warning("Wake-up failed: " + text(wrong.get())));
          broke();
          requests.done();
        } else {
          resetVcpus(this::wokeUp);
        }
      });
    });
  }

  private void wokeUp() {
    events.publish(new MachineEvent.WokeUp());
    if (state.running()) {
      runAll();
    }
    requests.done();
  }

  /// For a debugger: some CPUs go on, some for one instruction.
  void debug(Set<Integer> running, Set<Integer> stepping, Consumer<Answer<Done>> done) {
    resume(() -> goOn(running, stepping), done);
  }

  private void goOn(Set<Integer> running, Set<Integer> stepping) {
    if (sleepDue) {
      sleep();
      return;
    }
    seats.in(Phase.PRESENT).filter(s -> stepping.contains(s.index()))
        .forEach(s -> s.vcpu.tell(new VcpuProtocol.Step()));
    seats.in(Phase.PRESENT).filter(s -> running.contains(s.index()))
        .forEach(s -> s.vcpu.tell(new VcpuProtocol.Run()));
  }

  /// Its reason is heard before the stop itself.
  void onDebugStopped(int slot) {
    requests.submit(() -> {
      if (state.running()) {
        events.publish(new MachineEvent.DebugStopped(slot));
      }
      stopAs(RunState.DEBUG, requests::done);
    });
  }

  void stop(Consumer<Answer<Done>> done) {
    stop(RunState.PAUSED, done);
  }

  /// @param as the state that it is in then
  void stop(RunState as, Consumer<Answer<Done>> done) {
    requests.submit(() -> stopAs(as, () -> {
      done.accept(Answer.done());
      requests.done();
    }));
  }

  /// For a picture of the memory: until `cont`.
  void freeze(Consumer<Answer<Done>> done) {
    requests.submit(() -> stopAs(RunState.SAVE_VM, () -> {
      done.accept(Answer.done());
      requests.done();
    }));
  }

  private void stopAs(RunState next, Runnable then) {
    autostart = false;
    if (!state.running()) {
      then.run();
      return;
    }
    pauseAll(() -> {
      if (state.running()) {
        state = next;
        hardware.pause();
        events.publish(new MachineEvent.Stopped());
      }
      then.run();
    });
  }

  void reset(Cause cause, Consumer<Answer<Done>> done) {
    requests.submit(() -> resetNow(cause, done));
  }

  /// Guests ask in several ways at once; what comes before the reset is done is the same request.
  void guestReset() {
    if (!guestResetDue) {
      guestResetDue = true;
      reset(Cause.GUEST_RESET, done -> guestResetDue = false);
    }
  }

  private void resetNow(Cause cause, Consumer<Answer<Done>> done) {
    if (onReboot == RebootAction.SHUTDOWN) {
      shutDownNow(cause, done);
      return;
    }
    if (lost.isPresent()) {
      done.accept(Answer.failed(Failure.generic("The " + lost.get() + " failed, nothing but quit helps")));
      requests.done();
      return;
    }
    pauseAll(() -> offload.run(hardware::reset, wrong -> {
      if (wrong.isPresent()) {
        broke();
        done.accept(Answer.failed(Failure.generic("Reset failed: " + text(wrong.get()))));
        requests.done();
      } else {
        resetVcpus(() -> wasReset(cause, done));
      }
    }));
  }

  private void resetVcpus(Runnable then) {
    List<Seat> all = seats.in(Phase.PRESENT).toList();
    all.forEach(s -> s.vcpu.tell(new VcpuProtocol.Reset(board.narrow())));
    resetting.await(all.stream().map(Seat::index).toList(), then);
  }

  private void wasReset(Cause cause, Consumer<Answer<Done>> done) {
    sleepDue = false;
    if (state == RunState.SUSPENDED) {
      hardware.pause();
    }
    if (!state.running() && state != RunState.INMIGRATE) {
      state = RunState.PRELAUNCH;
    }
    events.publish(new MachineEvent.WasReset(cause));
    if (state.running()) {
      runAll();
    }
    done.accept(Answer.done());
    requests.done();
  }

  /// The guest powered off.
  void guestShutDown(Cause cause) {
    requests.submit(() -> shutDownNow(cause, done -> {}));
  }

  private void shutDownNow(Cause cause, Consumer<Answer<Done>> done) {
    events.publish(new MachineEvent.ShutDown(cause));
    if (onShutdown == ShutdownAction.PAUSE) {
      stopAs(RunState.SHUTDOWN, () -> {
        done.accept(Answer.done());
        requests.done();
      });
    } else {
      done.accept(Answer.done());
      end.accept(0);
    }
  }

  /// At once, whatever else is going on.
  void quit(Cause cause, Consumer<Answer<Done>> done) {
    events.publish(new MachineEvent.ShutDown(cause));
    done.accept(Answer.done());
    end.accept(0);
  }

  /// An actor of the machine failed. There is no putting it back: what it knew is lost with it.
  void lost(String who) {
    lost = Optional.of(who);
    broke();
  }

  /// A defect of ours in one vCPU: the others are stopped, clients can look and reset.
  void vcpuBroke(int slot, String report) {
    events.publish(new MachineEvent.VcpuBroke(slot, report));
    broke();
  }

  private void broke() {
    if (!state.running()) {
      state = RunState.INTERNAL_ERROR;
      return;
    }
    state = RunState.INTERNAL_ERROR;
    requests.submit(() -> pauseAll(() -> {
      hardware.pause();
      events.publish(new MachineEvent.Stopped());
      requests.done();
    }));
  }

  void onPaused(int slot) {
    pausing.answered(slot);
  }

  void onWasReset(VcpuProtocol.WasReset m) {
    seats.at(m.slot()).online = !m.waiting();
    resetting.answered(m.slot());
  }

  void onVcpuGone(int slot) {
    pausing.answered(slot);
    resetting.answered(slot);
  }

  void pauseAll(Runnable then) {
    List<Seat> all = seats.occupied().filter(Seat::hasVcpu).toList();
    for (Seat s : all) {
      s.vcpu.tell(new VcpuProtocol.Pause(board.narrow()));
      if (s.phase == Phase.PRESENT) {
        s.kick.run();
      }
    }
    pausing.await(all.stream().map(Seat::index).toList(), then);
  }

  private void runAll() {
    seats.in(Phase.PRESENT).forEach(s -> s.vcpu.tell(new VcpuProtocol.Run()));
  }

  private static String text(Throwable e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
