package thespis.actors;

/// Entry point of the emulator's process.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("Thespis " + String.join(" ", args));
  }
}
