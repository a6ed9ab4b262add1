package thespis.actors.hmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.FakeInspector;

/// The layout is that of QEMU 7.2.
class MemoryCommandsTest {
  private final DumpFormat.Defaults formats = new DumpFormat.Defaults();

  private String dump(String format, long address, boolean physical) {
    return MemoryCommands.dump(new FakeInspector(0), formats.read(format), address, physical);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "4xw | 0000000000000010: 0x13121110 0x17161514 0x1b1a1918 0x1f1e1d1c~",
    "4xb | 0000000000000010: 0x10 0x11 0x12 0x13~",
    "4xh | 0000000000000010: 0x1110 0x1312 0x1514 0x1716~",
    "3xg | 0000000000000010: 0x1716151413121110 0x1f1e1d1c1b1a1918~0000000000000020: 0x2726252423222120~",
    "2dw | 0000000000000010:  319951120  387323156~",
    "2oh | 0000000000000010: 010420 011422~",
    "2cw | 0000000000000010: '\\x10' '\\x11' '\\x12' '\\x13' '\\x14' '\\x15' '\\x16' '\\x17'~",
    "9xb | 0000000000000010: 0x10 0x11 0x12 0x13 0x14 0x15 0x16 0x17~0000000000000018: 0x18~",
    "0x  | ``",
  })
  void memoryComesInLinesOfSixteenBytesOrEight(String format, String text) {
    assertEquals(text == null ? "" : text.replace('~', '\n'), dump(format, 0x10, true));
  }

  @Test
  void aLineThatIsNotAllThereEndsTheDump() {
    assertEquals("0000000000000ff8: Cannot access memory\n", dump("4xw", 0xFF8, true));
    assertEquals("0000000000000010: Cannot access memory\n", dump("1xb", 0x10, false));
    assertEquals("0000000000000110: 0x10\n", dump("1xb", 0x110, false));
  }

  @Test
  void whatWasUsedLastIsTakenNextTime() {
    formats.read("2xg");
    assertEquals(new DumpFormat(1, 'x', 8), formats.read(null));
    assertEquals(new DumpFormat(3, 'd', 8), formats.read("3d"));
    assertEquals(new DumpFormat(2, 'i', -1), formats.read("2i"));
    assertEquals(new DumpFormat(1, 'i', -1), formats.read(null));
    assertEquals(new DumpFormat(1, 'x', 8), formats.read("x"));
  }

  @Test
  void aLetterThatMeansNothingIsNamed() {
    assertEquals("invalid char in format: 'z'",
        assertThrows(HumanMonitor.BadLine.class, () -> formats.read("4z")).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"x, 255, 0xff", "x, 0, 0", "d, -1, -1", "u, -1, 18446744073709551615", "o, 64, 0100", "c, 65, '''A'''"})
  void printShowsTheBaseOfANumber(String notation, long value, String text) {
    assertEquals(text, new DumpFormat(1, notation.charAt(0), 4).print(value));
  }
}
