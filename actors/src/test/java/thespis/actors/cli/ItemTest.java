package thespis.actors.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItemTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      null,id=a               | backend=null id=a
      a=b                     | a=b
      path,server,nowait      | backend=path server=on wait=off
      x,,y,z=1,,2,w           | backend=x,y z=1,2 w=on
      a=1,a=2                 | a=1 a=2
      a=b=c                   | a=b=c
      ,a=1                    | backend= a=1
      a,                      | backend=a
      """)
  void flagsAreSwitchesInTheOlderDialect(String text, String items) {
    assertEquals(items, show(Item.flags(text, "backend")));
  }

  @Test
  void withoutAFirstKeyTheFirstItemIsAFlagToo() {
    assertEquals("a=on b=off", show(Item.flags("a,nob", null)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      pc,accel=kvm:tcg        | type=pc accel=kvm:tcg
      type=pc,usb=off         | type=pc usb=off
      a,c=d,,e                | type=a c=d,e
      """)
  void onlyTheFirstKeyMayBeLeftOutInTheNewerDialect(String text, String items) {
    assertEquals(items, show(Item.keyed(text, "type")));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      pc,foo     | Expected '=' after parameter 'foo'
      a,,b       | Invalid parameter ''
      pc,=1      | Invalid parameter ''
      pc,2       | Invalid parameter '2'
      pc,_x=1    | Invalid parameter '_x'
      pc,a b=1   | Invalid parameter 'a b'
      pc,a..b=1  | Invalid parameter 'a..b'
      pc,a.=1    | Invalid parameter 'a.'
      pc,9.a=1   | Invalid parameter '9.a'
      pc,a=1,,   |
      """)
  void aBareKeyIsRefusedInTheNewerDialect(String text, String message) {
    if (message == null) {
      assertEquals("type=pc a=1,", show(Item.keyed(text, "type")));
    } else {
      assertEquals(message, assertThrows(OptionException.class, () -> Item.keyed(text, "type")).getMessage());
    }
  }

  @Test
  void theLastOfSeveralValuesCounts() {
    assertEquals("2", Item.last(Item.flags("a=1,a=2,b=3", null), "a"));
  }

  private static String show(java.util.List<Item> items) {
    return items.stream().map(i -> i.key() + "=" + i.value()).collect(Collectors.joining(" "));
  }
}
