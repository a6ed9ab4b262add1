package thespis.actors.qtest;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import thespis.actors.Machine;
import thespis.cpu.run.IoBus;
import thespis.hotplug.PortAccess;
import thespis.machine.board.Board;
import thespis.machine.device.irq.LineWatch;
import thespis.machine.qom.ObjectTree;
import thespis.machine.time.VirtualClock;

/// A machine as its test has it. Where there is none, or it has no chips, ports read as ones and memory as zeros.
/// Registers that belong to the ACPI controller are asked of it; who calls waits meanwhile.
public final class MachineTarget implements QtestTarget {
  private static final String IO_APIC = "ioapic";

  private final Supplier<Optional<Machine>> machine;
  private final Optional<VirtualClock> clock;

  public MachineTarget(Supplier<Optional<Machine>> machine, Optional<VirtualClock> clock) {
    this.machine = machine;
    this.clock = clock;
  }

  private Optional<Board> board() {
    return machine.get().flatMap(Machine::chips);
  }

  @Override
  public long in(int port, int size) {
    long ones = -1L >>> 64 - 8 * size;
    long value = board().map(board -> board.bus().in(port, size)).orElse(ones);
    return value == IoBus.DEFERRED ? touch(new PortAccess(port, size, false, 0)) & ones : value;
  }

  @Override
  public void out(int port, int size, int value) {
    boolean done = board().map(board -> board.bus().out(port, size, value)).orElse(true);
    if (!done) {
      touch(new PortAccess(port, size, true, value));
    }
  }

  private int touch(PortAccess access) {
    return answer(machine.get().orElseThrow().touchPort(access), -1);
  }

  @Override
  public byte[] read(long gpa, int count) {
    return board().map(board -> board.physical().read(gpa, count)).orElseGet(() -> new byte[count]);
  }

  @Override
  public void write(long gpa, byte[] bytes) {
    board().ifPresent(board -> board.physical().write(gpa, bytes));
  }

  @Override
  public Optional<VirtualClock> clock() {
    return clock;
  }

  @Override
  public Optional<String> resolve(String path) {
    return look(objects -> objects.find(path).path());
  }

  @Override
  public Optional<LineWatch> inputs(String path) {
    return look(objects -> objects.find(path).type().name())
        .filter(IO_APIC::equals).flatMap(type -> board()).map(Board::ioApicLines);
  }

  private Optional<String> look(Function<ObjectTree, String> look) {
    return machine.get().flatMap(there -> Optional.ofNullable(answer(there.lookAtObjects(look), null)));
  }

  /// @param otherwise if the machine refuses, or ends meanwhile
  private static <T> T answer(CompletionStage<T> asked, T otherwise) {
    try {
      return asked.toCompletableFuture().join();
    } catch (CompletionException e) {
      return otherwise;
    }
  }
}
