package thespis.machine.acpi;

import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.List;

/// A term of ACPI machine language, already encoded: an object, a statement or an expression. The factories carry the
/// names of ASL's operators and take their operands in ASL's order. ACPI 6.5 "ACPI Machine Language (AML)
/// Specification", "AML Grammar Definition"; of several allowed encodings it picks QEMU's, so that tables compare
/// equal.
public final class Aml {
  private static final int EXT = 0x5B;

  /// An operator's optional target that is left out.
  private static final Aml NOWHERE = of(0x00);

  private final byte[] code;

  private Aml(byte[] code) {
    this.code = code;
  }

  public byte[] bytes() {
    return code.clone();
  }

  // ---- names and data: "Name Objects Encoding", "Data Objects Encoding"

  /// A reference to a named object, or to nothing but its own name: `\_SB.PCI0`, `^S10`, `CPEN`.
  public static Aml ref(String path) {
    Writer out = new Writer();
    int at = 0;
    while (at < path.length() && (path.charAt(at) == '\\' || path.charAt(at) == '^')) {
      out.write(path.charAt(at++));
    }
    if (at == path.length()) {
      return out.write(0).term();
    }
    String[] segments = path.substring(at).split("\\.");
    switch (segments.length) {
      case 1 -> {}
      case 2 -> out.write(0x2E);
      default -> out.write(0x2F).write(segments.length);
    }
    for (String segment : segments) {
      if (segment.isEmpty() || segment.length() > 4) {
        throw new IllegalArgumentException("not a name: " + path);
      }
      for (int i = 0; i < 4; i++) {
        out.write(i < segment.length() ? segment.charAt(i) : '_');
      }
    }
    return out.term();
  }

  /// The shortest encoding; QEMU has no use for OnesOp.
  public static Aml integer(long value) {
    if (value == 0 || value == 1) {
      return of((int) value);
    }
    if (value >>> 8 == 0) {
      return of(0x0A, (int) value);
    }
    if (value >>> 16 == 0) {
      return new Writer().write(0x0B).little(value, 2).term();
    }
    if (value >>> 32 == 0) {
      return new Writer().write(0x0C).little(value, 4).term();
    }
    return new Writer().write(0x0E).little(value, 8).term();
  }

  public static Aml string(String text) {
    Writer out = new Writer().write(0x0D);
    text.chars().forEach(out::write);
    return out.write(0).term();
  }

  /// Three letters and four hexadecimal digits in 32 bits. "EISAID (EISA ID String To Integer Conversion Macro)".
  public static Aml eisaId(String id) {
    int vendor = (id.charAt(0) - 0x40) << 10 | (id.charAt(1) - 0x40) << 5 | (id.charAt(2) - 0x40);
    int product = Integer.parseInt(id.substring(3), 16);
    return of(0x0C, vendor >>> 8, vendor, product >>> 8, product);
  }

