package thespis.cpu.decode;

import java.util.ArrayList;
import java.util.List;

/// Collects the rows of the opcode maps and finds the row of an instruction. SDM Vol. 2D "Opcode Map".
final class OpcodeMap {
  static final int ONE_BYTE = 0;
  static final int MAP_0F = 1;
  static final int MAP_0F38 = 2;
  static final int MAP_0F3A = 3;

  private static final Row[] NOTHING = {};

  /// Index: map, VEX or not, opcode.
  private final Row[][] rows = new Row[4 * 2 * 256][];

  OpcodeMap() {
    java.util.Arrays.fill(rows, NOTHING);
  }

  /// Rows of one opcode are tried in the order they were added.
  void add(int map, int opcode, Row... more) {
    for (Row row : more) {
      int i = index(map, (row.flags() & Row.VEX) != 0, opcode);
      List<Row> list = new ArrayList<>(List.of(rows[i]));
      list.add(row);
      rows[i] = list.toArray(Row[]::new);
    }
  }

  private static int index(int map, boolean vex, int opcode) {
    return (map * 2 + (vex ? 1 : 0)) * 256 + opcode;
  }

  Row[] at(int map, boolean vex, int opcode) {
    return rows[index(map, vex, opcode)];
  }
}
