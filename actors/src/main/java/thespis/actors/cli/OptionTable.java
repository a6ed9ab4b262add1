package thespis.actors.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Every option of QEMU 7.2's x86-64 emulator: those that work here, in the order of `-help`, and those that do not
/// yet, so that they can be refused by name. What an option does is in {@link CommandLine}.
final class OptionTable {
  /// @param argument how its argument is written; null if it takes none
  /// @param about a line of help; null if the option is refused
  record Row(String name, String argument, String about) {
    boolean supported() {
      return about != null;
    }
  }

  static final List<Row> ROWS = List.of(
      row("help", null, "print this and exit"),
      row("h", null, ""),
      row("version", null, "print the version and exit"),
      row("machine", "[type=]name[,prop=value...]", "the machine; 'help' lists types, accel=a:b names accelerators"),
      row("M", "[type=]name[,prop=value...]", ""),
      row("cpu", "model[,feature...]", "the CPU model and its features; 'help' lists both"),
      row("accel", "name[,prop=value...]", "the accelerator, tcg (or qtest, where no processor runs and -qtest\n"
          + "moves the guest's time); tcg's property engine=interpreter|native\n"
          + "says how guest code is run (ours; native where the host can), cache=off\n"
          + "that translated code is not kept for the next start, cache-folder=dir where it is,\n"
          + "verify=on that each run of translated code is compared with the interpreter,\n"
          + "perf-map=on that /tmp/perf-PID.map names translated code for Linux's perf"),
      row("smp", "[cpus=]n[,maxcpus=n][,sockets=n][,dies=n][,cores=n][,threads=n]",
          "CPUs at start, CPUs at most, and their topology"),
      row("m", "[size=]megabytes", "guest memory; with a suffix k, M, G, T in that unit"),
      row("mem-path", "path", "guest memory is a view of this file, or of a nameless one in this folder"),
      row("mem-prealloc", null, "take all of the guest's memory from the host at once"),
      row("name", "[guest=]name[,process=name][,debug-threads=on|off]", "the guest's name"),
      row("uuid", "uuid", "the machine's UUID"),
      row("device", "driver[,id=id][,prop=value...]", "add a device; 'help' lists drivers, 'driver,help' properties"),
      row("object", "type,id=id[,prop=value...]", "make an object for devices to use; 'help' lists types"),
      row("numa", "node[,nodeid=n][,cpus=first[-last]][,memdev=id][,mem=size]", "a NUMA node; also\n"
          + "dist,src=node,dst=node,val=distance and cpu,node-id=node[,socket-id=n][,die-id=n][,core-id=n][,thread-id=n]\n"
          + "and, with -machine hmat=on, hmat-lb and hmat-cache"),
      row("global", "driver.property=value", "a default property for every device of a type"),
      row("boot", "[order=drives][,once=drives][,menu=on|off][,strict=on|off]", "boot order, for firmware that asks"),
      row("L", "folder", "where a firmware image is looked for that is not found by its name"),
      row("bios", "file", "firmware image"),
      row("fw_cfg", "[name=]name,file=file|string=text", "a file that the guest can read through fw_cfg"),
      row("smbios", "type=n[,field=value...]", "what SMBIOS tells of the machine: fields of types 0 to 4, 8, 11, 17;\n"
          + "file=file for a whole structure"),
      row("kernel", "file", "kernel: bzImage, or ELF with a PVH or multiboot header"),
      row("initrd", "file", "initial RAM disk of the kernel"),
      row("append", "text", "command line of the kernel"),
      row("display", "none", "there is no graphical display yet"),
      row("nographic", null, "serial port and monitor on this terminal; Ctrl-A h lists its keys"),
      row("vga", "none", "there is no graphics card yet"),
      row("vnc", "none", ""),
      row("net", "none", "there is no network card yet"),
      row("nic", "none", ""),
      row("serial", "dev", "where a serial port goes; repeat it for the next port. dev is one of\n"
          + "null, none, stdio, mon:stdio, pty, vc, file:path, chardev:id,\n"
          + "unix:path[,server=on|off][,wait=on|off], tcp:[host]:port[,server=on|off][,wait=on|off],\n"
          + "telnet:host:port[,server=on|off][,wait=on|off], websocket:host:port,server=on,\n"
          + "udp:[host]:port[@[host]:port], pipe:path"),
      row("parallel", "dev", "where a parallel port goes, if not none; repeat it for the next port"),
      row("monitor", "dev", "the monitor for humans on dev"),
      row("qmp", "dev", "the monitor for programs (QMP) on dev"),
      row("qmp-pretty", "dev", "the same with line breaks in its answers"),
      row("mon", "[chardev=]id[,mode=readline|control][,pretty=on|off]", "a monitor on a character device"),
      row("chardev", "backend,id=id[,mux=on|off][,logfile=path][,logappend=on|off][,prop=value...]",
          "a character device; 'help' lists backends"),
      row("debugcon", "dev", "what the guest writes to port 0xe9 goes to dev"),
      row("gdb", "dev", "a place for a debugger: GDB's 'target remote'; dev is tcp::port, unix:path,server=on, stdio, ..."),
      row("qtest", "dev", "a test that drives the machine from outside, by QEMU's qtest protocol"),
      row("qtest-log", "file", "what it says and is told, if not on standard error; none for nowhere"),
      row("s", null, "the same as -gdb tcp::1234"),
      row("echr", "code", "the control character that takes the place of Ctrl-A"),
      row("S", null, "wait for 'cont' before the first instruction"),
      row("incoming", "tcp:host:port|unix:path|fd:number|exec:command|x-thespis-snapshot:file|defer",
          "wait for another machine's state, or for QMP's 'migrate-incoming' to say where it comes from"),
      row("preconfig", null, "make the machine only at QMP's 'x-exit-preconfig'"),
      row("no-reboot", null, "exit where the machine would reset"),
      row("no-shutdown", null, "stay, stopped, where the machine would power off"),
      row("action", "[reboot=reset|shutdown][,shutdown=poweroff|pause]", "the same two in another spelling"),
      row("no-acpi", null, "no ACPI tables, and no power management on pc"),
      row("no-hpet", null, "no HPET"),
      row("usb", null, "the board's own USB controllers, with nothing plugged in"),
      row("no-fd-bootchk", null, "tell firmware not to look for a floppy disk's signature"),
      row("rtc", "[base=utc|localtime|date][,clock=host|rt|vm][,driftfix=none|slew]",
          "what the clock chip shows, and what drives it; a date is 2006-06-17 or 2006-06-17T16:01:21"),
      row("pidfile", "file", "write the process id there"),
      row("daemonize", null, "go to the background when every socket is there"),
      row("D", "file", "log file"),
      row("d", "items", "what to log; 'help' lists items"),
      row("dfilter", "range[,...]", "log only guest code in these ranges: start+length, start-length or start..end"),
      row("msg", "[timestamp=on|off][,guest-name=on|off]", "time before each message"),
      row("readconfig", "file", "options from a file: groups such as [device \"id\"] with lines key = \"value\""),
      row("nodefaults", null, "nothing that was not asked for"),
      row("no-user-config", null, "read no configuration of the user's (there is none)"),
      row("set", "device.id.prop=value", "one more property of a device given before"),
      row("add-fd", "fd=fd,set=set[,opaque=text]", "a descriptor left open for us: it belongs to the file /dev/fdset/set"),
      row("sandbox", "on|off[,obsolete=allow|deny][,elevateprivileges=allow|deny|children]\n"
          + "[,spawn=allow|deny][,resourcecontrol=allow|deny]", "system calls that the process gives up"),
      row("chroot", "folder", "before the guest runs, see no other files than those in this folder"),
      row("runas", "user", "and be this user: a name, or uid:gid"),
      row("enable-kvm", null, "the same as -accel kvm, which is not there"),
      row("audiodev", "none,id=id", "there is no sound card yet"),
      row("compat", "[deprecated-input=accept][,deprecated-output=accept]", "what is to be done about old interfaces"),
      row("trace", "[enable=]event[,file=file]", "there are no trace events"),
      row("seed", "number", "a start for random numbers, of which there are none"),
      row("watchdog-action", "reset|shutdown|poweroff|pause|debug|none|inject-nmi",
          "what is done when q35's watchdog (TCO) runs out; -global ICH9-LPC.noreboot=off lets it have consequences"),
      row("k", "language", "taken and without effect, as there is nothing that they are about:"),
      row("snapshot", null, ""),
      row("portrait", null, ""),
      row("rotate", "degrees", ""),
      row("full-screen", null, ""),
      row("win2k-hack", null, ""),
      row("singlestep", null, ""),
      row("only-migratable", null, ""),
      row("enable-sync-profile", null, ""),
      row("overcommit", "[mem-lock=off][,cpu-pm=off]", "host resources"),
      notYet("audio-help", null),
      notYet("audio", "dev"),
      notYet("fda", "file"),
      notYet("fdb", "file"),
      notYet("hda", "file"),
      notYet("hdb", "file"),
      notYet("hdc", "file"),
      notYet("hdd", "file"),
      notYet("cdrom", "file"),
      notYet("blockdev", "dev"),
      notYet("drive", "dev"),
      notYet("mtdblock", "file"),
      notYet("sd", "file"),
      notYet("pflash", "file"),
      notYet("fsdev", "dev"),
      notYet("virtfs", "dev"),
      notYet("iscsi", "dev"),
      notYet("usbdevice", "dev"),
      notYet("spice", "dev"),
      notYet("acpitable", "dev"),
      notYet("netdev", "dev"),
      notYet("tpmdev", "dev"),
      notYet("dtb", "file"),
      notYet("xen-domid", "id"),
      notYet("xen-attach", null),
      notYet("xen-domid-restrict", null),
      notYet("option-rom", "file"),
      notYet("loadvm", "tag"),
      notYet("icount", "shift"),
      notYet("async-teardown", null),
      notYet("semihosting", null),
      notYet("semihosting-config", "dev"),
      notYet("prom-env", "variable"),
      notYet("g", "size"),
      notYet("plugin", "file"),
      notYet("dump-vmstate", "file"));

  private static final Map<String, Row> BY_NAME = new HashMap<>();

  static {
    for (Row row : ROWS) {
      BY_NAME.put(row.name(), row);
    }
  }

  private OptionTable() {}

  /// The row of an option as typed, with one dash or two; null if there is no such option.
  static Row find(String typed) {
    return BY_NAME.get(typed.substring(typed.startsWith("--") ? 2 : 1));
  }

  private static Row row(String name, String argument, String about) {
    return new Row(name, argument, about);
  }

  private static Row notYet(String name, String argument) {
    return new Row(name, argument, null);
  }
}
