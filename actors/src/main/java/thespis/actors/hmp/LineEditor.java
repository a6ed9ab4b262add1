package thespis.actors.hmp;

import java.util.ArrayList;
import java.util.List;

/// A line that is being typed: the keys of QEMU's monitor (which are those of Emacs and the cursor keys of a VT100), with
/// a history. What is typed at the end of the line is simply echoed, so that a log stays readable.
public final class LineEditor {
  /// What a key comes to beyond the line itself.
  public enum Action {
    NONE,
    /// The line is complete: {@link #take}.
    ENTER,
    COMPLETE
  }

  private static final int LONGEST = 4095;
  private static final int REMEMBERED = 64;
  private static final int CTRL_A = 1, CTRL_B = 2, CTRL_D = 4, CTRL_E = 5, CTRL_F = 6, BACKSPACE = 8, TAB = 9, LF = 10;
  private static final int CTRL_K = 11, CR = 13, CTRL_N = 14, CTRL_P = 16, CTRL_U = 21, CTRL_W = 23, ESC = 27, DEL = 127;

  private enum Sequence {
    NONE,
    ESCAPE,
    /// After ESC [ or ESC O.
    CONTROL
  }

  private final StringBuilder line = new StringBuilder();
  private final StringBuilder out = new StringBuilder();
  private final List<String> history = new ArrayList<>();
  private int cursor;
  private Sequence sequence = Sequence.NONE;
  private int parameter;

  /// Place in the history, or its size for the line that is not in it yet.
  private int recalled;
  private String unfinished = "";
  private boolean afterReturn;

  /// What the terminal is to be sent since the last call.
  public String output() {
    String text = out.toString();
    out.setLength(0);
    return text;
  }

  public String line() {
    return line.toString();
  }

  /// The part before the cursor.
  public String head() {
    return line.substring(0, cursor);
  }

  public List<String> history() {
    return List.copyOf(history);
  }

  /// Takes the finished line; an empty one, or the same as the last, is not remembered again.
  public String take() {
    String text = line();
    line.setLength(0);
    cursor = 0;
    if (!text.isBlank()) {
      history.remove(text);
      history.add(text);
      if (history.size() > REMEMBERED) {
        history.removeFirst();
      }
    }
    recalled = history.size();
    unfinished = "";
    return text;
  }

  /// Shows the line again behind a new prompt.
  public void show() {
    out.append(line);
    back(line.length() - cursor);
  }

  public void insert(String text) {
    int room = Math.min(text.length(), LONGEST - line.length());
    line.insert(cursor, text, 0, room);
    out.append(line, cursor, line.length());
    cursor += room;
    back(line.length() - cursor);
  }

  public Action key(int key) {
    boolean lineFeedOfReturn = afterReturn && key == LF;
    afterReturn = key == CR;
    if (lineFeedOfReturn) {
      return Action.NONE;
    }
    switch (sequence) {
      case ESCAPE -> {
        sequence = key == '[' || key == 'O' ? Sequence.CONTROL : Sequence.NONE;
        parameter = 0;
        return Action.NONE;
      }
      case CONTROL -> {
        control(key);
        return Action.NONE;
      }
      case NONE -> { }
    }
    switch (key) {
      case CR, LF -> {
        out.append("\r\n");
        return Action.ENTER;
      }
      case TAB -> {
        return Action.COMPLETE;
      }
      case CTRL_A -> move(0);
      case CTRL_B -> move(cursor - 1);
      case CTRL_D -> delete(cursor, cursor + 1);
      case CTRL_E -> move(line.length());
      case CTRL_F -> move(cursor + 1);
      case BACKSPACE, DEL -> delete(cursor - 1, cursor);
      case CTRL_K -> delete(cursor, line.length());
      case CTRL_N -> recall(recalled + 1);
      case CTRL_P -> recall(recalled - 1);
      case CTRL_U -> delete(0, cursor);
      case CTRL_W -> delete(startOfWord(), cursor);
      case ESC -> sequence = Sequence.ESCAPE;
      default -> {
        if (key >= ' ' && key < DEL) {
          insert(String.valueOf((char) key));
        }
      }
    }
    return Action.NONE;
  }

  private void control(int key) {
    if (key >= '0' && key <= '9') {
      parameter = Math.min(parameter * 10 + key - '0', 99);
      return;
    }
    sequence = Sequence.NONE;
    switch (key == '~' ? -parameter : key) {
      case 'A' -> recall(recalled - 1);
      case 'B' -> recall(recalled + 1);
      case 'C' -> move(cursor + 1);
      case 'D' -> move(cursor - 1);
      case 'H', -1, -7 -> move(0);
      case 'F', -4, -8 -> move(line.length());
      case -3 -> delete(cursor, cursor + 1);
      default -> { }
    }
  }

  private int startOfWord() {
    int at = cursor;
    while (at > 0 && line.charAt(at - 1) == ' ') {
      at--;
    }
    while (at > 0 && line.charAt(at - 1) != ' ') {
      at--;
    }
    return at;
  }

  private void move(int to) {
    int target = Math.clamp(to, 0, line.length());
    if (target > cursor) {
      out.append(line, cursor, target);
    }
    back(cursor - target);
    cursor = target;
  }

  private void delete(int from, int to) {
    if (from < 0 || to > line.length() || from == to) {
      return;
    }
    boolean atEnd = to == line.length() && cursor == to;
    if (atEnd) {
      out.repeat("\b \b", to - from);
      line.setLength(from);
      cursor = from;
      return;
    }
    back(cursor - from);
    line.delete(from, to);
    cursor = from;
    out.append(line, cursor, line.length()).append("\033[K");
    back(line.length() - cursor);
  }

  private void recall(int place) {
    if (place < 0 || place > history.size() || place == recalled) {
      return;
    }
    if (recalled == history.size()) {
      unfinished = line();
    }
    recalled = place;
    back(cursor);
    out.append("\033[K");
    line.setLength(0);
    cursor = 0;
    insert(place == history.size() ? unfinished : history.get(place));
  }

  private void back(int columns) {
    out.repeat("\b", Math.max(columns, 0));
  }
}
