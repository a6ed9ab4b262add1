package thespis.actors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.chardev.ChardevException;
import thespis.actors.chardev.ChardevSpec;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.ChardevCommands;
import thespis.qmp.command.CommandTable;

/// What QMP clients say of character devices, as QEMU 7.2 takes it.
class ChardevBackendsTest {
  private static ChardevSpec.Backend backend(String type, String data) throws ArgumentException, JsonProcessingException {
    String json = "{'id': 'c', 'backend': {'type': '" + type + "', 'data': " + data + "}}";
    ChardevCommands.ChardevAdd add = (ChardevCommands.ChardevAdd) CommandTable.find("chardev-add")
        .decode(new ObjectMapper().readTree(json.replace('\'', '"')));
    return ChardevBackends.spec("c", add.backend()).backend();
  }

  @Test
  void aServerDoesNotWaitForItsFirstClientUnlessItIsToldTo() throws Exception {
    String unix = "{'addr': {'type': 'unix', 'data': {'path': 'x'}}";
    assertEquals(new ChardevSpec.Socket(new ChardevSpec.Unix("x"), true, false, 0), backend("socket", unix + "}"));
    assertEquals(
        new ChardevSpec.Socket(new ChardevSpec.Unix("x"), true, true, 0), backend("socket", unix + ", 'wait': true}"));
  }

  @ParameterizedTest(name = "{0} {1} -> {2}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      udp | {'remote': {'type': 'unix', 'data': {'path': 'x'}}} | socket type unsupported for datagram
      socket | {'addr': {'type': 'unix', 'data': {'path': 'x'}}, 'tls-creds': 'z', 'reconnect': 1} | No TLS credentials \
      with id 'z'
      socket | {'addr': {'type': 'fd', 'data': {'str': '7'}}, 'reconnect': 1} | 'reconnect' option is incompatible with \
      'fd' address type
      socket | {'addr': {'type': 'unix', 'data': {'path': 'x'}}, 'server': false, 'wait': true, 'websocket': true} | \
      Websocket client is not implemented
      socket | {'addr': {'type': 'unix', 'data': {'path': 'x'}}, 'server': false, 'wait': true} | 'wait' option is \
      incompatible with socket in client connect mode
      """)
  void whatDoesNotFitIsRefused(String type, String data, String text) {
    assertEquals(text, assertThrows(ChardevException.class, () -> backend(type, data)).getMessage());
  }
}
