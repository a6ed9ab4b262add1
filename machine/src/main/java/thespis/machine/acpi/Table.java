package thespis.machine.acpi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// One table in the making, little-endian. ACPI 6.5 "System Description Table Header". The checksum stays 0 until the
/// table's place is known and the pointers in it are right.
final class Table {
  static final int HEADER = 36;
  static final int CHECKSUM = 9;
  private static final int LENGTH = 4;
  private static final String OEM_ID = "BOCHS ";
  private static final String OEM_TABLE_ID = "BXPC    ";
  private static final String CREATOR_ID = "BXPC";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// Starts with the header.
  static Table of(String signature, int revision) {
    return new Table().text(signature).u32(0).u8(revision).u8(0).text(OEM_ID).text(OEM_TABLE_ID).u32(1).text(CREATOR_ID)
        .u32(1);
  }

  /// For structures that have no header, or not this one.
  static Table bare() {
    return new Table();
  }

  Table u8(int value) {
    return little(value, 1);
  }

  Table u16(int value) {
    return little(value, 2);
  }

  Table u32(long value) {
    return little(value, 4);
  }

  Table u64(long value) {
    return little(value, 8);
  }

  Table text(String ascii) {
    return put(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  Table put(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  Table zeros(int count) {
    return put(new byte[count]);
  }

  /// "Generic Address Structure (GAS)" of a register in port space, or an empty one for length 0. The access size is
  /// left to the OS.
  Table ports(int base, int bytes) {
    return u8(bytes == 0 ? 0 : 1).u8(8 * bytes).u8(0).u8(0).u64(base);
  }

  int size() {
    return out.size();
  }

  /// The bytes as they are.
  byte[] raw() {
    return out.toByteArray();
  }

  /// The bytes with the header's length filled in.
  byte[] build() {
    byte[] bytes = raw();
    for (int i = 0; i < 4; i++) {
      bytes[LENGTH + i] = (byte) (bytes.length >>> 8 * i);
    }
    return bytes;
  }

  /// Makes the sum of all bytes 0 by the one at an offset, which is 0 so far.
  static byte[] sealed(byte[] bytes, int checksum) {
    int sum = 0;
    for (byte b : bytes) {
      sum += b;
    }
    bytes[checksum] = (byte) -sum;
    return bytes;
  }

  private Table little(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> 8 * i));
    }
    return this;
  }
}
