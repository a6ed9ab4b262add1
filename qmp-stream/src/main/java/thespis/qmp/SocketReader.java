package thespis.qmp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.IntConsumer;

/// How a client's socket is read, where more than bytes can come through it.
public interface SocketReader {
  /// Bytes and nothing else.
  SocketReader PLAIN = (channel, into, descriptors) -> channel.read(into);

  /// As {@link SocketChannel#read}.
  ///
  /// @param into a direct buffer
  /// @param descriptors hears of file descriptors that came with the bytes
  int read(SocketChannel channel, ByteBuffer into, IntConsumer descriptors) throws IOException;
}
