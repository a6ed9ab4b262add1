package thespis.actors.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parameters that `query-command-line-options` tells of: of the options that are supported, those whose argument
/// QEMU reads with its option parser, in its order. An option without a fixed set of parameters is listed with none.
/// QEMU's list for `machine` has parameters of other architectures' machines too, which those here refuse.
public final class OptionParameters {
  /// @param type `string`, `boolean`, `number` or `size`
  /// @param help null if there is none
  /// @param initial value where it is not given; null if that is not told
  public record Parameter(String name, String type, String help, String initial) {
    Parameter(String name, String type) {
      this(name, type, null, null);
    }
  }

  /// `name:type=value`; the type is `string` where it is left out.
  private static final String TABLE = """
      machine    loadparm dea-key-wrap:boolean aes-key-wrap:boolean suppress-vmdesc:boolean iommu:boolean firmware \
      usb:boolean mem-merge:boolean dump-guest-core:boolean dt_compatible phandle_start:number dumpdtb dtb append initrd \
      kernel kvm_shadow_mem:size kernel_irqchip:boolean accel type
      sandbox    resourcecontrol spawn elevateprivileges obsolete enable:boolean
      action     watchdog panic reboot shutdown
      fw_cfg     gen_id string file name
      numa
      name       debug-threads:boolean process guest
      msg        guest-name:boolean timestamp:boolean
      overcommit cpu-pm:boolean mem-lock:boolean
      object
      add-fd     opaque set:number fd:number
      boot-opts  strict:boolean reboot-timeout:number splash-time:number splash menu:boolean once order
      smp-opts   maxcpus:number threads:number cores:number clusters:number dies:number sockets:number cpus:number
      memory     maxmem:size slots:number size:size
      accel
      smbios
      mon        pretty:boolean chardev mode
      global     value property driver
      rtc        driftfix clock base
      net
      nic
      device
      chardev    abstract:boolean tight:boolean=on clipboard:boolean mouse:boolean logappend:boolean logfile append:boolean \
      chardev size:size debug:number name signal:boolean mux:boolean rows:number cols:number height:number width:number \
      websocket:boolean tls-authz tls-creds tn3270:boolean telnet:boolean reconnect:number nodelay:boolean delay:boolean \
      server:boolean wait:boolean ipv6:boolean ipv4:boolean to:number localport localaddr fd port host path backend
      """;

  /// What QEMU says of them.
  private static final Map<String, String> HELP = Map.ofEntries(
      Map.entry("machine.loadparm", "Up to 8 chars in set of [A-Za-z0-9. ](lower case chars converted to upper case) to"
          + " pass to machine loader, boot manager, and guest kernel"),
      Map.entry("machine.dea-key-wrap", "enable/disable DEA key wrapping using the CPACF wrapping key"),
      Map.entry("machine.aes-key-wrap", "enable/disable AES key wrapping using the CPACF wrapping key"),
      Map.entry("machine.iommu", "Set on/off to enable/disable Intel IOMMU (VT-d)"),
      Map.entry("machine.dumpdtb", "Dump current dtb to a file and quit"),
      Map.entry("machine.dtb", "Linux kernel device tree file"),
      Map.entry("machine.kvm_shadow_mem", "KVM shadow MMU size"),
      Map.entry("machine.kernel_irqchip", "use KVM in-kernel irqchip"),
      Map.entry("machine.suppress-vmdesc", "Set on to disable self-describing migration"),
      Map.entry("machine.firmware", "firmware image"),
      Map.entry("machine.usb", "Set on/off to enable/disable usb"),
      Map.entry("machine.mem-merge", "enable/disable memory merge support"),
      Map.entry("machine.dump-guest-core", "Include guest memory in  a core dump"),
      Map.entry("machine.dt_compatible", "Overrides the \"compatible\" property of the dt root node"),
      Map.entry("machine.phandle_start", "The first phandle ID we may generate dynamically"),
      Map.entry("machine.append", "Linux kernel command line"),
      Map.entry("machine.initrd", "Linux initial ramdisk file"),
      Map.entry("machine.kernel", "Linux kernel image file"),
      Map.entry("machine.accel", "accelerator list"),
      Map.entry("machine.type", "emulated machine"),
      Map.entry("fw_cfg.gen_id", "Sets id of the object generating the fw_cfg blob to be inserted"),
      Map.entry("fw_cfg.string", "Sets content of the blob to be inserted from a string"),
      Map.entry("fw_cfg.file", "Sets the name of the file from which the fw_cfg blob will be loaded"),
      Map.entry("fw_cfg.name", "Sets the fw_cfg name of the blob to be inserted"),
      Map.entry("name.debug-threads", "When enabled, name the individual threads; defaults off.\n"
          + "NOTE: The thread names are for debugging and not a\nstable API."),
      Map.entry("name.process", "Sets the name of the QEMU process, as shown in top etc"),
      Map.entry("name.guest", "Sets the name of the guest.\nThis name will be displayed in the SDL window caption.\n"
          + "The name will also be used for the VNC server"),
      Map.entry("msg.guest-name", "Prepends guest name for error messages but only if -name guest is set otherwise"
          + " option is ignored\n"),
      Map.entry("add-fd.opaque", "free-form string used to describe fd"),
      Map.entry("add-fd.set", "ID of the fd set to add fd to"),
      Map.entry("add-fd.fd", "file descriptor of which a duplicate is added to fd set"));

  private OptionParameters() {}

  /// By the name of the option's group.
  public static Map<String, List<Parameter>> all() {
    Map<String, List<Parameter>> all = new LinkedHashMap<>();
    for (String line : TABLE.lines().toList()) {
      List<String> words = List.of(line.strip().split("\\s+"));
      String group = words.getFirst();
      all.put(group, words.stream().skip(1).map(word -> parameter(group, word)).toList());
    }
    return all;
  }

  private static Parameter parameter(String group, String word) {
    String[] parts = word.split("[:=]");
    return new Parameter(
        parts[0], parts.length > 1 ? parts[1] : "string", HELP.get(group + "." + parts[0]),
        parts.length > 2 ? parts[2] : null);
  }
}
