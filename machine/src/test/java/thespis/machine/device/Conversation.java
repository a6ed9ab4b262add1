package thespis.machine.device;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// Register accesses with their answers, recorded through the qtest port of QEMU 7.2: one step a line, the words
/// separated by blanks, an answer behind "= ".
public record Conversation(List<String> lines) {
  public record Step(String verb, String[] words, String answer) {
    public int number(int i, int radix) {
      return (int) Long.parseLong(words[i], radix);
    }
  }

  public static Conversation of(Class<?> test, String resource) {
    try (InputStream in = test.getResourceAsStream(resource);
        var reader = new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8))) {
      return new Conversation(reader.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  public static Step parse(String line) {
    int equals = line.indexOf("= ");
    String question = equals < 0 ? line : line.substring(0, equals).strip();
    String[] all = question.split(" ");
    String[] words = new String[all.length - 1];
    System.arraycopy(all, 1, words, 0, words.length);
    return new Step(all[0], words, equals < 0 ? null : line.substring(equals + 2));
  }
}
