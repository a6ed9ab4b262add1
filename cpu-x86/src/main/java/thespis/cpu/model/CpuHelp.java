package thespis.cpu.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/// What `-cpu help` prints.
public final class CpuHelp {
  private static final int WIDTH = 75;

  private CpuHelp() {}

  public static String text() {
    StringBuilder out = new StringBuilder("Available CPUs:\n");
    List<CpuModel> models = CpuModels.all().stream()
        .sorted(Comparator.comparing(CpuHelp::isSpecial).thenComparing(CpuModel::name))
        .toList();
    for (CpuModel model : models) {
      out.append(String.format("x86 %-20s  %s\n", model.name(), description(model)));
    }
    out.append("\nRecognized CPUID flags:\n");
    StringBuilder line = new StringBuilder();
    for (String flag : bitNames()) {
      if (!line.isEmpty() && line.length() + 1 + flag.length() >= WIDTH) {
        out.append(' ').append(line).append('\n');
        line.setLength(0);
      }
      line.append(' ').append(flag);
    }
    return out.append(' ').append(line).append("\n\n").toString();
  }

  /// Sorted; the name of two bits comes twice.
  private static List<String> bitNames() {
    return Arrays.stream(FeatureWord.values())
        .flatMap(word -> Arrays.stream(word.names()))
        .filter(Objects::nonNull)
        .sorted()
        .toList();
  }

  private static boolean isSpecial(CpuModel model) {
    return model.takesAll() || model.kind() == CpuModel.Kind.BASE;
  }

  private static String description(CpuModel model) {
    return switch (model.kind()) {
      case BASE -> "base CPU model type with no features enabled";
      case HOST -> "processor with all supported host features ";
      case MAX -> "Enables all features supported by the accelerator in the current host";
      case UNVERSIONED -> "(alias configured by machine type)";
      case OLD_NAME -> "(alias of " + model.aliasOf() + ")";
      case VERSION -> model.note() == null ? model.modelId() : model.modelId() + " [" + model.note() + "]";
    };
  }
}
