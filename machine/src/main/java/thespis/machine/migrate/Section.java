package thespis.machine.migrate;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import thespis.cpu.state.StateException;
import thespis.cpu.state.StateIo;

/// The state of one device or processor: its fields by name, each with its type, so that a reader can tell what it does
/// not know. On the wire a field is its name (a byte for its length, then ASCII), a byte for its type, and its value, in
/// network byte order; what has a length has it in front, in 32 bits. Immutable once it is made.
public final class Section {
  private static final int MOST_FIELDS = 4096;

  private final String name;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  private enum Type {
    BOOL,
    U8,
    U16,
    U32,
    U64,
    TEXT,
    BYTES,
    INTS,
    LONGS;

    private static final Type[] ALL = values();
  }

  private record Field(Type type, Object value) {}

  private Section(String name) {
    this.name = name;
  }

  /// Collects what a walk has.
  public static Section save(String name, Consumer<StateIo> walk) {
    Section section = new Section(name);
    walk.accept(section.new Saver());
    return section;
  }

  public String name() {
    return name;
  }

  /// Gives a walk what was saved. It must ask for just that.
  ///
  /// @throws StateException if it does not, or likes a value not
  public void load(Consumer<StateIo> walk) {
    Loader loader = new Loader();
    walk.accept(loader);
    for (String field : fields.keySet()) {
      if (!loader.asked.contains(field)) {
        throw new StateException("field '" + field + "' is not known");
      }
    }
  }

  // ---- on the wire

  byte[] content() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      for (Map.Entry<String, Field> field : fields.entrySet()) {
        writeName(field.getKey(), out);
        out.writeByte(field.getValue().type.ordinal());
        write(field.getValue(), out);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
  }

  static void writeName(String name, DataOutputStream out) throws IOException {
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    out.writeByte(ascii.length);
    out.write(ascii);
  }

  static String readName(DataInputStream in) throws IOException {
    byte[] ascii = new byte[in.readUnsignedByte()];
    in.readFully(ascii);
    return new String(ascii, StandardCharsets.US_ASCII);
  }

  private static void write(Field field, DataOutputStream out) throws IOException {
    switch (field.type) {
      case BOOL -> out.writeBoolean((Boolean) field.value);
      case U8 -> out.writeByte((Integer) field.value);
      case U16 -> out.writeShort((Integer) field.value);
      case U32 -> out.writeInt((Integer) field.value);
      case U64 -> out.writeLong((Long) field.value);
      case TEXT -> writeBytes(((String) field.value).getBytes(StandardCharsets.UTF_8), out);
      case BYTES -> writeBytes((byte[]) field.value, out);
      case INTS -> {
        int[] values = (int[]) field.value;
        out.writeInt(values.length);
        for (int v : values) {
          out.writeInt(v);
        }
      }
      case LONGS -> {
        long[] values = (long[]) field.value;
        out.writeInt(values.length);
        for (long v : values) {
          out.writeLong(v);
        }
      }
    }
  }

  private static void writeBytes(byte[] bytes, DataOutputStream out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /// @throws StreamException if these are not the fields of a section
  static Section of(String name, byte[] content) throws StreamException {
    Section section = new Section(name);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      while (in.available() > 0) {
        String field = readName(in);
        int type = in.readUnsignedByte();
        if (type >= Type.ALL.length || section.fields.size() == MOST_FIELDS) {
          throw new StreamException("section '" + name + "' is damaged");
        }
        if (section.fields.put(field, read(Type.ALL[type], in)) != null) {
          throw new StreamException("section '" + name + "' has field '" + field + "' twice");
        }
      }
      return section;
    } catch (EOFException e) {
      throw new StreamException("section '" + name + "' is cut off");
    } catch (IOException e) {
      throw e instanceof StreamException known ? known : new StreamException(e.getMessage());
    }
  }

