package thespis.actors.build;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// What is to be rewritten. Public, since another copy of it has another loader.
public final class PrelinkSample {
  enum Colour { RED, GREEN }

  sealed interface Shape permits Square, Circle {}

  record Square(int side) implements Shape {}

  record Circle(int radius) implements Shape {}

  private PrelinkSample() {}

  public static List<String> results() {
    List<String> all = new ArrayList<>();
    for (Object o : new Object[] {new Square(1), new Square(5), new Circle(2), Colour.RED, Colour.GREEN, "text", 7, null}) {
      all.add(name(o));
    }
    all.add(serializable("s").get());
    return all;
  }

  private static String name(Object o) {
    return switch (o) {
      case null -> "nothing";
      case Square(int side) when side > 4 -> "large square";
      case Square s -> "square " + s.side;
      case Shape s -> "shape " + s;
      case Colour c -> colour(c);
      case String s -> s.toUpperCase(Locale.ROOT);
      case Number n -> "number " + n;
      default -> "else";
    };
  }

  private static String colour(Object c) {
    return switch (c) {
      case Colour.RED -> "stop";
      case Colour.GREEN -> "go";
      default -> "wait";
    };
  }

  private static Supplier<String> serializable(String text) {
    return (Supplier<String> & Serializable) () -> text;
  }

  public static Object lambda() {
    return serializable("");
  }
}
