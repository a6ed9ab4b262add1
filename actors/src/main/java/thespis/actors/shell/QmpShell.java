package thespis.actors.shell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import thespis.actors.chardev.Terminal;

/// `thespis qmp SOCKET`: a shell for the QMP monitor of this emulator, or of QEMU. On a terminal it edits lines,
/// completes from the server's schema and shows events as they come; from arguments or a pipe it is for scripts.
public final class QmpShell {
  private static final int OK = 0;
  private static final int REFUSED = 1;
  private static final int NO_SERVER = 2;

  private static final String USAGE = """
      usage: %1$s qmp [-H] [-p] [-v] SOCKET [COMMAND [key=value...]]
        SOCKET   path of a unix socket, or host:port
        -H       COMMAND is for the human monitor
        -p       answers with line breaks
        -v       show what is sent
      Without a COMMAND it reads commands from the terminal, or from standard input.
      Exit status: 0 every command succeeded, 1 one was refused, 2 there is no server or it has gone.
      """;

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private boolean human;
  private boolean pretty;
  private boolean verbose;
  private QmpConnection server;

  private QmpShell() {}

  /// @param arguments those behind `qmp`
  /// @return the process's exit status
  public static int run(String program, List<String> arguments) {
    return new QmpShell().start(program, arguments);
  }

  private int start(String program, List<String> arguments) {
    int at = 0;
    for (; at < arguments.size() && arguments.get(at).startsWith("-"); at++) {
      switch (arguments.get(at)) {
        case "-H", "--hmp" -> human = true;
        case "-p", "--pretty" -> pretty = true;
        case "-v", "--verbose" -> verbose = true;
        case "-h", "--help", "-help" -> {
          out.print(USAGE.formatted(program));
          return OK;
        }
        default -> {
          System.err.println(program + ": qmp: " + arguments.get(at) + ": invalid option");
          return NO_SERVER;
        }
      }
    }
    if (at == arguments.size()) {
      System.err.print(USAGE.formatted(program));
      return NO_SERVER;
    }
    String where = arguments.get(at);
    List<String> command = arguments.subList(at + 1, arguments.size());
    try {
      return command.isEmpty() && Terminal.isTerminal() ? interactive(where)
          : command.isEmpty() ? lines(where) : once(where, command);
    } catch (IOException e) {
      System.err.println(program + ": qmp: " + where + ": " + e.getMessage());
      return NO_SERVER;
    }
  }

  private int interactive(String where) throws IOException {
    try (ShellTerminal terminal = new ShellTerminal(human ? "(QEMU) " : "(QMP) ")) {
      server = QmpConnection.open(where, event -> {
        if (event == null) {
          terminal.end();
        } else {
          terminal.print(text(event));
        }
      });
      Function<String, List<String>> completion = human ? humanCompletion()
          : new Completion(schema(), result("query-commands"))::ways;
      int status = OK;
      for (String line; (line = terminal.read(completion)) != null; ) {
        if (line.strip().equals("exit")) {
          break;
        }
        if (!line.isBlank()) {
          status = Math.max(status, run(line, terminal::print));
        }
      }
      return status;
    }
  }

  /// From a pipe, a line a command; events come between the answers.
  private int lines(String where) throws IOException {
    server = QmpConnection.open(where, event -> {
      if (event != null) {
        out.println(text(event));
      }
    });
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int status = OK;
    for (String line; (line = in.readLine()) != null; ) {
      if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
        status = Math.max(status, run(line, out::println));
      }
    }
    return status;
  }

  /// One command; only what it returned is printed.
  private int once(String where, List<String> words) throws IOException {
    server = QmpConnection.open(where, event -> { });
    ObjectNode message;
    try {
      message = human ? human(String.join(" ", words)) : ShellLine.message(words);
    } catch (ShellLine.BadLine e) {
      System.err.println(e.getMessage());
      return REFUSED;
    }
    JsonNode answer = send(message, System.err::println);
    if (answer.has("error")) {
      System.err.println(answer.at("/error/class").asText() + ": " + answer.at("/error/desc").asText());
      return REFUSED;
    }
    if (human) {
      return humanAnswer(answer, out::print);
    }
    out.println(text(answer.get("return")));
    return OK;
  }

  private interface Sink {
    void print(String text);
  }

  private int run(String line, Sink to) throws IOException {
    ObjectNode message;
    try {
      message = human ? human(line) : ShellLine.message(line);
    } catch (ShellLine.BadLine e) {
      to.print(e.getMessage());
      return REFUSED;
    }
    JsonNode answer = send(message, to);
    if (human && answer.has("return")) {
      return humanAnswer(answer, text -> to.print(text.stripTrailing()));
    }
    to.print(text(answer));
    return answer.has("error") ? REFUSED : OK;
  }

  private JsonNode send(ObjectNode message, Sink to) throws IOException {
    if (verbose) {
      to.print(text(message));
    }
    return server.send(message);
  }

  private static ObjectNode human(String line) {
    ObjectNode message = ShellLine.JSON.createObjectNode().put("execute", "human-monitor-command");
    message.putObject("arguments").put("command-line", line);
    return message;
  }

  /// The human monitor says only in its text that it refused something.
  private static int humanAnswer(JsonNode answer, Sink to) {
    String text = answer.get("return").asText().replace("\r\n", "\n");
    if (!text.isEmpty()) {
      to.print(text);
    }
    return text.startsWith("Error: ") || text.startsWith("unknown command: ") ? REFUSED : OK;
  }

  /// Also with what QEMU does not have.
  private JsonNode schema() throws IOException {
    JsonNode whole = result("x-thespis-query-qmp-schema");
    return whole == null ? result("query-qmp-schema") : whole;
  }

  /// Null if the server does not know the command.
  private JsonNode result(String command) throws IOException {
    return server.send(ShellLine.JSON.createObjectNode().put("execute", command)).get("return");
  }

  /// The human monitor's own help knows its commands, and what `info` can show.
  private Function<String, List<String>> humanCompletion() throws IOException {
    List<String> commands = helpNames("help", "");
    List<String> infos = helpNames("help info", "info ");
    return head -> {
      String line = head.stripLeading();
      boolean info = line.startsWith("info ");
      String word = info ? line.substring(5).stripLeading() : line;
      return (info ? infos : commands).stream().filter(name -> name.startsWith(word)).toList();
    };
  }

  private List<String> helpNames(String command, String prefix) throws IOException {
    JsonNode help = server.send(human(command)).get("return");
    return help == null ? List.of() : help.asText().lines()
        .filter(l -> l.startsWith(prefix) && l.matches("[a-z].* -- .*"))
        .flatMap(l -> Stream.of(l.substring(prefix.length()).split("[ \\[]")[0].split("\\|")))
        .sorted()
        .toList();
  }

  private String text(JsonNode json) {
    try {
      return pretty ? ShellLine.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json)
          : ShellLine.JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that was read cannot be written", e);
    }
  }
}
