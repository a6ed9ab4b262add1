package thespis.cpu.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import thespis.cpu.prop.GlobalProperty;

/// `-cpu MODEL,items`: `name=value` and `name` (on) become global properties of the model's type, `+flag` and `-flag`
/// are applied when a processor is realized, to every processor: first all `+`, then all `-`. So they beat
/// properties.
///
/// @param warnings texts for the user
public record CpuOption(
    CpuModel model, List<GlobalProperty> globals, List<String> plus, List<String> minus, List<String> warnings) {
  private static final Pattern FREQUENCY =
      Pattern.compile("\\s*\\+?(?:(0[xX]\\p{XDigit}+)|(\\d+(?:\\.\\d*)?)([bkmgtpeBKMGTPE]?))");
  private static final String METRIC = "bkmgtpe";

  /// Only a model, as when there is no `-cpu`.
  public static CpuOption of(CpuModel model) {
    return new CpuOption(model, List.of(), List.of(), List.of(), List.of());
  }

  /// @throws ConfigException with QEMU's text
  public static CpuOption parse(String option) {
    if (option.isEmpty()) {
      throw new ConfigException("-cpu option cannot be empty");
    }
    String[] items = option.split(",");
    String name = items.length == 0 ? "" : items[0];
    CpuModel model = CpuModels.find(name);
    if (model == null) {
      throw new ConfigException("unable to find CPU model '" + name + "'");
    }
    List<GlobalProperty> globals = new ArrayList<>();
    List<String> plus = new ArrayList<>();
    List<String> minus = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (int i = 1; i < items.length; i++) {
      String item = items[i];
      if (item.startsWith("+")) {
        plus.add(item.substring(1));
      } else if (item.startsWith("-")) {
        minus.add(item.substring(1));
      } else if (!item.isEmpty()) {
        int eq = item.indexOf('=');
        String property = (eq < 0 ? item : item.substring(0, eq)).replace('_', '-');
        String value = eq < 0 ? "on" : item.substring(eq + 1);
        warnIfMixed(plus, "+", property, value, warnings);
        warnIfMixed(minus, "-", property, value, warnings);
        globals.add(property.equals("tsc-freq")
            ? new GlobalProperty(model.typeName(), "tsc-frequency", Long.toString(frequency(value)))
            : new GlobalProperty(model.typeName(), property, value));
      }
    }
    if (!warnings.isEmpty()) {
      warnings.add("Compatibility of ambiguous CPU model strings won't be kept on future QEMU versions");
    }
    return new CpuOption(model, List.copyOf(globals), List.copyOf(plus), List.copyOf(minus), List.copyOf(warnings));
  }

  /// Only signs seen before the property count, and only in the same spelling.
  private static void warnIfMixed(
      List<String> signed, String sign, String property, String value, List<String> warnings) {
    if (signed.contains(property)) {
      warnings.add("Ambiguous CPU model string. Don't mix both \"" + sign + property + "\" and \"" + property + "="
          + value + "\"");
    }
  }

  /// A number of hertz with a decimal suffix, as in `2.5G`.
  private static long frequency(String text) {
    Matcher m = FREQUENCY.matcher(text);
    if (m.matches()) {
      OptionalLong hertz = m.group(1) != null ? Numbers.int64(m.group(1)) : scaled(m.group(2), m.group(3));
      if (hertz.isPresent()) {
        return hertz.getAsLong();
      }
    }
    throw new ConfigException("bad numerical value " + text);
  }

  private static OptionalLong scaled(String number, String suffix) {
    int power = suffix.isEmpty() ? 0 : METRIC.indexOf(Character.toLowerCase(suffix.charAt(0)));
    BigDecimal value = new BigDecimal(number.endsWith(".") ? number + "0" : number);
    boolean whole = value.stripTrailingZeros().scale() <= 0;
    BigDecimal scaled = value.movePointRight(3 * power).setScale(0, RoundingMode.DOWN);
    return power == 0 && !whole || scaled.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? OptionalLong.empty()
        : OptionalLong.of(scaled.longValueExact());
  }
}
