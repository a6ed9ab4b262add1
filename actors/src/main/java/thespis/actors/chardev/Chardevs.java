package thespis.actors.chardev;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import thespis.machine.board.ChardevObject;
import thespis.machine.qom.HashOrder;

/// All character devices of a process: those of the command line, opened in order, and those that come and go later.
/// They are closed together. Opening one may take time; nobody else waits for that.
public final class Chardevs implements AutoCloseable {
  /// One device by its label: what it is now, who shares it, and who uses it.
  private static final class Entry {
    volatile Chardev device;
    MuxChardev mux;

    /// The multiplexer that shares it under another label.
    MuxChardev sharer;

    Frontend frontend;

    Entry(Chardev device) {
      this.device = device;
    }

    boolean isOpen() {
      return sharer == null ? device.frontendOpen() : sharer.isOpen();
    }

    boolean busy() {
      return frontend != null || sharer != null || device.frontendOpen();
    }
  }

  private final Map<String, Entry> devices = new LinkedHashMap<>();
  private final HashOrder order = new HashOrder();
  private final Set<String> came = new LinkedHashSet<>();
  private final Consumer<String> announce;
  private final Consumer<String> note;
  private final int escape;
  private final Runnable quit;

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
    if (spec.backend() instanceof ChardevSpec.Mux(String base)) {
      addSharer(spec.id(), base);
      return;
    }
    ChardevSpec own = spec.mux() ? spec.withId(spec.id() + "-base") : spec;
    Entry entry = new Entry(make(own, announce));
    if (spec.mux()) {
      entry.mux = new MuxChardev(entry.device, escape, quit);
    }
    keep(spec.id(), entry);
  }

  private synchronized void keep(String label, Entry entry) {
    if (devices.putIfAbsent(label, entry) != null) {
      entry.device.close();
      throw ChardevException.taken(label);
    }
    order.add(entry.device.label());
    elsewhere(label);
  }

  /// One is there that belongs to somebody else.
  public synchronized void elsewhere(String label) {
    order.add(label);
    came.add(label);
  }

  private synchronized void gone(String label) {
    order.remove(label);
    came.remove(label);
  }

  /// Labels of all, those elsewhere included, in the order in which they came.
  public synchronized List<String> asTheyCame() {
    return List.copyOf(came);
  }

  /// Those here and those elsewhere, in the order in which QEMU tells of them.
  public synchronized List<Info> inOrder(List<Info> elsewhere) {
    List<String> told = order.told();
    return Stream.concat(elsewhere.stream(), list().stream())
        .sorted(Comparator.comparingInt(info -> told.indexOf(info.label())))
        .toList();
  }

  private Chardev make(ChardevSpec spec, Consumer<String> where) {
    return switch (spec.backend()) {
      case ChardevSpec.Null() -> new NullChardev(spec, "null");
      case ChardevSpec.Vc() -> new NullChardev(spec, "vc");
      case ChardevSpec.Pty() -> new PtyChardev(spec, where);
      case ChardevSpec.OutFile file -> new FileChardev(spec, file);
      case ChardevSpec.Ring ring -> new RingChardev(spec, ring);
      case ChardevSpec.Udp udp -> new UdpChardev(spec, udp);
      case ChardevSpec.Pipe(String path) -> new PipeChardev(spec, path);
      case ChardevSpec.HostSerial(String path) -> HostDevices.serial(spec, path);
      case ChardevSpec.HostParallel(String path) -> HostDevices.parallel(path);
      case ChardevSpec.Mux(String base) -> throw new IllegalStateException("a way to share " + base + " is no device");
      case ChardevSpec.Socket socket -> openSocket(spec, socket);
      case ChardevSpec.Stdio(boolean signal) -> {
        if (stdioTaken()) {
          throw new ChardevException("cannot use stdio by multiple character devices");
        }
        yield new StdioChardev(spec, signal);
      }
    };
  }

  private synchronized boolean stdioTaken() {
    return devices.values().stream().anyMatch(entry -> entry.device instanceof StdioChardev);
  }

  private Chardev openSocket(ChardevSpec spec, ChardevSpec.Socket socket) {
    SocketChardev device = new SocketChardev(spec, socket, note);
    if (socket.await()) {
      note.accept(spec.where() + ": " + device.waitingNote());
      device.awaitPeer();
    }
    return device;
  }

  /// One more while the process runs.
  ///
  /// @return where its pseudo terminal is, or null
  /// @throws ChardevException if it cannot be opened, or the label is in use
  public String add(ChardevSpec spec) {
    if (has(spec.id())) {
      throw ChardevException.taken(spec.id());
    }
    Entry entry = new Entry(make(spec, text -> {}));
    keep(spec.id(), entry);
    return terminal(entry.device);
  }

  /// A way to share a device that nobody uses yet.
  public synchronized void share(String label, String base) {
    addSharer(label, base).begin();
  }

  private synchronized MuxChardev addSharer(String label, String base) {
    Entry shared = devices.get(base);
    if (shared == null) {
      throw new ChardevException("mux: base chardev " + base + " not found");
    }
    if (shared.busy()) {
      throw ChardevException.inUse(base);
    }
    if (shared.mux != null) {
      throw new ChardevException("mux: base chardev " + base + " is shared already");
    }
    Entry entry = new Entry(shared.device);
    entry.mux = new MuxChardev(shared.device, escape, quit);
    keep(label, entry);
    shared.sharer = entry.mux;
    return entry.mux;
  }

  /// Another device in the place of one; whoever uses that uses it from now on.
  ///
  /// @return where its pseudo terminal is, or null
  /// @throws ChardevException if it cannot be; then the old one stays
  public String change(String label, ChardevSpec spec) {
    Entry entry = changeable(label);
    Chardev next = make(spec, text -> {});
    Chardev last = entry.device;
    last.disconnect();
    if (entry.frontend != null) {
      next.connect(entry.frontend);
    }
    entry.device = next;
    synchronized (this) {
      gone(label);
      elsewhere(label);
    }
    last.close();
    return terminal(next);
  }

  /// Can another take its place?
  ///
  /// @return somebody uses it
  public boolean checkChange(String label) {
    return changeable(label).busy();
  }

  private synchronized Entry changeable(String label) {
    Entry entry = devices.get(label);
    if (entry == null) {
      throw new ChardevException("Chardev '" + label + "' does not exist");
    }
    if (entry.mux != null) {
      throw new ChardevException("Mux device hotswap not supported yet");
    }
    if (entry.sharer != null || entry.frontend != null && !entry.frontend.movable()) {
      throw new ChardevException("Chardev user does not support chardev hotswap");
    }
    return entry;
  }

  /// @throws ChardevException if it is not there, or in use
  public void remove(String label) {
    Entry entry;
    synchronized (this) {
      entry = existing(label);
      if (entry.busy()) {
        throw new ChardevException("Chardev '" + label + "' is busy");
      }
      devices.remove(label);
      gone(label);
    }
    entry.device.close();
  }

  /// Takes a device away from whoever uses it.
  public void discard(String label) {
    Entry entry;
    synchronized (this) {
      entry = existing(label);
      devices.remove(label);
      gone(label);
    }
    entry.device.disconnect();
    entry.device.close();
  }

  /// As if the other end had sent a break.
  public void sendBreak(String label) {
    find(label).device.happened(Frontend.Event.BREAK);
  }

  /// The memory behind a label.
  ///
  /// @throws ChardevException if it is another kind of device; null if there is none
  public RingChardev ring(String label) {
    Entry entry;
    synchronized (this) {
      entry = devices.get(label);
    }
    if (entry == null) {
      return null;
    }
    if (!(entry.device instanceof RingChardev ring)) {
      throw new ChardevException(label + " is not a ringbuf device");
    }
    return ring;
  }

  /// Cuts a socket off from its peer; nothing else can be.
  public void yank(String label) {
    if (find(label).device instanceof SocketChardev socket) {
      socket.cutOff();
    }
  }

  private synchronized Entry find(String label) {
    return existing(label);
  }

  private Entry existing(String label) {
    Entry entry = devices.get(label);
    if (entry == null) {
      throw new ChardevException("Chardev '" + label + "' not found");
    }
    return entry;
  }

  private static String terminal(Chardev device) {
    return device instanceof PtyChardev pty ? pty.path() : null;
  }

  public synchronized boolean has(String label) {
    return devices.containsKey(label);
  }

  public synchronized boolean isShared(String label) {
    return devices.containsKey(label) && devices.get(label).mux != null;
  }

  /// A front end takes a device, or its share of one that is shared.
  ///
  /// @param attach hears where to send bytes, before any are received
  public void connect(String label, Frontend frontend, Consumer<Output> attach) {
    Entry entry = find(label);
    if (entry.mux != null) {
      if (entry.mux.isFull()) {
        throw ChardevException.inUse(label);
      }
      attach.accept(entry.mux.add(frontend)::write);
      return;
    }
    if (entry.busy()) {
      throw ChardevException.inUse(label);
    }
    entry.frontend = frontend;
    attach.accept((bytes, from, length) -> entry.device.write(bytes, from, length));
    entry.device.connect(frontend);
  }

  /// Where a front end sends its bytes.
  public interface Output {
    void write(byte[] bytes, int from, int length);
  }

  /// Every front end of the command line has been connected: shared devices begin.
  public synchronized void begin() {
    devices.values().stream().filter(entry -> entry.mux != null && !entry.busy()).forEach(entry -> entry.mux.begin());
  }

  public synchronized List<Info> list() {
    List<Info> list = new ArrayList<>();
    devices.forEach((label, entry) -> {
      Chardev device = entry.device;
      if (entry.mux == null) {
        list.add(new Info(label, device.filename(), entry.isOpen()));
        return;
      }
      list.add(new Info(label, "mux", entry.mux.isOpen()));
      if (!devices.containsKey(device.label())) {
        list.add(new Info(device.label(), device.filename(), entry.mux.isOpen()));
      }
    });
    return list;
  }

  /// What the machine's tree of objects shows of all devices.
  public synchronized Map<String, ChardevObject> objects() {
    Map<String, ChardevObject> objects = new LinkedHashMap<>();
    devices.forEach((label, entry) -> {
      objects.put(label, entry.mux == null ? entry.device.object() : ChardevObject.of("mux"));
      if (entry.mux != null) {
        objects.put(entry.device.label(), entry.device.object());
      }
    });
    return objects;
  }

  /// Sends what is waiting, closes everything, gives the terminal back.
  @Override
  public void close() {
    List<Entry> all;
    synchronized (this) {
      all = List.copyOf(devices.values());
    }
    all.stream().map(entry -> entry.device).distinct().forEach(Chardev::close);
  }
}
