package thespis.cpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The words, their bits and what TCG supports of them, against a listing of QEMU 7.2's.
class FeatureWordTest {
  @Test
  void wordsAndBitsAreThoseOfQemu() throws IOException {
    List<String> expected;
    try (InputStream in = FeatureWordTest.class.getResourceAsStream("feature-words.txt")) {
      expected = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines()
          .filter(line -> !line.startsWith("#")).sorted().toList();
    }
    List<String> actual = new ArrayList<>();
    for (FeatureWord word : FeatureWord.values()) {
      String where = word.isCpuid()
          ? "CPUID.%x.%s.%s".formatted(
              word.index, word.subleaf < 0 ? "-" : Integer.toHexString(word.subleaf), word.register())
          : "MSR.%x".formatted(word.index);
      List<String> bits = new ArrayList<>();
      for (int bit = 0; bit < 64; bit++) {
        if (word.flag(bit) != null) {
          bits.add(bit + ":" + word.flag(bit));
        }
      }
      actual.add(where + "|" + Long.toHexString(word.tcg) + "|" + String.join(" ", bits));
    }
    assertEquals(String.join("\n", expected), String.join("\n", actual.stream().sorted().toList()));
  }
}
