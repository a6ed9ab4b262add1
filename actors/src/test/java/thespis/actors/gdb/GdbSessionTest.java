package thespis.actors.gdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.FakeInspector;
import thespis.cpu.run.Inspector;
import thespis.cpu.state.DebugPoints.Watch;
import thespis.hotplug.MachineEvent;

/// A talk with a machine of the processors 0, 1 and 3, which is not there.
class GdbSessionTest {
  private final List<String> done = new ArrayList<>();
  private final GdbSession session = new GdbSession(new Recorder());

  private String ask(String packet) {
    return String.join("|", session.answer(packet.getBytes(StandardCharsets.ISO_8859_1)).toCompletableFuture().join());
  }

  private String stopped() {
    return String.join("|", session.stopped().toCompletableFuture().join());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '~', value = {
    "?                        ~ T05thread:01;",
    "qfThreadInfo             ~ m01,02,04",
    "qsThreadInfo             ~ l",
    "qC                       ~ QC01",
    "qThreadExtraInfo,2       ~ 435055233120 5b68616c746564205d",
    "qAttached                ~ 1",
    "vCont?                   ~ vCont;c;C;s;S",
    "Hg2                      ~ OK",
    "Hg3                      ~ E22",
    "Hg0                      ~ OK",
    "Hx1                      ~ E22",
    "H                        ~ E22",
    "T4                       ~ OK",
    "T3                       ~ E22",
    "m100,4                   ~ 00010203",
    "m100                     ~ E22",
    "mxyz,4                   ~ E22",
    "m100,4000                ~ E22",
    "mfffff000,4              ~ E14",
    "M100,2:0102              ~ E14",
    "M100,2:01                ~ E22",
    "pff                      ~ E14",
    "P10                      ~ E22",
    "Z0,1000,1                ~ OK",
    "Z5,1000,1                ~ ''",
    "Z0,1000                  ~ E22",
    "vMustReplyEmpty          ~ ''",
    "qFoo                     ~ ''",
    "QFoo                     ~ ''",
    "''                       ~ ''",
    "qqemu.sstepbits          ~ ENABLE=1,NOIRQ=2,NOTIMER=4",
    "qqemu.sstep              ~ 0x7",
    "Qqemu.sstep=1            ~ E22",
    "qqemu.PhyMemMode         ~ 0",
    "qRcmd,68656c70           ~ O68656c700a|OK",
    "vCont;x                  ~ E14",
  }, ignoreLeadingAndTrailingWhitespace = true)
  void packetsAreAnswered(String packet, String answer) {
    assertEquals(answer.replace(" ", ""), ask(packet));
  }

  @Test
  void theDescriptionOfTheRegistersComesInPieces() {
    StringBuilder xml = new StringBuilder();
    String piece;
    do {
      piece = ask("qXfer:features:read:target.xml:" + Integer.toHexString(xml.length()) + ",100");
      xml.append(piece.substring(1));
    } while (piece.startsWith("m"));
    assertEquals(TargetDescription.XML, xml.toString());
    assertEquals(66, xml.toString().split("<reg ", -1).length - 1);
  }

  @Test
  void questionsThatMakeNoSenseAreAnswered() {
    assertEquals("E22", ask("qXfer:features:read:target.xml:ffffffffffffffff,100"));
    assertEquals("E22", ask("qXfer:features:read:target.xml:0,ffffffffffffffff"));
    assertEquals("l", ask("qXfer:features:read:target.xml:7fffffffffffffff,100"));
    assertEquals("", ask("q:"));
    assertEquals("", ask("q"));
  }

  @Test
  void goingOnIsAnsweredWhenTheMachineStands() {
    assertEquals("", ask("c"));
    assertEquals(List.of("resume [0, 1, 3] []"), done);
    assertTrue(session.waiting());
    assertEquals("T02thread:01;", stopped());
    assertEquals("", stopped(), "nobody waits any more");
  }

  @Test
  void aBreakpointIsReportedWithItsProcessor() {
    ask("vCont;c");
    session.met(1);
    session.met(0);
    assertEquals("T05thread:02;", stopped());
    ask("s");
    assertEquals("resume [0, 3] [1]", done.getLast());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "vCont;s:2;c      | resume [0, 3] [1]",
    "vCont;s:2        | resume [] [1]",
    "vCont;c:1;s:-1   | resume [0] [1, 3]",
    "vCont;C05:4;S02:1 | resume [3] [0]",
  })
  void eachProcessorTakesTheFirstActionThatIsForIt(String packet, String what) {
    ask(packet);
    assertEquals(List.of(what), done);
  }

  @Test
  void pointsAreKeptUntilTheyAreRemoved() {
    ask("Z0,1000,1");
    ask("Z1,2000,1");
    ask("Z2,3000,4");
    ask("z0,1000,1");
    assertEquals("points [8192] [Watch[address=12288, bytes=4, access=WRITE]]", done.getLast());
    session.gone();
    assertEquals("points [] []", done.getLast());
  }

  @Test
  void detachingLeavesNothingBehind() {
    ask("Z0,1000,1");
    assertEquals("OK", ask("D"));
    assertEquals(List.of("points [] []", "cont"), done.subList(1, 3));
    assertFalse(session.waiting());
  }

  @Test
  void acknowledgementsCanBeTurnedOff() {
    assertTrue(session.acknowledges());
    assertEquals("OK", ask("QStartNoAckMode"));
    assertFalse(session.acknowledges());
  }

  @Test
  void physicalMemoryIsReadOnRequest() {
    assertEquals("OK", ask("Qqemu.PhyMemMode:1"));
    assertEquals("1", ask("qqemu.PhyMemMode"));
    assertEquals("fcfdfeff", ask("mfc,4"));
  }

  private final class Recorder implements Target {
    private static final List<Integer> PROCESSORS = List.of(0, 1, 3);

    @Override
    public void listen(ActorRef<MachineEvent> listener) {}

    @Override
    public CompletionStage<List<Integer>> processors() {
      return CompletableFuture.completedStage(PROCESSORS);
    }

    @Override
    public CompletionStage<String> look(int processor, Function<Inspector, String> look) {
      return PROCESSORS.contains(processor)
          ? CompletableFuture.completedStage(look.apply(new FakeInspector(processor)))
          : CompletableFuture.failedStage(new IllegalArgumentException());
    }

    @Override
    public CompletionStage<Void> stop() {
      return deed("stop");
    }

    @Override
    public CompletionStage<Void> resume(Set<Integer> running, Set<Integer> stepping) {
      return deed("resume " + new TreeSet<>(running) + " " + new TreeSet<>(stepping));
    }

    @Override
    public CompletionStage<Void> cont() {
      return deed("cont");
    }

    @Override
    public CompletionStage<Void> quit() {
      return deed("quit");
    }

    @Override
    public CompletionStage<String> monitor(String line) {
      return CompletableFuture.completedStage(line + "\n");
    }

    @Override
    public void points(Set<Long> code, List<Watch> data) {
      done.add("points " + new TreeSet<>(code) + " " + data);
    }

    private CompletionStage<Void> deed(String what) {
      done.add(what);
      return CompletableFuture.completedStage(null);
    }
  }
}
