package thespis.machine.qom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.ConfigException;

/// What QEMU 7.2 answered to the same `object-add`, `object-del`, `qom-get` and `qom-set`.
class UserObjectsTest {
  private static final long MIB = 1 << 20;

  private final ObjectTree tree = new ObjectTree();
  private final UserObjects objects = new UserObjects(tree, 1);

  @Test
  void anObjectHasItsTypesDefaultsAndWhatTheUserGave() {
    objects.add("memory-backend-ram", "m0", Map.of("size", MIB, "merge", false));
    assertEquals(MIB, tree.get("/objects/m0", "size"));
    assertEquals(false, tree.get("/objects/m0", "merge"));
    assertEquals(true, tree.get("/objects/m0", "dump"));
    assertEquals(1L, tree.get("/objects/m0", "prealloc-threads"));
    assertEquals("/objects/m0/m0[0]", tree.get("/objects/m0", "m0[0]"));
    objects.add("memory-backend-memfd", "mf", Map.of("size", MIB));
    assertEquals(true, tree.get("/objects/mf", "share"));
    objects.add("iothread", "io", Map.of());
    assertEquals(32768L, tree.get("/objects/io", "poll-max-ns"));
  }

  @Test
  void aPropertyOfATypeAboveIsListedOnceWhereItsDefaultIsAnother() {
    List<Map<String, Object>> all = ObjectTypes.properties("memory-backend-memfd");
    assertEquals(1, all.stream().filter(p -> p.get("name").equals("share")).count());
  }

  @Test
  void whatDoesNotFitIsRefusedAndLeavesNothing() {
    refused("property 'size' of memory-backend-ram doesn't take value '0'", "memory-backend-ram", Map.of("size", 0L));
    refused("host-nodes must be set for policy bind", "memory-backend-ram", Map.of("size", MIB, "policy", "bind"));
    refused("'prealloc=on' and 'reserve=off' are incompatible",
        "memory-backend-ram", Map.of("size", MIB, "prealloc", true, "reserve", false));
    refused("poll-max-ns value must be in range [0, 9223372036854775807]", "iothread", Map.of("poll-max-ns", -1L));
    refused("bad thread-pool-min/thread-pool-max values",
        "iothread", Map.of("thread-pool-min", 5L, "thread-pool-max", 2L));
    refused("bad thread-pool-min/thread-pool-max values",
        "main-loop", Map.of("thread-pool-min", 5L, "thread-pool-max", 2L));
    refused("Invalid host-nodes value: 200", "memory-backend-ram", Map.of("size", MIB, "host-nodes", List.of(200L)));
    refused("Could not open '/nodir': No such file or directory", "rng-random", Map.of("filename", "/nodir"));
    refused("Property 'rng-builtin.opened' is not writable", "rng-builtin", Map.of("opened", true));
    refused("Either 'file' or 'data' must be provided", "secret", Map.of());
    refused("'file' and 'data' are mutually exclusive", "secret", Map.of("data", "x", "file", "y"));
    refused("Base64 data contains invalid characters", "secret", Map.of("data", "%%%", "format", "base64"));
    refused("No secret with id 'q'", "secret", Map.of("data", "x", "keyid", "q"));
    refused("bps/iops/max total values and read/write values cannot be used at the same time",
        "throttle-group", Map.of("limits", Map.of("bps-total", 5L, "bps-read", 6L)));
  }

