package thespis.actors.hmp;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// One command of the human monitor.
///
/// @param name its name, and others it has, with bars between
/// @param parameters as help shows them; empty if it takes none
record HmpCommand(
    String name, String parameters, String about, Function<String, CompletionStage<String>> body) {

  boolean isCalled(String word) {
    return java.util.List.of(name.split("\\|")).contains(word);
  }

  CompletionStage<String> run(String arguments) {
    if (parameters.isEmpty() && !arguments.isEmpty()) {
      throw new HumanMonitor.BadLine(name + ": extraneous characters at the end of line\n"
          + "Try \"help " + name.split("\\|")[0] + "\" for more information");
    }
    return body.apply(arguments);
  }

  String helpLine(String prefix) {
    return prefix + name + " " + parameters + " -- " + about + "\n";
  }

  static CompletionStage<String> text(String text) {
    return CompletableFuture.completedFuture(text);
  }
}
