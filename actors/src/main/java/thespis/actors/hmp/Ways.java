package thespis.actors.hmp;

import java.util.List;

/// Completion on a line: the one way to go on is taken; of several, the common beginning, and they are shown.
public final class Ways {
  private static final int SCREEN = 80;
  private static final int NARROWEST = 10;

  private Ways() {}

  /// @param ways whole last words
  /// @param prompt shown again before the line, if there is something to show above it
  /// @return what to print; the editor's own output follows it
  public static String go(LineEditor editor, List<String> ways, String prompt) {
    String head = editor.head();
    int typed = head.length() - 1 - head.lastIndexOf(' ');
    if (ways.size() == 1) {
      String way = ways.getFirst();
      editor.insert(way.substring(typed) + (way.endsWith("=") || way.endsWith(".") ? "" : " "));
      return "";
    }
    if (ways.isEmpty()) {
      return "";
    }
    editor.insert(common(ways).substring(typed));
    String above = editor.output() + "\r\n" + columns(ways) + prompt;
    editor.show();
    return above;
  }

  private static String common(List<String> words) {
    String common = words.getFirst();
    for (String word : words) {
      int same = 0;
      while (same < common.length() && same < word.length() && common.charAt(same) == word.charAt(same)) {
        same++;
      }
      common = common.substring(0, same);
    }
    return common;
  }

  private static String columns(List<String> words) {
    int width = Math.clamp(words.stream().mapToInt(String::length).max().orElse(0) + 2, NARROWEST, SCREEN);
    int perLine = SCREEN / width;
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      out.append(String.format("%-" + width + "s", words.get(i)));
      out.append((i + 1) % perLine == 0 || i == words.size() - 1 ? "\r\n" : "");
    }
    return out.toString();
  }
}
