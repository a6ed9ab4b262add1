package thespis.actors.cli;

import thespis.actors.chardev.ChardevSpec;

/// The text form of a character device, as `-chardev` takes it: `socket,id=x,path=y`.
public final class ChardevText {
  private ChardevText() {}

  /// @throws OptionException with QEMU's text
  public static ChardevSpec parse(String text) {
    return ChardevOption.full(text, "chardev-add");
  }

  /// In the short form, as behind `-serial`.
  public static ChardevSpec compact(String text, String id, String where) {
    return ChardevOption.compact(text, id, where);
  }

  /// Without an id.
  public static ChardevSpec parse(String id, String text) {
    return ChardevOption.full(text + ",id=" + id, "chardev-change");
  }
}
