package thespis.actors.hmp;

/// What a human monitor does with the process's character devices. Each may take time, and throws a
/// {@link thespis.actors.chardev.ChardevException} or {@link thespis.actors.cli.OptionException} if it can't be done.
public interface ChardevActions {
  /// @param options as behind `-chardev`
  void add(String options);

  /// @param options as behind `-chardev`, without an id
  void change(String label, String options);

  void remove(String label);

  void sendBreak(String label);

  void write(String label, String text);

  /// @return what was taken out, so many bytes at most
  String read(String label, long size);
}
