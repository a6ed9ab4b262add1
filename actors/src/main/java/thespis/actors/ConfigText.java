package thespis.actors;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// QEMU's configuration files: groups `[name]` or `[name "id"]`, and in them `key = "value"`; a word without a value has an
/// empty one. QEMU 7.2's rules: white space and lines that begin with `#` do not count.
public final class ConfigText {
  private static final Pattern GROUP_WITH_ID = Pattern.compile("\\[\\s*(\\S{1,63})\\s+\"([^\"]{1,63})\"\\s*]?.*");
  private static final Pattern GROUP = Pattern.compile("\\[([^]]{1,63})].*");
  private static final Pattern PAIR = Pattern.compile("\\s*(\\S{1,63})(?:\\s*=\\s*\"([^\"]*)\"?)?.*");

  private ConfigText() {}

  /// Hears what a file says, line by line.
  public interface Reader {
    void group(String name, int line);

    /// Of the last group; `id` is the first of one that has an id.
    void pair(String key, String value, int line);

    /// @return what is to be thrown for a line that is none
    RuntimeException wrong(String what, int line);
  }

  public static void read(List<String> lines, Reader reader) {
    boolean any = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int number = i + 1;
      Matcher withId = GROUP_WITH_ID.matcher(line);
      Matcher group = GROUP.matcher(line);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (withId.matches()) {
        reader.group(withId.group(1), number);
        reader.pair("id", withId.group(2), number);
        any = true;
      } else if (group.matches()) {
        reader.group(group.group(1), number);
        any = true;
      } else if (!any) {
        throw reader.wrong("no group defined", number);
      } else {
        Matcher pair = PAIR.matcher(line);
        if (!pair.matches()) {
          throw reader.wrong("parse error", number);
        }
        reader.pair(pair.group(1), pair.group(2) == null ? "" : pair.group(2), number);
      }
    }
  }
}
