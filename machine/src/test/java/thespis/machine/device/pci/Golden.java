package thespis.machine.device.pci;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.function.Executable;

/// Configuration space of each function of QEMU 7.2's boards started with -nodefaults, read through its qtest channel:
/// after reset; each byte after FF and then 00 were written to it; and after SeaBIOS had run.
public final class Golden {
  private static final JsonNode ALL = load();

  private Golden() {}

  private static JsonNode load() {
    try (InputStream in = Golden.class.getResourceAsStream("config-space.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static byte[] bytes(String board, int devfn, String what) {
    return HexFormat.of().parseHex(ALL.get(board).get(String.format("%02x", devfn)).get(what).asText());
  }

  /// The bytes behind a word at the start of a line of a file.
  public static byte[] line(String file, String word) {
    try (InputStream in = Golden.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines()
          .filter(line -> line.startsWith(word + " "))
          .map(line -> HexFormat.of().parseHex(line.substring(word.length() + 1)))
          .findAny().orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static byte[] read(PciDevice device) {
    byte[] all = new byte[PciDevice.CONFIG_SIZE];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) device.readConfig(i, 1);
    }
    return all;
  }

  public static void assertAsAfterReset(String board, PciDevice device) {
    assertSame(bytes(board, device.devfn(), "reset"), read(device));
  }

  /// The same bits can be set and cleared as in QEMU.
  public static void assertSameWriteMasks(String board, PciDevice device) {
    byte[] ones = new byte[PciDevice.CONFIG_SIZE];
    byte[] zeros = new byte[PciDevice.CONFIG_SIZE];
    for (int i = 0; i < ones.length; i++) {
      int old = device.readConfig(i, 1);
      device.writeConfig(i, 1, 0xFF);
      ones[i] = (byte) device.readConfig(i, 1);
      device.writeConfig(i, 1, 0);
      zeros[i] = (byte) device.readConfig(i, 1);
      device.writeConfig(i, 1, old);
    }
    assertSame(bytes(board, device.devfn(), "ones"), ones);
    assertSame(bytes(board, device.devfn(), "zeros"), zeros);
  }

  public static void assertSame(byte[] expected, byte[] seen) {
    List<Executable> bytes = IntStream.range(0, expected.length)
        .<Executable>mapToObj(i -> () -> assertEquals(
            Integer.toHexString(expected[i] & 0xFF), Integer.toHexString(seen[i] & 0xFF), "offset 0x"
                + Integer.toHexString(i)))
        .toList();
    assertAll(bytes);
  }
}
