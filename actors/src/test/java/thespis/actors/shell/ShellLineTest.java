package thespis.actors.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellLineTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "query-status | {\"execute\":\"query-status\"}",
    "device_add driver=x core-id=01 | {\"execute\":\"device_add\",\"arguments\":{\"driver\":\"x\",\"core-id\":1}}",
    "a b=true c=null d=-5 | {\"execute\":\"a\",\"arguments\":{\"b\":true,\"c\":null,\"d\":-5}}",
    "a e=1.5 f= | {\"execute\":\"a\",\"arguments\":{\"e\":\"1.5\",\"f\":\"\"}}",
    "a m.n=1 m.o.p=x | {\"execute\":\"a\",\"arguments\":{\"m\":{\"n\":1,\"o\":{\"p\":\"x\"}}}}",
    "a b=[1, 2] c={\"d\": \"e f\"} | {\"execute\":\"a\",\"arguments\":{\"b\":[1,2],\"c\":{\"d\":\"e f\"}}}",
    "a b=\"1\" c='x y' | {\"execute\":\"a\",\"arguments\":{\"b\":\"1\",\"c\":\"x y\"}}",
    "a path=/machine/unattached/device[0] | {\"execute\":\"a\",\"arguments\":{\"path\":\"/machine/unattached/device[0]\"}}",
    "{'execute': 'x', 'id': 1} | {\"execute\":\"x\",\"id\":1}",
  })
  void aLineBecomesAMessage(String line, String message) {
    assertEquals(message, ShellLine.message(line).toString());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "a b | expected key=value, got 'b'",
    "a b=1 b=2 | 'b=2' was given twice",
    "a b=1 b.c=2 | 'b' is a value already, so 'b.c=2' cannot go into it",
    "a b={1 | this is no JSON: {1",
    "{'execute' | this is no JSON: {'execute'",
  })
  void whatCannotBeSentIsNamed(String line, String words) {
    assertEquals(words, assertThrows(ShellLine.BadLine.class, () -> ShellLine.message(line)).getMessage());
  }

  @Test
  void wordsOfAScriptAreNotSplitAgain() {
    assertEquals("{\"execute\":\"a\",\"arguments\":{\"b\":\"x y\"}}", ShellLine.message(List.of("a", "b=x y")).toString());
  }
}
