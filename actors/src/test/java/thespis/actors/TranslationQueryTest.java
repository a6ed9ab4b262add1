package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.hotplug.Answer;
import thespis.hotplug.Failure;

/// `info jit` of several processors.
class TranslationQueryTest {
  private final List<Answer<String>> told = new ArrayList<>();

  private String text() {
    return ((Answer.Ok<String>) told.getFirst()).value();
  }

  @Test
  void theSumIsToldOnceAllHaveAnswered() {
    TranslationQuery.ask(List.of(0, 3), (slot, look, seen) -> {
      assertTrue(told.isEmpty());
      seen.accept(Answer.ok(look.apply(new FakeInspector(slot))));
    }, told::add);
    assertEquals(1, told.size());
    assertTrue(text().contains("gen code size       2003/8192\n"), text());
    assertTrue(text().contains("exits: polls        5\n"), text());
  }

  @Test
  void whoGoesAwayIsLeftOut() {
    TranslationQuery.ask(List.of(0, 3), (slot, look, seen) -> seen.accept(
        slot == 0 ? Answer.failed(Failure.generic("gone")) : Answer.ok(look.apply(new FakeInspector(slot)))), told::add);
    assertTrue(text().contains("gen code size       1003/4096\n"), text());
  }

  @Test
  void withoutProcessorsThereIsNothing() {
    TranslationQuery.ask(List.of(), (slot, look, seen) -> {}, told::add);
    assertTrue(text().contains("TB count            0\n"), text());
  }
}
