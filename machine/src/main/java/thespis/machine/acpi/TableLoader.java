package thespis.machine.acpi;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What is to be done to the tables once it is known where they go: QEMU's loader script, which firmware reads as the
/// fw_cfg file `etc/table-loader` and which a boot without firmware carries out right here.
final class TableLoader {
  private static final int RECORD = 128;
  private static final int FILE_NAME = 56;
  private static final int PADDED_TO = 4096;

  /// Where a file may be put.
  enum Zone {
    HIGH(1),
    F_SEGMENT(2);

    private final int code;

    Zone(int code) {
      this.code = code;
    }
  }

  /// A file of tables and the address it got.
  record Placed(String file, byte[] bytes, long address) {}

  private sealed interface Command {
    /// Find a place for a file.
    record Allocate(String file, int alignment, Zone zone) implements Command {}

    /// Add the address of `target` to the little-endian number at `offset` of `file`.
    record AddPointer(String file, String target, int offset, int size) implements Command {}

    /// Make the bytes of a range add up to 0.
    record AddChecksum(String file, int offset, int start, int length) implements Command {}
  }

  private final List<Command> commands = new ArrayList<>();

  void allocate(String file, int alignment, Zone zone) {
    commands.add(new Command.Allocate(file, alignment, zone));
  }

  void addPointer(String file, int offset, int size, String target) {
    commands.add(new Command.AddPointer(file, target, offset, size));
  }

  void addChecksum(String file, int start, int length, int offset) {
    commands.add(new Command.AddChecksum(file, offset, start, length));
  }

  /// The script as firmware reads it.
  byte[] encode() {
    Table out = Table.bare();
    for (Command command : commands) {
      byte[] record = switch (command) {
        case Command.Allocate c -> name(Table.bare().u32(1), c.file).u32(c.alignment).u8(c.zone.code).raw();
        case Command.AddPointer c -> name(name(Table.bare().u32(2), c.file), c.target).u32(c.offset).u8(c.size).raw();
        case Command.AddChecksum c ->
            name(Table.bare().u32(3), c.file).u32(c.offset).u32(c.start).u32(c.length).raw();
      };
      out.put(Arrays.copyOf(record, RECORD));
    }
    return Arrays.copyOf(out.raw(), (out.size() + PADDED_TO - 1) / PADDED_TO * PADDED_TO);
  }

  private static Table name(Table out, String file) {
    return out.put(Arrays.copyOf(file.getBytes(StandardCharsets.US_ASCII), FILE_NAME));
  }

  /// Carries the script out on files whose places are decided.
  void run(List<Placed> files) {
    for (Command command : commands) {
      switch (command) {
        case Command.Allocate c -> check(c, find(files, c.file));
        case Command.AddPointer c -> addPointer(c, find(files, c.file).bytes, find(files, c.target).address);
        case Command.AddChecksum c -> addChecksum(c, find(files, c.file).bytes);
      }
    }
  }

  private static Placed find(List<Placed> files, String name) {
    return files.stream().filter(file -> file.file.equals(name)).findFirst().orElseThrow();
  }

  private static void check(Command.Allocate c, Placed file) {
    if (file.address % c.alignment != 0) {
      throw new IllegalArgumentException(c.file + " at 0x" + Long.toHexString(file.address) + " is not aligned to "
          + c.alignment);
    }
  }

  private static void addPointer(Command.AddPointer c, byte[] bytes, long address) {
    long value = address;
    for (int i = 0; i < c.size; i++) {
      value += (bytes[c.offset + i] & 0xFFL) << 8 * i;
    }
    for (int i = 0; i < c.size; i++) {
      bytes[c.offset + i] = (byte) (value >>> 8 * i);
    }
  }

  private static void addChecksum(Command.AddChecksum c, byte[] bytes) {
    int sum = 0;
    for (int i = 0; i < c.length; i++) {
      sum += bytes[c.start + i];
    }
    bytes[c.offset] -= (byte) sum;
  }
}
