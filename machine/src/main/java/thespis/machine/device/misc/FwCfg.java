package thespis.machine.device.misc;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.Device;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.PortHandler;

/// QEMU's firmware configuration device: items by number, and files by name, which a guest selects and reads byte by
/// byte or by DMA. QEMU "QEMU Firmware Configuration (fw_cfg) Device". Content is asked for at each selection, so
/// that it can follow the machine. Answers to odd accesses as seen on QEMU 7.2.
public final class FwCfg implements Device, PortHandler {
  public static final int PORT = 0x510;
  public static final int LENGTH = 12;

  // offsets from PORT
  private static final int SELECTOR = 0;
  private static final int DATA = 1;
  private static final int DMA_HIGH = 4;
  private static final int DMA_LOW = 8;

  // keys
  private static final int SIGNATURE = 0x00;
  private static final int ID = 0x01;
  private static final int FILE_DIRECTORY = 0x19;
  private static final int FIRST_FILE = 0x20;
  private static final int MOST_FILES = 0x20;
  private static final int FILE_NAME = 56;

  /// Key bits that are no part of the number: the architecture's own items have the highest one set.
  private static final int NUMBER = 0x3FFF;

  private static final int TRADITIONAL_AND_DMA = 3;

  // control field of a DMA access
  private static final int ERROR = 1;
  private static final int READ = 2;
  private static final int SKIP = 4;
  private static final int SELECT = 8;
  private static final int WRITE = 16;

  private static final byte[] DMA_SIGNATURE = "QEMU CFG".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NOTHING = {};
  private static final int OPEN_BUS = 0xFF;

  /// What a key stands for. A writable item's content is the storage itself.
  private record Item(Supplier<byte[]> content, boolean writable) {}

  private static final Item ABSENT = new Item(() -> NOTHING, false);

  private final GuestMemory memory;
  private final Map<Integer, Item> items = new HashMap<>();
  private final TreeMap<String, Item> files = new TreeMap<>();

  private int key;
  private int offset;
  private long dmaAddress;
  private Item selected = ABSENT;
  private byte[] content = NOTHING;

  public FwCfg(GuestMemory memory) {
    this.memory = memory;
    add(SIGNATURE, () -> "QEMU".getBytes(StandardCharsets.US_ASCII));
    add(ID, () -> new byte[] {TRADITIONAL_AND_DMA, 0, 0, 0});
    add(FILE_DIRECTORY, this::directory);
    reset();
  }

  @Override
  public String name() {
    return "fw_cfg";
  }

  public synchronized void add(int key, Supplier<byte[]> content) {
    items.put(key, new Item(content, false));
  }

  /// Files get their keys in the order of their names. The size must not depend on when it is asked for.
  public synchronized void addFile(String name, Supplier<byte[]> content) {
    addFile(name, new Item(content, false));
  }

  /// A file that the guest can write by DMA.
  public synchronized void addWritableFile(String name, byte[] storage) {
    addFile(name, new Item(() -> storage, true));
  }

  private void addFile(String name, Item item) {
    if (name.length() >= FILE_NAME || files.size() == MOST_FILES || files.put(name, item) != null) {
      throw new IllegalStateException("cannot add fw_cfg file " + name);
    }
  }

  @Override
  public synchronized void reset() {
    dmaAddress = 0;
    select(SIGNATURE);
  }

  @Override
  public synchronized void state(StateIo io) {
    key = io.u16("key", key);
    int at = io.u32("offset", offset);
    dmaAddress = io.u64("dma-address", dmaAddress);
    if (io.loading()) {
      select(key);
      offset = Math.clamp(at, 0, content.length);
    }
  }

  private void select(int number) {
    key = number;
    offset = 0;
    selected = find(number);
    content = selected.content.get();
  }

  private Item find(int number) {
    int file = number - FIRST_FILE;
    if (file >= 0 && file < files.size()) {
      return files.values().stream().skip(file).findFirst().orElseThrow();
    }
    return items.getOrDefault(number, ABSENT);
  }

  /// Count, then size, key and name of each file; numbers are big-endian.
  private byte[] directory() {
    byte[] directory = new byte[4 + files.size() * (8 + FILE_NAME)];
    big(directory, 0, 4, files.size());
    int at = 4;
    int number = FIRST_FILE;
    for (Map.Entry<String, Item> file : files.entrySet()) {
      big(directory, at, 4, file.getValue().content.get().length);
      big(directory, at + 4, 2, number++);
      byte[] name = file.getKey().getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(name, 0, directory, at + 8, name.length);
      at += 8 + FILE_NAME;
    }
    return directory;
  }

  private static void big(byte[] to, int at, int bytes, int value) {
    for (int i = 0; i < bytes; i++) {
      to[at + i] = (byte) (value >>> 8 * (bytes - 1 - i));
    }
  }

  // ---- ports

  @Override
  public synchronized int read(int port, int size) {
    if (port == SELECTOR && size > 1) {
      return 0;
    }
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= (readByte(port + i) & 0xFF) << 8 * i;
    }
    return value;
  }

  private int readByte(int port) {
    if (port >= DMA_HIGH) {
      return DMA_SIGNATURE[port - DMA_HIGH];
    }
    if (port > DATA) {
      return OPEN_BUS;
    }
    return offset < content.length ? content[offset++] : 0;
  }

  @Override
  public synchronized void write(int port, int size, int value) {
    if (port == SELECTOR && size == 2) {
      select(value & (0x8000 | NUMBER));
    } else if (port == DMA_HIGH && size == 4) {
      dmaAddress = Integer.toUnsignedLong(Integer.reverseBytes(value)) << 32;
    } else if (port == DMA_LOW && size == 4) {
      long descriptor = dmaAddress | Integer.toUnsignedLong(Integer.reverseBytes(value));
      dmaAddress = 0;
      transfer(descriptor);
    }
  }

  // ---- DMA

  /// The descriptor: control, length, address, all big-endian. Control is overwritten with the outcome.
  private void transfer(long descriptor) {
    if (!memory.holds(descriptor, 16)) {
      return;
    }
    int control = Integer.reverseBytes(memory.get32(descriptor));
    long length = Integer.toUnsignedLong(Integer.reverseBytes(memory.get32(descriptor + 4)));
    long address = Long.reverseBytes(memory.get64(descriptor + 8));
    if ((control & SELECT) != 0) {
      select(control >>> 16 & (0x8000 | NUMBER));
    }
    boolean done = true;
    if ((control & READ) != 0) {
      done = read(address, length);
    } else if ((control & WRITE) != 0) {
      done = write(address, length);
    } else if ((control & SKIP) != 0) {
      advance(length);
    }
    memory.put32(descriptor, done ? 0 : Integer.reverseBytes(ERROR));
  }

  /// Zeros follow the content.
  private boolean read(long address, long length) {
    if (!memory.holds(address, length)) {
      return false;
    }
    int count = (int) Math.min(length, content.length - offset);
    memory.write(address, content, offset, count);
    memory.fill(address + count, length - count, 0);
    advance(length);
    return true;
  }

  private boolean write(long address, long length) {
    boolean possible = selected.writable && length <= content.length - offset && memory.holds(address, length);
    if (possible) {
      byte[] bytes = memory.read(address, (int) length);
      System.arraycopy(bytes, 0, content, offset, bytes.length);
    }
    advance(length);
    return possible;
  }

  private void advance(long bytes) {
    offset += (int) Math.min(bytes, content.length - offset);
  }

  /// The names of the files, in the order of their keys.
  public synchronized List<String> files() {
    return List.copyOf(files.keySet());
  }
}