  /// The ciphertext is OpenSSL's: `enc -aes-256-cbc -K 000102...1f -iv 00...00`.
  @Test
  void secretsAreOpenedWithOthers() {
    String iv = "AAAAAAAAAAAAAAAAAAAAAA==";
    objects.add("secret", "key", Map.of("data", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "format", "base64"));
    objects.add("secret", "short", Map.of("data", "0123456789abcdef"));
    objects.add("secret", "good",
        Map.of("data", "kWhEh8NMNFbrTpAc74hKHg==", "format", "base64", "keyid", "key", "iv", iv));
    assertEquals("hello", new String(SecretValue.of(objects.find("good"), objects::find), StandardCharsets.US_ASCII));
    refused("Key should be 32 bytes in length", "secret", Map.of("data", "YWJj", "keyid", "short", "iv", iv));
    refused("IV is required to decrypt secret", "secret", Map.of("data", "YWJj", "keyid", "key"));
    refused("IV should be 16 bytes in length not 3", "secret", Map.of("data", "YWJj", "keyid", "key", "iv", "YWJj"));
    refused("Length 3 must be a multiple of block size 16",
        "secret", Map.of("data", "YWJj", "format", "base64", "keyid", "key", "iv", iv));
    refused("Incorrect number of padding bytes (246) found on decrypted data",
        "secret", Map.of("data", iv, "format", "base64", "keyid", "key", "iv", "AAAAAAAAAAAAAAAAAAAA/w=="));
  }

