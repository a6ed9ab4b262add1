package thespis.cpu.decode;

/// Opcodes of MMX and the SSE extensions. SDM Vol. 2D "Two-Byte Opcode Map", "Three-byte Opcode Map".
final class SseMap {
  private SseMap() {}

  static void fill(OpcodeMap map) {
    map.add(OpcodeMap.MAP_0F, 0x77, Row.row(Ops.EMMS));
  }
}
