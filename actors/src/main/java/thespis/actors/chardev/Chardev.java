package thespis.actors.chardev;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import thespis.machine.board.ChardevObject;

/// A character device: bytes out, bytes in, and one front end that uses it. Reading starts when the front end has come.
public abstract class Chardev implements AutoCloseable {
  private final ChardevSpec spec;
  private final FileOutputStream log;
  private volatile Frontend frontend;

  protected Chardev(ChardevSpec spec) {
    this.spec = spec;
    this.log = spec.log().map(Chardev::openLog).orElse(null);
  }

  public final ChardevSpec spec() {
    return spec;
  }

  public final String label() {
    return spec.id();
  }

  /// What `query-chardev` shows for it.
  public abstract String filename();

  /// Sends bytes to the other end. It does not wait for it, unless a great deal is waiting already.
  public final void write(byte[] bytes, int from, int length) {
    if (log != null) {
      try {
        log.write(bytes, from, length);
      } catch (IOException e) {
        // A full disk under the log must not stop the console.
      }
    }
    output(bytes, from, length);
  }

  public final void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  /// The front end takes the device.
  ///
  /// @throws ChardevException if there is one already
  public final synchronized void connect(Frontend user) {
    if (frontend != null) {
      throw new ChardevException("Device '" + label() + "' is in use");
    }
    frontend = user;
    start();
  }

  /// The front end leaves; bytes from the other end are dropped until another one comes.
  final synchronized void disconnect() {
    frontend = null;
  }

  public final boolean frontendOpen() {
    return frontend != null;
  }

  /// What the machine's tree of objects shows of it.
  public ChardevObject object() {
    return ChardevObject.of(spec.ownKind());
  }

  /// Waits, where the device was asked to, until somebody is at the other end.
  public void awaitPeer() {}

  /// Writes what is waiting, and frees everything that the device holds.
  @Override
  public void close() {
    if (log != null) {
      closeAll(log);
    }
  }

  protected abstract void output(byte[] bytes, int from, int length);

  /// Begin to read.
  protected void start() {}

  /// A thread that reads what comes from the other end.
  protected final Thread reader(Runnable read) {
    return Thread.ofPlatform().daemon().name("chardev-" + label() + "-in").start(read);
  }

  /// Takes in a thread of its own what comes, until that ends or the channel is closed.
  protected final void receiveFrom(ReadableByteChannel in) {
    reader(() -> {
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      try {
        for (int count; (count = in.read(buffer.clear())) >= 0; ) {
          received(Arrays.copyOf(buffer.array(), count));
        }
      } catch (IOException e) {
        // No more input, as at its end.
      }
    });
  }

  /// Whatever that says: the descriptor is gone in any case.
  protected static void closeAll(Closeable... all) {
    for (Closeable c : all) {
      try {
        c.close();
      } catch (IOException e) {
        // Nothing can be done about it.
      }
    }
  }

  protected final void received(byte[] bytes) {
    Frontend user = frontend;
    if (user != null && bytes.length > 0) {
      user.receive(bytes);
    }
  }

  protected final void happened(Frontend.Event event) {
    Frontend user = frontend;
    if (user != null) {
      user.event(event);
    }
  }

  private static FileOutputStream openLog(ChardevSpec.LogFile file) {
    try {
      return DescriptorSets.output(file.path(), file.append());
    } catch (IOException e) {
      throw new ChardevException("Could not create '" + file.path() + "': " + reason(e));
    }
  }

  /// The system's words in an exception's message: `/a/b (No such file or directory)`.
  static String reason(IOException e) {
    String text = String.valueOf(e.getMessage());
    int open = text.lastIndexOf('(');
    return open >= 0 && text.endsWith(")") ? text.substring(open + 1, text.length() - 1) : text;
  }
}
