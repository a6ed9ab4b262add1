package thespis.actors.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.actors.chardev.ChardevSpec;
import thespis.cpu.prop.Input;

/// Error texts are those of QEMU 7.2 where it has the option.
class CommandLineTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      -foo                              | -foo: invalid option
      --foo                             | --foo: invalid option
      -version -foo                     | -foo: invalid option
      -no-reboot=1                      | -no-reboot=1: invalid option
      -m                                | -m: requires an argument
      -m 128,foo=2                      | -m 128,foo=2: Invalid parameter 'foo'
      -M pc,foo                         | -M pc,foo: Expected '=' after parameter 'foo'
      -M pc,=1                          | -M pc,=1: Invalid parameter ''
      -M pc,,                           | -M pc,,: Invalid parameter ''
      -smp 2=3                          | -smp 2=3: Invalid parameter '2'
      -m 64,slots=2                     | slots specified but no max-size
      -m 64,slots=x                     | -m 64,slots=x: Parameter 'slots' expects a number
      -m 16777216T                      | -m 16777216T: Value '16777216T' is out of range for parameter 'size'
      -m 64,maxmem=1M                   | invalid value of maxmem: maximum memory size (0x100000) must be at least the \
      initial memory size (0x4000000)
      -m 64,slots=1,maxmem=64M          | invalid value of maxmem: memory slots were specified but maximum memory size \
      (0x4000000) is equal to the initial memory size (0x4000000)
      -m 64,slots=300,maxmem=1G         | unsupported amount of memory slots: 300
      -M pc,max-fw-size=x               | -M pc,max-fw-size=x: Parameter 'max-fw-size' expects size
      -M pc,boot.foo=1                  | Parameter 'boot.foo' is unexpected
      -boot z                           | Invalid boot device 'z'
      -rtc clock=foo                    | invalid option value 'foo'
      -fw_cfg name=opt/a                | -fw_cfg name=opt/a: name, plus exactly one of file, string and gen_id, are needed
      -fw_cfg name=opt/a,gen_id=x       | -fw_cfg name=opt/a,gen_id=x: Cannot find object ID 'x'
      -fw_cfg name=opt/a,file=/nosuch/x | -fw_cfg name=opt/a,file=/nosuch/x: can't load /nosuch/x: Failed to open file \
      “/nosuch/x”: No such file or directory
      -fw_cfg opt/a,string=b -fw_cfg opt/a,string=c | -fw_cfg opt/a,string=c: duplicate fw_cfg file name: opt/a
      -smbios vendor=x                  | -smbios vendor=x: Must specify type= or file=
      -smbios type=5                    | -smbios type=5: Don't know how to build fields for SMBIOS type 5
      -smbios type=256                  | -smbios type=256: out of range!
      -smbios type=x                    | -smbios type=x: Parameter 'type' expects a number
      -smbios type=2,foo=1              | -smbios type=2,foo=1: Invalid parameter 'foo'
      -smbios type=0,release=5          | -smbios type=0,release=5: Invalid release
      -smbios type=1,uuid=x             | -smbios type=1,uuid=x: Invalid UUID
      -smbios file=/nosuch/x            | -smbios file=/nosuch/x: Cannot read SMBIOS file /nosuch/x
      -smbios file=x,type=1             | -smbios file=x,type=1: Invalid parameter 'type'
      -action panic=x                   | -action panic=x: Parameter 'panic' does not accept value 'x'
      -object nosuch,help               | -object nosuch,help: Parameter 'qom-type' does not accept value 'nosuch'
      -numa node,mem=1M,memdev=x        | -numa node,mem=1M,memdev=x: numa configuration should use either mem= or \
      memdev=,mixing both is not allowed
      -device {"driver":5}              | -device {"driver":5}: Parameter 'driver' is missing
      -device {"driver":"a"             | -device {"driver":"a": JSON parse error, premature EOI
      -device {"driver":a}              | -device {"driver":a}: JSON parse error, invalid keyword 'a'
      -smp 1,foo                        | -smp 1,foo: Expected '=' after parameter 'foo'
      -append x                         | -append only allowed with -kernel option
      -initrd x                         | -initrd only allowed with -kernel option
      -serial tcp:1.2                   | -serial tcp:1.2: could not connect serial device to character backend 'tcp:1.2'
      -serial chardev:foo | -serial chardev:foo: could not connect serial device to character backend 'chardev:foo'
      -chardev null                     | -chardev null: chardev: no id specified
      -chardev null,id=a,foo=1          | -chardev null,id=a,foo=1: Invalid parameter 'foo'
      -chardev null,id=a -chardev null,id=a | -chardev null,id=a: Duplicate ID 'a' for chardev
      -device x,id=a -device y,id=a | -device y,id=a: Duplicate ID 'a' for device
      -chardev foo,id=a                 | -chardev foo,id=a: 'foo' is not a valid char driver name
      -chardev file,id=a                | -chardev file,id=a: chardev: file: no filename given
      -chardev socket,id=a,host=h       | -chardev socket,id=a,host=h: chardev: socket: no port given
      -chardev mux,id=a                 | -chardev mux,id=a: chardev: mux: no chardev given
      -device ,                         | -device ,: '' is not a valid device model name
      -device nosuch,help               | -device nosuch,help: Device 'nosuch' not found
      -numa hmat-lb                     | -numa hmat-lb: Parameter 'initiator' is missing
      -chardev id=a                     | -chardev id=a: chardev: "a" missing backend
      -mon a                            | -mon a: chardev "a" not found
      -mon chardev=b,mode=foo           | -mon chardev=b,mode=foo: Parameter 'mode' does not accept value 'foo'
      -display foo                      | -display foo: Parameter 'type' does not accept value 'foo'
      -display none,foo=1               | -display none,foo=1: Parameter 'foo' is unexpected
      -uuid foo                         | -uuid foo: failed to parse UUID string: wrong format
      -action foo=bar                   | -action foo=bar: Invalid parameter 'foo'
      -action reboot=foo                | -action reboot=foo: Parameter 'reboot' does not accept value 'foo'
      -nographic -daemonize             | -nographic cannot be used with -daemonize
      -device id=a                      | -device id=a: Parameter 'driver' is missing
      -accel tcg -M accel=tcg           | The -accel and "-machine accel=" options are incompatible
      -spice port=1                     | -spice port=1: this option is not supported yet
      -device nosuch,help               | -device nosuch,help: Device 'nosuch' not found
      -device x86_64-cpu,help | -device x86_64-cpu,help: Parameter 'typename' expects a non-abstract device type
      -add-fd fd=5                      | -add-fd fd=5: set option is required and must be non-negative
      -add-fd set=1                     | -add-fd set=1: fd option is required and must be non-negative
      -add-fd fd=x,set=1                | -add-fd fd=x,set=1: Parameter 'fd' expects a number
      -sandbox on,spawn=maybe           | -sandbox on,spawn=maybe: invalid argument for spawn
      -sandbox maybe                    | -sandbox maybe: Parameter 'enable' expects 'on' or 'off'
      -audiodev none                    | -audiodev none: Parameter 'id' is missing
      -audiodev foo,id=a                | -audiodev foo,id=a: Parameter 'driver' does not accept value 'foo'
      -audiodev none,id=a,foo=1         | -audiodev none,id=a,foo=1: Parameter 'foo' is unexpected
      -seed x                           | -seed x: Invalid seed number: x
      -watchdog-action foo              | -watchdog-action foo: Parameter 'watchdog' does not accept value 'foo'
      -compat foo                       | -compat foo: Expected '=' after parameter 'foo'
      -set foo                          | -set foo: can't parse: "foo"
      -set device.x.y=1                 | -set device.x.y=1: there is no device "x" defined
      disk.img                          | disk.img: disk images are not supported yet
      -boot menu=maybe                  | Parameter 'boot.menu' expects 'on' or 'off'
      -smbios type=4,max-speed=99999    | -smbios type=4,max-speed=99999: SMBIOS CPU speed is too large (> 65535)
      -mon chardev=b,pretty=on          | -mon chardev=b,pretty=on: 'pretty' is not compatible with HMP monitors
      -vga foo                          | unknown vga type: foo
      -vga std                          | -vga std: only 'none' is supported yet
      -prom-env x                       | -prom-env x: Option not supported for this target
      -semihosting                      | -semihosting: Option not supported for this target
      -loadvm x                         | no block device can store vmstate for snapshot
      -M ,q35                           | -M ,q35: Invalid parameter ''
      -smp ,2                           | -smp ,2: Invalid parameter ''
      -numa node,nodeid=-1              | -numa node,nodeid=-1: Parameter 'nodeid' expects a uint64 value
      -m 8388608T                       | cannot set up guest memory 'pc.ram': Cannot allocate memory
      -m 128,slots=2,maxmem=300000001   | maximum memory size must by aligned to multiple of 4096 bytes
      """)
  void aBadLineIsRefusedInOneReport(String line, String report) {
    assertEquals(List.of(report), refusal(line.split(" ")).reports());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      -qmp bogus      | -qmp bogus: 'bogus' is not a valid char driver     | -qmp bogus: parse error: bogus
      -monitor help   | -monitor help: 'help' is not a valid char driver   | -monitor help: parse error: help
      -serial /nosuch | -serial /nosuch: '/nosuch' is not a valid char driver | \
      -serial /nosuch: could not connect serial device to character backend '/nosuch'
      """)
  void aBadDeviceIsReportedByTheDeviceAndByWhoWantedIt(String line, String first, String second) {
    assertEquals(List.of(first, second), refusal(line.split(" ")).reports());
  }

  /// As QEMU takes them: what is past the end of a month is in the next, and what follows a date does not matter.
  @ParameterizedTest
  @CsvSource({
      "2020-02-30, 2020-03-01T00:00:00", "2020-2-3, 2020-02-03T00:00:00", "2020-13-01, 2021-01-01T00:00:00",
      "2020-00-00, 2019-11-30T00:00:00", "2020-02-03x, 2020-02-03T00:00:00",
      "2020-02-40T25:61:61, 2020-03-12T02:02:01", "1960-01-01, 1960-01-01T00:00:00"})
  void datesAreReadLiberally(String text, String date) {
    assertEquals(Optional.of(LocalDateTime.parse(date)), options("-rtc", "base=" + text).machine().clock().date());
  }

  @Test
  void aBadSizeIsExplainedOnFurtherLines() {
    assertEquals(
        List.of("-m foo: Parameter 'size' expects a non-negative number below 2^64\n"
            + "Optional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\nand exabytes, respectively."),
        refusal("-m", "foo").reports());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "-help", "--help", "-version", "--version", "-M help", "-accel help", "-device help",
    "-smp help", "-smp ?", "-chardev help", "-M pc,help", "-M none,help", "-display help", "-cpu help",
    "-device qemu64-x86_64-cpu,help", "-object iothread,help", "-boot help"})
  void helpIsPrintedAndIsNoError(String line) {
    CommandLine.Print print = assertInstanceOf(
        CommandLine.Print.class, CommandLine.parse("thespis", List.of(line.split(" "))));
    assertEquals(0, print.status());
    assertFalse(print.text().isBlank());
  }

  @Test
  void helpOnWhatIsNotThereIsNoFailure() {
    assertEquals(0, refusal("-device", "nosuch,help").status());
    assertEquals(1, refusal("-device", ",").status());
  }

  @Test
  void anIdentifierThatIsNoneIsExplainedOnAFurtherLine() {
    String text = "Parameter 'id' expects an identifier\n"
        + "Identifiers consist of letters, digits, '-', '.', '_', starting with a letter.";
    assertEquals(List.of("-object iothread,id=1: " + text), refusal("-object", "iothread,id=1").reports());
  }

  @Test
  void whatWasToBeSaidBeforeAnErrorIsSaid() {
    OptionException e = refusal("-global", "foo");
    assertEquals(List.of("-global foo: warning: short-form boolean option 'foo' deprecated\nPlease use foo=on instead"),
        e.notes());
    assertEquals(List.of("-global foo: Invalid parameter 'foo'"), e.reports());
  }

  @Test
  void helpOnLogItemsExitsWithOne() {
    assertEquals(1, ((CommandLine.Print) CommandLine.parse("thespis", List.of("-d", "help"))).status());
  }

  static List<OptionTable.Row> supported() {
    return OptionTable.ROWS.stream().filter(OptionTable.Row::supported).toList();
  }

  @ParameterizedTest
  @MethodSource("supported")
  void everySupportedOptionHasAMeaning(OptionTable.Row row) {
    List<String> words = row.argument() == null ? List.of("-" + row.name()) : List.of("-" + row.name(), "=,=");
    assertDoesNotThrow(() -> {
      try {
        CommandLine.parse("thespis", words);
      } catch (OptionException e) {
        assertFalse(e.reports().isEmpty());
      }
    });
  }

  @Test
  void theLineOfTheIssueGivesAMachineAndItsTerminal() {
    Options options = options("-M", "pc", "-smp", "1,maxcpus=4", "-m", "512", "-kernel", "K", "-initrd", "I", "-append",
        "console=ttyS0", "-nographic", "-qmp", "unix:./qmp.sock,server=on,wait=off");
    Options.MachineOptions machine = options.machine();
    assertEquals("pc", machine.type());
    assertEquals("cpus=1,maxcpus=4", machine.smp());
    assertEquals(512L << 20, machine.memory());
    assertEquals(Optional.of(Path.of("K")), machine.kernel());
    assertEquals(Optional.of("console=ttyS0"), machine.append());
    assertEquals(
        List.of(new ChardevSpec("compat_monitor0", "-qmp unix:./qmp.sock,server=on,wait=off",
                new ChardevSpec.Socket(new ChardevSpec.Unix("./qmp.sock"), true, false, 0), false, Optional.empty()),
            new ChardevSpec("serial0", "-nographic", new ChardevSpec.Stdio(false), true, Optional.empty()),
            new ChardevSpec("parallel0", "-parallel null", new ChardevSpec.Null(), false, Optional.empty())),
        options.chardevs());
    assertEquals(
        List.of(new Options.Monitor("compat_monitor0", true, false, "-qmp unix:./qmp.sock,server=on,wait=off"),
            new Options.Monitor("serial0", false, false, "-nographic")),
        options.monitors());
    assertEquals(List.of(Optional.of("serial0")), options.serials());
    assertEquals(List.of("parallel0"), options.parallels());
    assertTrue(options.notes().isEmpty());
  }

  @Test
  void theLastOfARepeatedOptionCountsAndDevicesAddUp() {
    Options options = options("-m", "128", "-m", "1G", "-cpu", "qemu64", "-cpu", "max", "-device", "a,id=x,b=1,,2",
        "-device", "c");
    assertEquals(1L << 30, options.machine().memory());
    assertEquals(Optional.of("max"), options.machine().cpu());
    assertEquals(
        List.of(Map.of("driver", "a", "id", "x", "b", "1,2"), Map.of("driver", "c")),
        options.machine().devices().stream().map(Options.Device::arguments).toList());
  }

  @Test
  void aDeviceMayBeWrittenAsJson() {
    assertEquals(
        Map.of("driver", "a", "core-id", Input.ofJson(1L)),
        options("-device", "{\"driver\": \"a\", \"core-id\": 1}").machine().devices().getFirst().arguments());
  }

  @Test
  void aGlobalHasTwoSpellings() {
    assertEquals(
        options("-global", "d.p=v=1").machine().globals(),
        options("-global", "driver=d,property=p,value=v=1").machine().globals());
  }

  @Test
  void oldSpellingsOfSocketsAreTheSameDevice() {
    assertEquals(
        backend("-qmp", "unix:/s,server=on,wait=off"), backend("-qmp", "unix:/s,server,nowait"));
    assertEquals(
        backend("-qmp", "tcp:localhost:44,server=on,wait=off"),
        backend("-chardev", "socket,id=a,host=localhost,port=44,server=on,wait=off"));
  }

  @Test
  void anInheritedDescriptorIsAnAddress() {
    assertEquals(
        new ChardevSpec.Socket(new ChardevSpec.Inherited(7), true, false, 0),
        backend("-chardev", "socket,id=m,fd=7,server=on,wait=off"));
  }

  @Test
  void aLineOfLibvirtIsUnderstood() {
    Options options = options("-add-fd", "set=0,fd=25,opaque=serial0-log", "-audiodev", "{\"id\":\"a\",\"driver\":\"none\"}",
        "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    assertEquals(
        List.of(new Options.Descriptor("-add-fd set=0,fd=25,opaque=serial0-log", 0, 25, Optional.of("serial0-log"))),
        options.process().descriptors());
    assertEquals(Optional.of(new Options.Denied(true, true, true, true)), options.process().denied());
    assertEquals(Optional.empty(), options("-sandbox", "off,spawn=deny").process().denied());
    assertEquals(Optional.of(new Options.Denied(false, false, true, false)),
        options("-sandbox", "on,elevateprivileges=children,spawn=deny").process().denied());
  }

  @Test
  void firmwareIsToldOfFilesAndOfTheMachine() {
    Options options = options("-fw_cfg", "name=opt/a,string=b", "-smbios", "type=11,value=x,value=y", "-smbios",
        "type=1,product=P", "-smbios", "type=1,serial=S,uuid=2c3a189e-62f4-4348-8e77-239878733d93");
    assertEquals("b", new String(options.machine().firmwareFiles().getFirst().content(), StandardCharsets.US_ASCII));
    assertEquals(List.of("x", "y"), options.machine().smbios().oemStrings());
    assertEquals(Map.of("product", "P", "serial", "S", "uuid", "2c3a189e-62f4-4348-8e77-239878733d93"),
        options.machine().smbios().values().get(1));
    assertEquals("2c3a189e-62f4-4348-8e77-239878733d93", options.machine().uuid().orElseThrow().toString());
    assertEquals(
        List.of("-fw_cfg name=a,string=b: warning: externally provided fw_cfg item names should be prefixed with \"opt/\""),
        options("-display", "none", "-fw_cfg", "name=a,string=b").notes());
  }

  @Test
  void aDeviceIsAddedTo() {
    assertEquals(
        Map.of("driver", "a", "id", "x", "b", "2"),
        options("-device", "a,id=x", "-set", "device.x.b=2").machine().devices().getFirst().arguments());
  }

  @Test
  void acceleratorsOfTheMachineOptionAreAList() {
    assertEquals(
        List.of("kvm", "tcg"),
        options("-machine", "none,accel=kvm:tcg").machine().accelerators().stream()
            .map(Options.Accelerator::name).toList());
  }

  @Test
  void topologyMayBePartOfTheMachineOption() {
    assertEquals("cpus=2,cores=2", options("-smp", "2", "-M", "pc,smp.cores=2").machine().smp());
  }

  @Test
  void parallelPortsAreThoseThatAreAskedFor() {
    assertEquals(List.of("parallel0"), options().parallels());
    assertTrue(options("-parallel", "none").parallels().isEmpty());
    assertTrue(options("-M", "none").parallels().isEmpty());
    assertEquals(
        List.of("parallel0", "lp", "parallel2"),
        options("-chardev", "null,id=lp", "-parallel", "null", "-parallel", "none", "-parallel", "chardev:lp", "-parallel",
            "vc").parallels());
  }

  @Test
  void nodefaultsLeavesNoSerialPortAndNoMonitor() {
    Options options = options("-nodefaults", "-nographic");
    assertTrue(options.chardevs().isEmpty());
    assertTrue(options.serials().isEmpty());
    assertTrue(options.parallels().isEmpty());
    assertTrue(options.monitors().isEmpty());
  }

  @Test
  void withoutADisplayOptionTheUserIsTold() {
    assertEquals(1, options("-m", "64").notes().size());
    assertTrue(options("-display", "none").notes().isEmpty());
  }

  private static ChardevSpec.Backend backend(String... words) {
    return options(words).chardevs().getFirst().backend();
  }

  private static Options options(String... words) {
    return ((CommandLine.Run) CommandLine.parse("thespis", List.of(words))).options();
  }

  private static OptionException refusal(String... words) {
    return assertThrows(OptionException.class, () -> CommandLine.parse("thespis", List.of(words)));
  }
}
