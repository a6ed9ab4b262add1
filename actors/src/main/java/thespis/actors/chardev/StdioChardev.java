package thespis.actors.chardev;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;

/// The process's standard input and output. A terminal is put into raw mode. The end of input from a pipe ends nothing.
/// Input comes through a channel, because closing one ends a read that waits; the JVM waits for such a thread at its end.
final class StdioChardev extends PumpedChardev {
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final FileChannel in = new FileInputStream(FileDescriptor.in).getChannel();
  private final Terminal terminal;

  StdioChardev(ChardevSpec spec, boolean signal) {
    super(spec);
    terminal = Terminal.raw(signal);
  }

  @Override
  public String filename() {
    return "stdio";
  }

  @Override
  protected void start() {
    super.start();
    receiveFrom(in);
  }

  @Override
  protected void send(byte[] bytes, int count) throws IOException {
    out.write(bytes, 0, count);
  }

  @Override
  public void close() {
    super.close();
    terminal.restore();
    closeAll(in);
  }
}
