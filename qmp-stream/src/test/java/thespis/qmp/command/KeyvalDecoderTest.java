package thespis.qmp.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What QEMU 7.2 says to the same text behind `-object`.
class KeyvalDecoderTest {
  @Test
  void textBecomesWhatJsonWouldHaveBeen() throws ArgumentException {
    ObjectOptions options = ObjectOptions.of(
        values("memory-backend-ram,id=a,size=1.5G,prealloc=on,host-nodes=1-2,host-nodes=3"));
    assertEquals("memory-backend-ram", options.type());
    assertEquals("a", options.id());
    assertEquals(
        Map.of("size", 3L << 29, "prealloc", true, "host-nodes", List.of(1L, 2L, 3L)), options.properties());
    assertEquals(Map.of("poll-max-ns", 16L), ObjectOptions.of(values("iothread,id=a,poll-max-ns=0x10")).properties());
    assertEquals(
        Map.of("data", "x", "format", "base64"),
        ObjectOptions.of(values("secret,id=a,data=x,format=base64")).properties());
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      nosuch,id=a                                   | Parameter 'qom-type' does not accept value 'nosuch'
      memory-backend-ram                            | Parameter 'id' is missing
      memory-backend-ram,id=a                       | Parameter 'size' is missing
      memory-backend-ram,id=a,size=foo              | Parameter 'size' expects a size value
      memory-backend-ram,id=a,size=-1               | Parameter 'size' expects a size value
      memory-backend-ram,id=a,size=1M,foo=1         | Invalid parameter 'foo'
      memory-backend-ram,id=a,size=1M,prealloc=x    | Parameter 'prealloc' expects 'on' or 'off'
      memory-backend-ram,id=a,size=1M,host-nodes=x  | Parameter 'host-nodes' expects a uint64 value or range
      memory-backend-ram,id=a,size=1M,policy=zz     | Parameter 'policy' does not accept value 'zz'
      iothread,id=a,poll-max-ns=x                   | Parameter 'poll-max-ns' expects an int64 value
      throttle-group,id=t,limits.bps-total=5        | Invalid parameter 'limits.bps-total'
      """)
  void whatDoesNotFitIsSaidInQemusWords(String text, String message) {
    assertEquals(
        message, assertThrows(ArgumentException.class, () -> ObjectOptions.of(values(text))).getMessage());
  }

  private static Map<String, List<String>> values(String text) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    String[] items = text.split(",");
    values.put("qom-type", List.of(items[0]));
    for (int i = 1; i < items.length; i++) {
      String[] pair = items[i].split("=", 2);
      values.computeIfAbsent(pair[0], key -> new ArrayList<>()).add(pair[1]);
    }
    return values;
  }
}
