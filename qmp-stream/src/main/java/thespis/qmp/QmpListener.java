package thespis.qmp;

import java.util.function.Consumer;

/// A place where clients come in, one at a time.
public interface QmpListener {
  /// Lets the next client in; called again when that one has left.
  void next(Consumer<ClientLink> client);

  /// No more clients; what was made for listening is removed.
  void close();
}
