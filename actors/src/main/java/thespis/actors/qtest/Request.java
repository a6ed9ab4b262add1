package thespis.actors.qtest;

import java.util.List;
import thespis.cpu.model.Numbers;

/// One line of a test's: a command and its arguments, with one blank between each. Numbers are written as C's `strtoul`
/// takes them with base 0.
record Request(List<String> words) {
  /// What is answered to a request that has not the form of its command. QEMU ends itself then.
  static final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadRequestException(String message) {
      super(message, null, false, false);
    }
  }

  static Request of(String line) {
    return new Request(List.of(line.split(" ", -1)));
  }

  String command() {
    return words.getFirst();
  }

  boolean has(int index) {
    return index < words.size();
  }

  String text(int index) {
    if (!has(index)) {
      throw new BadRequestException("Argument " + index + " of '" + command() + "' is missing");
    }
    return words.get(index);
  }

  long number(int index) {
    String text = text(index);
    return Numbers.uint64(text)
        .orElseThrow(() -> new BadRequestException("'" + text + "' is not a number"));
  }

  int port(int index) {
    return (int) within(index, 0xFFFF);
  }

  /// @param most the largest that is taken
  long within(int index, long most) {
    long number = number(index);
    if (number < 0 || number > most) {
      throw new BadRequestException("'" + text(index) + "' is not between 0 and " + most);
    }
    return number;
  }
}