  /// Text form to the byte order of "ToUUID (Convert String to UUID Macro)".
  public static Aml uuid(String text) {
    String hex = text.replace("-", "");
    int[] order = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    byte[] bytes = new byte[order.length];
    for (int i = 0; i < order.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hex, 2 * order[i], 2 * order[i] + 2, 16);
    }
    return buffer(bytes);
  }

  public static Aml buffer(byte... data) {
    return packaged(new Writer().write(0x11), new Writer().put(integer(data.length)).put(data));
  }

  /// A package with this many elements, of which the first are given.
  public static Aml sizedPackage(int count, Aml... elements) {
    return packaged(new Writer().write(0x12), new Writer().write(count).put(elements));
  }

  public static Aml pack(Aml... elements) {
    return sizedPackage(elements.length, elements);
  }

  public static Aml pack(Collection<Aml> elements) {
    return pack(elements.toArray(Aml[]::new));
  }

  public static Aml local(int n) {
    return of(0x60 + n);
  }

  public static Aml arg(int n) {
    return of(0x68 + n);
  }

  public static Aml debug() {
    return of(EXT, 0x31);
  }

  /// Several terms where one is asked for.
  public static Aml all(Collection<Aml> terms) {
    return new Writer().put(terms.toArray(Aml[]::new)).term();
  }

  public static Aml all(Aml... terms) {
    return all(List.of(terms));
  }

  // ---- objects: "Namespace Modifier Objects Encoding", "Named Objects Encoding"

  public static Aml name(String path, Aml value) {
    return new Writer().write(0x08).put(ref(path), value).term();
  }

  public static Aml name(String path, long value) {
    return name(path, integer(value));
  }

  public static Aml name(String path, String value) {
    return name(path, string(value));
  }

  public static Aml scope(String path, Aml... terms) {
    return packaged(new Writer().write(0x10), new Writer().put(ref(path)).put(terms));
  }

  public static Aml device(String path, Aml... terms) {
    return packaged(extended(0x82), new Writer().put(ref(path)).put(terms));
  }

  /// A processor without a register block of its own.
  public static Aml processor(String path, int id, Aml... terms) {
    return packaged(extended(0x83), new Writer().put(ref(path)).write(id).little(0, 4).write(0).put(terms));
  }

  public static Aml method(String path, int args, Aml... terms) {
    return method(path, args, false, terms);
  }

  /// A method that one caller at a time may be in.
  public static Aml serialized(String path, int args, Aml... terms) {
    return method(path, args, true, terms);
  }

  private static Aml method(String path, int args, boolean serialized, Aml... terms) {
    Writer body = new Writer().put(ref(path)).write(args | (serialized ? 8 : 0)).put(terms);
    return packaged(new Writer().write(0x14), body);
  }

  public static Aml mutex(String path) {
    return extended(0x01).put(ref(path)).write(0).term();
  }

  /// Address spaces of an operation region.
  public enum Space {
    SYSTEM_MEMORY,
    SYSTEM_IO,
    PCI_CONFIG
  }

  public static Aml operationRegion(String path, Space space, long offset, long length) {
    return extended(0x80).put(ref(path)).write(space.ordinal()).put(integer(offset), integer(length)).term();
  }

  /// Widths a region is accessed with; values of the AccessType field.
  public enum Access {
    ANY,
    BYTE,
    WORD,
    DWORD
  }

  /// What happens to the bits around a field that is written.
  public enum Update {
    PRESERVE,
    WRITE_AS_ONES,
    WRITE_AS_ZEROS
  }

  /// @param units made by {@link #bits} and {@link #gap}
  public static Aml field(String region, Access access, Update update, Aml... units) {
    return field(region, access.ordinal() | update.ordinal() << 5, units);
  }

  /// The same under the global lock.
  public static Aml lockedField(String region, Access access, Update update, Aml... units) {
    return field(region, access.ordinal() | 0x10 | update.ordinal() << 5, units);
  }

  private static Aml field(String region, int flags, Aml... units) {
    return packaged(extended(0x81), new Writer().put(ref(region)).write(flags).put(units));
  }

  public static Aml bits(String name, int count) {
    return new Writer().put(ref(name)).put(packageLength(count)).term();
  }

  public static Aml gap(int bits) {
    return new Writer().write(0).put(packageLength(bits)).term();
  }

  public static Aml createDWordField(Aml buffer, long byteIndex, String path) {
    return operator(0x8A, buffer, integer(byteIndex), ref(path));
  }

  // ---- statements: "Statement Opcodes Encoding"

  public static Aml ifThen(Aml condition, Aml... terms) {
    return packaged(new Writer().write(0xA0), new Writer().put(condition).put(terms));
  }

  /// To follow an {@link #ifThen}.
  public static Aml orElse(Aml... terms) {
    return packaged(new Writer().write(0xA1), new Writer().put(terms));
  }

  public static Aml whileTrue(Aml condition, Aml... terms) {
    return packaged(new Writer().write(0xA2), new Writer().put(condition).put(terms));
  }

  public static Aml breakLoop() {
    return of(0xA5);
  }

  public static Aml giveBack(Aml value) {
    return operator(0xA4, value);
  }

  /// Notify.
  public static Aml tell(Aml object, Aml value) {
    return operator(0x86, object, value);
  }

  /// Waits without limit.
  public static Aml acquire(String mutex) {
    return extended(0x23).put(ref(mutex)).little(0xFFFF, 2).term();
  }

  public static Aml release(String mutex) {
    return extended(0x27).put(ref(mutex)).term();
  }

  // ---- expressions: "Expression Opcodes Encoding"

  public static Aml call(String method, Aml... args) {
    return new Writer().put(ref(method)).put(args).term();
  }

  public static Aml store(Aml value, Aml target) {
    return operator(0x70, value, target);
  }

  public static Aml add(Aml a, Aml b) {
    return operator(0x72, a, b, NOWHERE);
  }

  public static Aml subtract(Aml a, Aml b, Aml target) {
    return operator(0x74, a, b, target);
  }

  public static Aml increment(Aml target) {
    return operator(0x75, target);
  }

  public static Aml shiftLeft(Aml value, Aml count) {
    return operator(0x79, value, count, NOWHERE);
  }

  public static Aml shiftRight(Aml value, Aml count) {
    return shiftRight(value, count, NOWHERE);
  }

  public static Aml shiftRight(Aml value, Aml count, Aml target) {
    return operator(0x7A, value, count, target);
  }

  public static Aml and(Aml a, Aml b) {
    return and(a, b, NOWHERE);
  }

  public static Aml and(Aml a, Aml b, Aml target) {
    return operator(0x7B, a, b, target);
  }

  public static Aml or(Aml a, Aml b) {
    return or(a, b, NOWHERE);
  }

  public static Aml or(Aml a, Aml b, Aml target) {
    return operator(0x7D, a, b, target);
  }

  public static Aml derefOf(Aml reference) {
    return operator(0x83, reference);
  }

  public static Aml sizeOf(Aml object) {
    return operator(0x87, object);
  }

  public static Aml index(Aml object, Aml position) {
    return operator(0x88, object, position, NOWHERE);
  }

  public static Aml lAnd(Aml a, Aml b) {
    return operator(0x90, a, b);
  }

  public static Aml lOr(Aml a, Aml b) {
    return operator(0x91, a, b);
  }

  public static Aml lNot(Aml a) {
    return operator(0x92, a);
  }

  public static Aml lEqual(Aml a, Aml b) {
    return operator(0x93, a, b);
  }

  public static Aml lGreater(Aml a, Aml b) {
    return operator(0x94, a, b);
  }

  public static Aml lLess(Aml a, Aml b) {
    return operator(0x95, a, b);
  }

  public static Aml toBuffer(Aml value, Aml target) {
    return operator(0x96, value, target);
  }

  public static Aml toHexString(Aml value, Aml target) {
    return operator(0x98, value, target);
  }

  // ---- encoding

  private static Aml operator(int opcode, Aml... operands) {
    return new Writer().write(opcode).put(operands).term();
  }

  private static Writer extended(int opcode) {
    return new Writer().write(EXT).write(opcode);
  }

  private static Aml of(int... bytes) {
    Writer out = new Writer();
    for (int b : bytes) {
      out.write(b);
    }
    return out.term();
  }

  /// The body after a package length that counts itself.
  private static Aml packaged(Writer head, Writer body) {
    int own = 1;
    while (packageLength(body.size() + own).length > own) {
      own++;
    }
    return head.put(packageLength(body.size() + own)).put(body.toByteArray()).term();
  }

  /// "Package Length Encoding": 6 bits in one byte, or 4 bits and up to three more bytes.
  private static byte[] packageLength(int length) {
    if (length < 1 << 6) {
      return new byte[] {(byte) length};
    }
    int more = length < 1 << 12 ? 1 : length < 1 << 20 ? 2 : 3;
    byte[] bytes = new byte[more + 1];
    bytes[0] = (byte) (more << 6 | length & 0xF);
    for (int i = 1; i <= more; i++) {
      bytes[i] = (byte) (length >>> 8 * i - 4);
    }
    return bytes;
  }

  private static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Writer write(int b) {
      out.write(b);
      return this;
    }

    Writer little(long value, int bytes) {
      for (int i = 0; i < bytes; i++) {
        out.write((int) (value >>> 8 * i));
      }
      return this;
    }

    Writer put(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    Writer put(Aml... terms) {
      for (Aml term : terms) {
        out.writeBytes(term.code);
      }
      return this;
    }

    int size() {
      return out.size();
    }

    byte[] toByteArray() {
      return out.toByteArray();
    }

    Aml term() {
      return new Aml(toByteArray());
    }
  }
}
