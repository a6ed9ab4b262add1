package thespis.actors.chardev;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/// The process's standard input and output. A terminal is put into raw mode. The end of input from a pipe ends nothing.
/// Input comes through a channel, because closing one ends a read that waits; the JVM waits for such a thread at its end.
final class StdioChardev extends Chardev {
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final FileChannel in = new FileInputStream(FileDescriptor.in).getChannel();
  private final OutputPump pump;
  private final Terminal terminal;

  StdioChardev(ChardevSpec spec, boolean signal) {
    super(spec);
    terminal = Terminal.raw(signal);
    pump = new OutputPump("chardev-" + spec.id(), (bytes, count) -> out.write(bytes, 0, count));
  }

  @Override
  public String filename() {
    return "stdio";
  }

  @Override
  protected void start() {
    happened(Frontend.Event.OPENED);
    Thread.ofPlatform().daemon().name("chardev-" + label() + "-in").start(this::read);
  }

  @Override
  protected void output(byte[] bytes, int from, int length) {
    pump.write(bytes, from, length);
  }

  @Override
  public void close() {
    pump.close();
    terminal.restore();
    try {
      in.close();
    } catch (IOException e) {
      // Nobody reads it any more.
    }
    super.close();
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    try {
      for (int count; (count = in.read(buffer.clear())) >= 0; ) {
        received(Arrays.copyOf(buffer.array(), count));
      }
    } catch (IOException e) {
      // No more input, as at its end.
    }
  }
}
