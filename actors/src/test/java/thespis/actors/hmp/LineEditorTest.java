package thespis.actors.hmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineEditorTest {
  private final LineEditor editor = new LineEditor();

  private void type(String keys) {
    keys.chars().forEach(editor::key);
  }

  /// A terminal of one line, without its edge.
  private static String screen(String output) {
    StringBuilder line = new StringBuilder();
    int at = 0;
    for (int i = 0; i < output.length(); i++) {
      char c = output.charAt(i);
      if (c == '\b') {
        at--;
      } else if (output.startsWith("\033[K", i)) {
        line.setLength(at);
        i += 2;
      } else if (at == line.length()) {
        line.append(c);
        at++;
      } else {
        line.setCharAt(at++, c);
      }
    }
    return line.insert(at, '_').toString();
  }

  /// Control keys as ^A; the cursor keys as ^[[D.
  @ParameterizedTest
  @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
    "abc|abc_", "abc^H|ab_", "abc^A|_abc", "abc^Ax|x_abc", "abc^A^Fx|ax_bc", "abc^[[D^[[D^Hx|x_bc", "abc^[[Dx^Ey|abxcy_",
    "abc def^W|abc _", "abc def^[[D^[[D^U|_ef", "abc^A^Fx^K|ax_", "abc^A^D|_bc", "abc^[[D^[[3~|ab_", "abc^[[Hx|x_abc",
    "abc^[OH^[OFx|abcx_", "abc^[[1~x^[[4~y|xabcy_", "^H^D^Kabc|abc_", "a^[xb|ab_",
  })
  void keysEditTheLineAndTheScreenShowsIt(String keys, String shown) {
    StringBuilder typed = new StringBuilder();
    for (int i = 0; i < keys.length(); i++) {
      typed.append(keys.charAt(i) == '^' ? (char) (keys.charAt(++i) & 0x1F) : keys.charAt(i));
    }
    type(typed.toString());
    assertEquals(shown.replace("_", ""), editor.line());
    assertEquals(shown, screen(editor.output()).strip().replace(" _", shown.contains(" _") ? " _" : "_"));
  }

  @Test
  void returnAndLineFeedTogetherEndOneLine() {
    type("abc");
    assertEquals(LineEditor.Action.ENTER, editor.key('\r'));
    assertEquals("abc", editor.take());
    assertEquals(LineEditor.Action.NONE, editor.key('\n'));
    assertEquals(LineEditor.Action.ENTER, editor.key('\n'));
  }

  @Test
  void historyKeepsEachLineOnceAndTheUnfinishedOne() {
    for (String line : List.of("one", "two", "one", "")) {
      type(line);
      editor.take();
    }
    assertEquals(List.of("two", "one"), editor.history());
    type("thr\020\020\020");
    assertEquals("two", editor.line());
    type("\016\016\016");
    assertEquals("thr", editor.line());
  }
}
