package thespis.cpu.silicon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;

/// Many cases of one instruction, host against model: fills a batch, runs it on the host, asks for each case what is
/// wrong, and fails with the first few answers.
public final class Batches {
  private static final int BATCH = 250;
  private static final int SHOWN = 2;

  private Batches() {}

  public interface Setup {
    void set(Silicon host, int i);
  }

  /// Null if the host did what the model does, else a line for the report.
  public interface Check {
    String wrong(Silicon host, int i);
  }

  /// `batches` of 250 cases each.
  public static void compare(String code, int batches, Setup setup, Check check) {
    Silicon.assumePresent();
    List<String> wrong = new ArrayList<>();
    try (Silicon host = new Silicon(code, BATCH)) {
      for (int batch = 0; batch < batches && wrong.isEmpty(); batch++) {
        for (int i = 0; i < BATCH; i++) {
          setup.set(host, i);
        }
        host.run(BATCH);
        for (int i = 0; i < BATCH && wrong.size() < SHOWN; i++) {
          String line = check.wrong(host, i);
          if (line != null) {
            wrong.add(line);
          }
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
  }
}