  /// QEMU's texts differ from setting to setting.
  @ParameterizedTest
  @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
    "size|4096|cannot change property size of memory-backend-file ",
    "share|true|cannot change property value",
    "reserve|true|cannot change property value",
    "mem-path|x|cannot change property 'mem-path' of memory-backend-file",
    "pmem|true|cannot change property 'pmem' of memory-backend-file."
  })
  void someSettingsOfMemoryStayAsTheyWereMade(String property, String value, String text, @TempDir Path folder) {
    objects.add("memory-backend-file", "f", Map.of("size", MIB, "mem-path", folder.resolve("f").toString()));
    Object typed = value.equals("true") ? (Object) true : value.equals("x") ? value : Long.valueOf(value);
    assertEquals(text, assertThrows(ConfigException.class, () -> tree.set("/objects/f", property, typed)).getMessage());
  }

  @Test
  void otherSettingsOfMemoryCanBeChanged() {
    objects.add("memory-backend-ram", "m", Map.of("size", MIB));
    tree.set("/objects/m", "merge", false);
    assertEquals(false, tree.get("/objects/m", "merge"));
    tree.set("/objects/m", "prealloc", true);
    tree.set("/objects/m", "prealloc", false);
    assertEquals(true, tree.get("/objects/m", "prealloc"));
  }

  @Test
  void aMemoryFileIsThereAndLargeEnoughWhenItsObjectIs(@TempDir Path folder) throws IOException {
    Path fresh = folder.resolve("new");
    objects.add("memory-backend-file", "a", Map.of("size", MIB, "mem-path", fresh.toString()));
    assertEquals(MIB, Files.size(fresh));
    Path large = Files.write(folder.resolve("large"), new byte[2 * (int) MIB]);
    objects.add("memory-backend-file", "b", Map.of("size", MIB, "mem-path", large.toString()));
    assertEquals(2 * MIB, Files.size(large));
    objects.add("memory-backend-file", "c", Map.of("size", MIB, "mem-path", folder.toString()));
    Path small = Files.write(folder.resolve("small"), new byte[4096]);
    refused("backing store size 0x1000 does not match 'size' option 0x100000",
        "memory-backend-file", Map.of("size", MIB, "mem-path", small.toString()));
    refused("alignment 0x3 must be multiples of page size 0x1000",
        "memory-backend-file", Map.of("size", MIB, "mem-path", large.toString(), "align", 3L));
    Path nowhere = folder.resolve("none/x");
    refused("can't open backing store " + nowhere + " for guest RAM: No such file or directory",
        "memory-backend-file", Map.of("size", MIB, "mem-path", nowhere.toString()));
    refused("huge pages (hugetlb=on) are not supported yet", "memory-backend-memfd", Map.of("size", MIB, "hugetlb", true));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(3, files.count());
    }
  }

  @Test
  void namesAreIdentifiersAndTakenOnce() {
    assertEquals("Parameter 'id' expects an identifier", failure(() -> objects.add("iothread", "1a", Map.of())));
    objects.add("iothread", "a", Map.of());
    assertEquals("attempt to add duplicate property 'a' to object (type 'container')",
        failure(() -> objects.add("iothread", "a", Map.of())));
  }

  @Test
  void anObjectGoesUnlessSomethingNeedsIt() {
    objects.use(objects.add("memory-backend-ram", "pc.ram", Map.of("size", MIB)), "machine");
    objects.add("iothread", "a", Map.of());
    objects.remove("a");
    assertNull(tree.at("/objects/a"));
    assertEquals("object 'a' not found", failure(() -> objects.remove("a")));
    assertEquals("object 'pc.ram' is in use, can not be deleted", failure(() -> objects.remove("pc.ram")));
  }

  @Test
  void thePlaceForThemIsThereOnceItIsNeeded() {
    assertNull(tree.at("/objects"));
    objects.add("iothread", "a", Map.of());
    assertEquals("container", tree.get("/objects", "type"));
    refused("Object with id 'a' is not a secret", "secret", Map.of("data", "x", "keyid", "a"));
  }

  @Test
  void thereIsOneMainLoopAndItStays() {
    objects.add("main-loop", "m", Map.of("aio-max-batch", 5L));
    assertEquals("only one main-loop instance allowed", failure(() -> objects.add("main-loop", "n", Map.of())));
    assertEquals("object 'm' is in use, can not be deleted", failure(() -> objects.remove("m")));
    tree.set("/objects/m", "thread-pool-max", 5L);
    assertEquals("bad thread-pool-min/thread-pool-max values",
        failure(() -> tree.set("/objects/m", "thread-pool-min", 9L)));
  }

  @ParameterizedTest(name = "{0} {1}, {2} {3} -> {4}")
  @CsvSource(delimiter = '|', textBlock = """
      bps-total | -1 |  |  | bps/iops/max values must be within [0, 1000000000000000]
      iops-read-max | 4 |  |  | bps_max/iops_max require corresponding bps/iops values
      bps-total | 5 | bps-total-max | 4 | bps_max/iops_max cannot be lower than bps/iops
      bps-total | 5 | bps-total-max-length | 4 | burst length set without burst rate
      bps-total | 5 | bps-total-max-length | 0 | the burst length cannot be 0
      bps-total-max | 1000000000 | bps-total-max-length | 10000000 | burst length too high for this burst rate
      bps-total | 1 | iops-size | 5 | iops size requires an iops value to be set
      bps-total-max-length | 4294967296 |  |  | bps-total-max-length value must be in the range [0, 4294967295]
      """)
  void limitsThatDoNotGoTogetherAreRefused(String one, long first, String other, Long second, String text) {
    Map<String, Object> limits = new HashMap<>(Map.of(one, first));
    if (other != null) {
      limits.put(other, second);
    }
    refused(text, "throttle-group", Map.of("limits", limits));
    objects.add("throttle-group", "g", Map.of("x-bps-total", 1L));
    assertEquals("Property cannot be set after initialization", failure(() -> tree.set("/objects/g", "x-bps-total", 2L)));
    failure(() -> tree.set("/objects/g", "limits", Map.of("iops-read", 7L, "iops-read-max", 6L)));
    assertEquals(0L, tree.get("/objects/g", "x-iops-read"), "nothing of it");
  }

  @Test
  void someSettingsMayChangeLater() {
    objects.add("iothread", "j", Map.of());
    tree.set("/objects/j", "poll-max-ns", 99L);
    assertEquals(99L, tree.get("/objects/j", "poll-max-ns"));
    objects.add("throttle-group", "t", Map.of("limits", Map.of("bps-total", 5L)));
    tree.set("/objects/t", "limits", Map.of("bps-total", 7L));
    assertEquals(7L, tree.get("/objects/t", "x-bps-total"));
    assertEquals(1L, ((Map<?, ?>) tree.get("/objects/t", "limits")).get("iops-write-max-length"));
  }

  private void refused(String text, String type, Map<String, Object> properties) {
    assertEquals(text, failure(() -> objects.add(type, "x", properties)));
    assertNull(tree.at("/objects/x"));
  }

  private static String failure(Runnable work) {
    return assertThrows(ConfigException.class, work::run).getMessage();
  }
}
