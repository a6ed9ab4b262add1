package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Cause;
import thespis.qmp.QmpReply;
import thespis.qmp.QmpRequest;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.CpuCommands;
import thespis.qmp.command.CpuCommands.HotpluggableCpu;
import thespis.qmp.command.MachineCommands;
import thespis.qmp.command.NumaOptions;
import thespis.qmp.command.StatusCommands;

/// `--preconfig`: nodes told over QMP, then the machine, without any guest.
@Timeout(60)
class PreconfigTest {
  private static final Optional<Long> NONE = Optional.empty();

  private final MachineBuilder builder = Machine.builder().board("pc-i440fx-5.0").smp(1, 2).memory(64 << 20).paused();

  @Test
  void theMachineIsMadeOfWhatWasSaidBefore() throws Exception {
    MachineBuilder.Waiting waiting = builder.preconfig();
    TestProbe<QmpReply> client = TestProbe.create(waiting.system());
    assertEquals(
        QmpReply.done(),
        ask(waiting.board(), client, new MachineCommands.SetNumaNode(new NumaOptions.Node(
            NONE, Optional.empty(), Optional.of(64L << 20), Optional.empty(), NONE))));
    assertEquals(
        QmpReply.fail("Duplicate NUMA nodeid: 0"),
        ask(waiting.board(), client, new MachineCommands.SetNumaNode(
            new NumaOptions.Node(Optional.of(0L), Optional.empty(), NONE, Optional.empty(), NONE))));
    assertEquals(List.of(NONE, NONE), nodesOfSlots(waiting.board(), client));
    assertEquals(QmpReply.done(), ask(waiting.board(), client, new MachineCommands.XExitPreconfig()));
    Machine machine = waiting.machine().get(1, TimeUnit.SECONDS);
    assertEquals(List.of(Optional.of(0L), Optional.of(0L)), nodesOfSlots(waiting.board(), client));
    assertEquals(
        QmpReply.fail("The command is permitted only before the machine has been created"),
        ask(waiting.board(), client, new MachineCommands.SetNumaNode(node())));
    machine.quit(Cause.HOST_QMP_QUIT);
    machine.exit().toCompletableFuture().get(20, TimeUnit.SECONDS);
    waiting.system().terminate();
  }

  @Test
  void aMachineThatCannotBeIsSaidToWhoWaitsForIt() {
    MachineBuilder.Waiting waiting = Machine.builder().memory(64 << 20).paused().preconfig();
    TestProbe<QmpReply> client = TestProbe.create(waiting.system());
    ask(waiting.board(), client, new MachineCommands.SetNumaNode(node()));
    CompletableFuture<Machine> machine = waiting.machine();
    waiting.board().tell(new QmpRequest(new MachineCommands.XExitPreconfig(), client.ref()));
    Throwable wrong = assertThrows(CompletionException.class, () -> machine.orTimeout(20, TimeUnit.SECONDS).join());
    assertInstanceOf(MachineException.class, wrong.getCause());
    assertEquals(
        "total memory for NUMA nodes (0x0) should equal RAM size (0x4000000)", wrong.getCause().getMessage());
    waiting.system().terminate();
  }

  @Test
  void quitEndsTheWaiting() {
    MachineBuilder.Waiting waiting = builder.preconfig();
    TestProbe<QmpReply> client = TestProbe.create(waiting.system());
    assertEquals(QmpReply.done(), ask(waiting.board(), client, new StatusCommands.Quit()));
    Throwable end = assertThrows(CompletionException.class, waiting.machine()::join);
    assertInstanceOf(Preconfig.QuitException.class, end.getCause());
    waiting.system().terminate();
  }

  private static NumaOptions node() {
    return new NumaOptions.Node(NONE, Optional.empty(), NONE, Optional.empty(), NONE);
  }

  private static List<Optional<Long>> nodesOfSlots(
      ActorRef<BoardProtocol.Message> board, TestProbe<QmpReply> client) {
    QmpReply.Ok slots = (QmpReply.Ok) ask(board, client, new CpuCommands.QueryHotpluggableCpus());
    return ((List<?>) slots.value()).stream().map(slot -> ((HotpluggableCpu) slot).props().nodeId()).toList();
  }

  private static QmpReply ask(
      ActorRef<BoardProtocol.Message> board, TestProbe<QmpReply> client, BoardCommand<?> command) {
    board.tell(new QmpRequest(command, client.ref()));
    return client.receiveMessage(Duration.ofSeconds(20));
  }
}
