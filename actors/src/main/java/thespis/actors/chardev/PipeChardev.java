package thespis.actors.chardev;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Named pipes: `PATH.in` is read and `PATH.out` written, or `PATH` both. fifo(7): one that is opened both ways waits for
/// nobody and never ends.
final class PipeChardev extends Chardev {
  private final FileChannel in;
  private final FileChannel out;
  private final OutputPump pump;

  PipeChardev(ChardevSpec spec, String path) {
    super(spec);
    boolean two = Files.exists(Path.of(path + ".in")) && Files.exists(Path.of(path + ".out"));
    in = open(two ? path + ".in" : path);
    out = two ? open(path + ".out") : in;
    pump = new OutputPump("chardev-" + spec.id(), (bytes, count) -> out.write(ByteBuffer.wrap(bytes, 0, count)));
  }

  private static FileChannel open(String path) {
    try {
      if (!Files.exists(Path.of(path))) {
        throw new ChardevException("Could not open '" + path + "': No such file or directory");
      }
      return new RandomAccessFile(path, "rw").getChannel();
    } catch (IOException e) {
      throw new ChardevException("Could not open '" + path + "': " + reason(e));
    }
  }

  @Override
  public String filename() {
    return "pipe";
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
    for (FileChannel channel : new FileChannel[] {in, out}) {
      try {
        channel.close();
      } catch (IOException e) {
        // The descriptor is gone in any case.
      }
    }
    super.close();
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    try {
      for (int count; (count = in.read(buffer.clear())) > 0; ) {
        received(Arrays.copyOf(buffer.array(), count));
      }
    } catch (IOException e) {
      // Closed.
    }
  }
}
