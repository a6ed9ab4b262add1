package thespis.actors.demo;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the demo's guests say of themselves on their console. A line starts with `THESPIS`, and is one of
/// `THESPIS up TEXT`, `THESPIS cpuN online` and `THESPIS cpus possible=LIST present=LIST online=LIST`, with lists of
/// CPUs as Linux writes them: `0-2,5`.
///
/// @param possible CPUs that could be there
/// @param present CPUs that are plugged in
/// @param online CPUs that run the guest's code
record GuestReport(String possible, String present, String online) {
  private static final Pattern CPUS =
      Pattern.compile("THESPIS cpus possible=([0-9,-]+) present=([0-9,-]+) online=([0-9,-]+)");

  /// The report in a line; null if there is none.
  static GuestReport in(String line) {
    Matcher m = CPUS.matcher(line);
    return m.find() ? new GuestReport(m.group(1), m.group(2), m.group(3)) : null;
  }

  /// How many CPUs a list names.
  static int count(String list) {
    int count = 0;
    for (String range : list.split(",")) {
      String[] ends = range.split("-");
      count += ends.length == 1 ? 1 : Integer.parseInt(ends[1]) - Integer.parseInt(ends[0]) + 1;
    }
    return count;
  }
}
