package thespis.actors;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import thespis.cpu.run.Inspector;
import thespis.cpu.run.TranslationState;
import thespis.hotplug.Answer;

/// `info jit` of a whole machine: each processor counts on its own thread, and the sum is told when all have. One that
/// goes away meanwhile is left out.
final class TranslationQuery {
  private final List<TranslationState> states = Collections.synchronizedList(new ArrayList<>());
  private final Consumer<Answer<String>> done;
  private int left;

  /// How a look at one processor is asked for.
  interface Look {
    void at(int slot, Function<Inspector, String> look, Consumer<Answer<String>> seen);
  }

  private TranslationQuery(int left, Consumer<Answer<String>> done) {
    this.left = left;
    this.done = done;
  }

  static void ask(List<Integer> slots, Look look, Consumer<Answer<String>> done) {
    TranslationQuery query = new TranslationQuery(slots.size(), done);
    if (slots.isEmpty()) {
      query.tell();
    }
    for (int slot : slots) {
      look.at(slot, query::count, seen -> query.seen());
    }
  }

  private String count(Inspector cpu) {
    states.add(cpu.translation());
    return "";
  }

  private void seen() {
    if (--left == 0) {
      tell();
    }
  }

  private void tell() {
    done.accept(Answer.ok(states.stream().reduce(TranslationState.NONE, TranslationState::plus).text()));
  }
}
