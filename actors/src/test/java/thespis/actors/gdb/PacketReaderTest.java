package thespis.actors.gdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketReaderTest {
  private final List<String> heard = new ArrayList<>();
  private final PacketReader reader = new PacketReader(
      packet -> heard.add(new String(packet, StandardCharsets.ISO_8859_1)),
      () -> heard.add("interrupt"),
      right -> heard.add(right ? "+" : "-"));

  private void read(String text) {
    reader.read(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "$g#67           | +,g",
    "+$g#67          | +,g",
    "$#00            | '+,'",
    "$g#68           | -",
    "$g#6x           | -",
    "$c$g#67         | +,g",
    "$c#63$g#67      | +,c,+,g",
    "$X0:}\u0003#42 | +,X0:#",
    "hello           | ''",
  })
  void packetsAreTakenOutOfTheStream(String text, String what) {
    read(text);
    assertEquals(what, String.join(",", heard));
  }

  @Test
  void aPacketMayComeInPieces() {
    read("$");
    read("m10");
    read(",4#");
    read("2");
    assertEquals(List.of(), heard);
    read("e");
    assertEquals(List.of("+", "m10,4"), heard);
  }

  @Test
  void aPacketThatIsTooLongIsNone() {
    read("$" + "x".repeat(PacketReader.PACKET_SIZE) + "#" + "%02x".formatted('x' * PacketReader.PACKET_SIZE & 0xFF));
    assertEquals("+", heard.getFirst());
    heard.clear();
    read("$" + "x".repeat(PacketReader.PACKET_SIZE + 1) + "#00$g#67");
    assertEquals(List.of("+", "g"), heard);
  }

  @Test
  void ctrlCIsHeardBetweenPackets() {
    read("\u0003$c#63");
    assertEquals(List.of("interrupt", "+", "c"), heard);
  }

  @Test
  void whatIsSentComesBack() {
    for (String text : List.of("", "OK", "$#}*", "m<a b=\"}\"/>")) {
      heard.clear();
      reader.read(PacketReader.packet(text));
      assertEquals(List.of("+", text), heard);
    }
  }
}