  private static Field read(Type type, DataInputStream in) throws IOException {
    return new Field(type, switch (type) {
      case BOOL -> in.readBoolean();
      case U8 -> in.readUnsignedByte();
      case U16 -> in.readUnsignedShort();
      case U32 -> in.readInt();
      case U64 -> in.readLong();
      case TEXT -> new String(readBytes(in), StandardCharsets.UTF_8);
      case BYTES -> readBytes(in);
      case INTS -> {
        int[] values = new int[length(in, Integer.BYTES)];
        for (int i = 0; i < values.length; i++) {
          values[i] = in.readInt();
        }
        yield values;
      }
      case LONGS -> {
        long[] values = new long[length(in, Long.BYTES)];
        for (int i = 0; i < values.length; i++) {
          values[i] = in.readLong();
        }
        yield values;
      }
    });
  }

  private static byte[] readBytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[length(in, 1)];
    in.readFully(bytes);
    return bytes;
  }

  /// No more than there is.
  private static int length(DataInputStream in, int size) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available() / size) {
      throw new EOFException();
    }
    return length;
  }

  // ---- the two kinds of walk

  private final class Saver implements StateIo {
    private <T> T keep(String field, Type type, T value) {
      if (field.length() > 255 || fields.put(field, new Field(type, value)) != null) {
        throw new IllegalStateException("section '" + name + "': field '" + field + "' can't be saved");
      }
      return value;
    }

    @Override
    public boolean bool(String field, boolean value) {
      return keep(field, Type.BOOL, value);
    }

    @Override
    public int u8(String field, int value) {
      return keep(field, Type.U8, value & 0xFF);
    }

    @Override
    public int u16(String field, int value) {
      return keep(field, Type.U16, value & 0xFFFF);
    }

    @Override
    public int u32(String field, int value) {
      return keep(field, Type.U32, value);
    }

    @Override
    public long u64(String field, long value) {
      return keep(field, Type.U64, value);
    }

    @Override
    public String text(String field, String value) {
      return keep(field, Type.TEXT, value);
    }

    @Override
    public void bytes(String field, byte[] value) {
      keep(field, Type.BYTES, value.clone());
    }

    @Override
    public void ints(String field, int[] value) {
      keep(field, Type.INTS, value.clone());
    }

    @Override
    public void longs(String field, long[] value) {
      keep(field, Type.LONGS, value.clone());
    }

    @Override
    public boolean loading() {
      return false;
    }
  }

  private final class Loader implements StateIo {
    private final Set<String> asked = new HashSet<>();

    private Object take(String field, Type type) {
      Field kept = fields.get(field);
      if (kept == null) {
        throw new StateException("field '" + field + "' is missing");
      }
      if (kept.type != type) {
        throw new StateException("field '" + field + "' is of another type");
      }
      asked.add(field);
      return kept.value;
    }

    private <T> T array(String field, Type type, Class<T> kind, int length) {
      T kept = kind.cast(take(field, type));
      if (java.lang.reflect.Array.getLength(kept) != length) {
        throw new StateException("field '" + field + "' has another length than " + length);
      }
      return kept;
    }

    @Override
    public boolean bool(String field, boolean value) {
      return (Boolean) take(field, Type.BOOL);
    }

    @Override
    public int u8(String field, int value) {
      return (Integer) take(field, Type.U8);
    }

    @Override
    public int u16(String field, int value) {
      return (Integer) take(field, Type.U16);
    }

    @Override
    public int u32(String field, int value) {
      return (Integer) take(field, Type.U32);
    }

    @Override
    public long u64(String field, long value) {
      return (Long) take(field, Type.U64);
    }

    @Override
    public String text(String field, String value) {
      return (String) take(field, Type.TEXT);
    }

    @Override
    public void bytes(String field, byte[] value) {
      System.arraycopy(array(field, Type.BYTES, byte[].class, value.length), 0, value, 0, value.length);
    }

    @Override
    public void ints(String field, int[] value) {
      System.arraycopy(array(field, Type.INTS, int[].class, value.length), 0, value, 0, value.length);
    }

    @Override
    public void longs(String field, long[] value) {
      System.arraycopy(array(field, Type.LONGS, long[].class, value.length), 0, value, 0, value.length);
    }

    @Override
    public boolean loading() {
      return true;
    }
  }
}
