package thespis.actors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivilegesTest {
  private static final String USERS = """
      root:x:0:0:root:/root:/bin/sh
      nobody:x:65534:65533:nobody:/:/usr/sbin/nologin
      broken
      """;

  @ParameterizedTest
  @CsvSource({"nobody, nobody 65534 65533", "root, root 0 0", "12:34, - 12 34", "12, none", "1:x, none", "broken, none"})
  void aUserIsANameOrTwoNumbers(String text, String expected) {
    Optional<Privileges.Identity> found = Privileges.find(text, USERS);
    assertEquals(expected, found.map(i -> i.name().orElse("-") + " " + i.user() + " " + i.group()).orElse("none"));
  }
}
