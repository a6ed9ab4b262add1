package thespis.actors.hmp;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// One command of the human monitor.
///
/// @param name its name, and others it has, with bars between
/// @param arguments how its arguments are read, see {@link Arguments}
/// @param parameters as help shows them; empty if it takes none
record HmpCommand(String name, String arguments, String parameters, String about, Body body) {
  interface Body {
    CompletionStage<String> run(Session session, Arguments arguments);
  }

  /// One without arguments.
  static HmpCommand plain(String name, String about, java.util.function.Function<Session, CompletionStage<String>> body) {
    return new HmpCommand(name, "", "", about, (session, arguments) -> body.apply(session));
  }

  /// One that shows what is known by now.
  static HmpCommand fixed(String name, String parameters, String arguments, String about, String text) {
    return new HmpCommand(name, arguments, parameters, about, (session, given) -> text(text));
  }

  List<String> names() {
    return List.of(name.split("\\|"));
  }

  boolean isCalled(String word) {
    return names().contains(word);
  }

  String helpLine(String prefix) {
    return prefix + name + " " + parameters + " -- " + about + "\n";
  }

  static CompletionStage<String> text(String text) {
    return CompletableFuture.completedFuture(text);
  }
}
