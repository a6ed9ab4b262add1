package thespis.actors.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parameters that `query-command-line-options` tells of: of the options that are supported, those whose argument
/// QEMU reads with its option parser. An option without a fixed set of parameters is listed with none.
public final class OptionParameters {
  /// @param type `string`, `boolean`, `number` or `size`
  public record Parameter(String name, String type) {}

  private static final String TABLE = """
      machine    firmware mem-merge:boolean dump-guest-core:boolean suppress-vmdesc:boolean usb:boolean append initrd kernel \
      accel type
      action     watchdog panic reboot shutdown
      numa
      name       debug-threads:boolean process guest
      msg        guest-name:boolean timestamp:boolean
      overcommit cpu-pm:boolean mem-lock:boolean
      object
      boot-opts  strict:boolean reboot-timeout:number splash-time:number splash menu:boolean once order
      smp-opts   maxcpus:number threads:number cores:number clusters:number dies:number sockets:number cpus:number
      memory     maxmem:size slots:number size:size
      accel
      mon        pretty:boolean chardev mode
      global     value property driver
      rtc        driftfix clock base
      net
      nic
      device
      chardev    logappend:boolean logfile append:boolean signal:boolean mux:boolean reconnect:number nodelay:boolean \
      delay:boolean server:boolean wait:boolean ipv6:boolean ipv4:boolean fd port host path backend
      """;

  private OptionParameters() {}

  /// By the name of the option's group.
  public static Map<String, List<Parameter>> all() {
    Map<String, List<Parameter>> all = new LinkedHashMap<>();
    for (String line : TABLE.lines().toList()) {
      List<String> words = List.of(line.strip().split("\\s+"));
      all.put(words.getFirst(), words.stream().skip(1).map(OptionParameters::parameter).toList());
    }
    return all;
  }

  private static Parameter parameter(String word) {
    int colon = word.indexOf(':');
    return colon < 0 ? new Parameter(word, "string") : new Parameter(word.substring(0, colon), word.substring(colon + 1));
  }
}
