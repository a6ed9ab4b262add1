package thespis.actors.chardev;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// Named pipes: `PATH.in` is read and `PATH.out` written, or `PATH` both. fifo(7): one that is opened both ways waits for
/// nobody and never ends.
final class PipeChardev extends PumpedChardev {
  private final FileChannel in;
  private final FileChannel out;

  PipeChardev(ChardevSpec spec, String path) {
    super(spec);
    boolean two = Files.exists(Path.of(path + ".in")) && Files.exists(Path.of(path + ".out"));
    in = open(two ? path + ".in" : path);
    out = two ? open(path + ".out") : in;
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
    super.start();
    receiveFrom(in);
  }

  @Override
  protected void send(byte[] bytes, int count) throws IOException {
    out.write(ByteBuffer.wrap(bytes, 0, count));
  }

  @Override
  public void close() {
    super.close();
    closeAll(in, out);
  }
}
