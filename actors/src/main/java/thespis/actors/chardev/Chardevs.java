package thespis.actors.chardev;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// All character devices of a process, opened in order and closed together.
public final class Chardevs implements AutoCloseable {
  private final Map<String, Chardev> devices = new LinkedHashMap<>();
  private final Map<String, MuxChardev> shared = new LinkedHashMap<>();
  private final Consumer<String> announce;
  private final Consumer<String> note;
  private final int escape;
  private final Runnable quit;
  private boolean stdioTaken;

  /// What `query-chardev` shows of one device.
  public record Info(String label, String filename, boolean frontendOpen) {}

  /// @param announce hears what goes to standard output: where a pseudo terminal is
  /// @param note hears what goes to standard error: that a socket waits for its client
  /// @param escape the multiplexer's escape character
  /// @param quit what its key for leaving does
  public Chardevs(Consumer<String> announce, Consumer<String> note, int escape, Runnable quit) {
    this.announce = announce;
    this.note = note;
    this.escape = escape;
    this.quit = quit;
  }

  /// @throws ChardevException if it cannot be opened
  public void open(ChardevSpec spec) {
    ChardevSpec own = spec.mux() ? spec.withId(spec.id() + "-base") : spec;
    Chardev device = switch (spec.backend()) {
      case ChardevSpec.Null() -> new NullChardev(own, "null");
      case ChardevSpec.Vc() -> new NullChardev(own, "vc");
      case ChardevSpec.Pty() -> new PtyChardev(own, announce);
      case ChardevSpec.OutFile file -> new FileChardev(own, file);
      case ChardevSpec.Socket socket -> openSocket(own, socket);
      case ChardevSpec.Stdio(boolean signal) -> {
        if (stdioTaken) {
          throw new ChardevException("cannot use stdio by multiple character devices");
        }
        stdioTaken = true;
        yield new StdioChardev(own, signal);
      }
    };
    devices.put(spec.id(), device);
    if (spec.mux()) {
      shared.put(spec.id(), new MuxChardev(device, escape, quit));
    }
  }

  private Chardev openSocket(ChardevSpec spec, ChardevSpec.Socket socket) {
    SocketChardev device = new SocketChardev(spec, socket);
    if (socket.await()) {
      note.accept(spec.where() + ": " + device.waitingNote());
      device.awaitPeer();
    }
    return device;
  }

  public boolean has(String label) {
    return devices.containsKey(label);
  }

  public boolean isShared(String label) {
    return shared.containsKey(label);
  }

  /// A front end takes a device, or its share of one that is shared.
  ///
  /// @param attach hears where to send bytes, before any are received
  public void connect(String label, Frontend frontend, Consumer<Output> attach) {
    MuxChardev mux = shared.get(label);
    if (mux != null) {
      attach.accept(mux.add(frontend)::write);
      return;
    }
    Chardev device = devices.get(label);
    if (device.frontendOpen()) {
      throw new ChardevException("Device '" + label + "' is in use");
    }
    attach.accept(device::write);
    device.connect(frontend);
  }

  /// Where a front end sends its bytes.
  public interface Output {
    void write(byte[] bytes, int from, int length);
  }

  /// Every front end has been connected: shared devices begin.
  public void begin() {
    shared.values().forEach(MuxChardev::begin);
  }

  public List<Info> list() {
    List<Info> list = new ArrayList<>();
    for (Map.Entry<String, Chardev> entry : devices.entrySet()) {
      Chardev device = entry.getValue();
      if (shared.containsKey(entry.getKey())) {
        list.add(new Info(entry.getKey(), "mux", true));
      }
      list.add(new Info(device.label(), device.filename(), device.frontendOpen()));
    }
    return list;
  }

  /// Sends what is waiting, closes everything, gives the terminal back.
  @Override
  public void close() {
    devices.values().forEach(Chardev::close);
  }
}
