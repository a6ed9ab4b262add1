package thespis.actors.process;

import thespis.actors.Machine;
import thespis.actors.MachineBuilder;
import thespis.actors.cli.Options;

/// From the words of the command line to the Java API.
final class MachineOptionsTo {
  private MachineOptionsTo() {}

  static MachineBuilder builder(Options.MachineOptions options) {
    MachineBuilder builder = Machine.builder();
    options.name().ifPresent(builder::name);
    options.uuid().ifPresent(builder::uuid);
    if (!options.type().isEmpty()) {
      builder.board(options.type());
    }
    options.properties().forEach(builder::boardOption);
    options.cpu().ifPresent(builder::cpu);
    if (!options.smp().isEmpty()) {
      builder.smp(options.smp());
    }
    if (options.memory() > 0) {
      builder.memory(options.memory());
    }
    builder.hostMemory(options.hostMemory());
    options.firmware().ifPresent(builder::firmware);
    options.kernel().ifPresent(builder::kernel);
    options.initrd().ifPresent(builder::initrd);
    options.append().ifPresent(builder::append);
    options.devices().stream()
        .filter(device -> !DebugDevices.knows(device) && !SerialDevices.knows(device))
        .forEach(device -> builder.device(device.where(), device.arguments()));
    options.objects().forEach(o ->
        builder.object(o.where(), o.options().type(), o.options().id(), o.options().properties()));
    options.numa().forEach(n -> builder.numa(n.where(), n.options()));
    options.globals().forEach(g -> builder.global(g.driver(), g.property(), g.value()));
    builder.clock(options.clock());
    builder.smbios(options.smbios());
    options.firmwareFiles().forEach(file -> builder.firmwareFile(file.name(), file.content()));
    if (options.paused()) {
      builder.paused();
    }
    options.incoming().ifPresent(builder::incoming);
    options.onWatchdog().ifPresent(builder::onWatchdog);
    if (options.rebootEnds()) {
      builder.noReboot();
    }
    if (options.shutdownPauses()) {
      builder.noShutdown();
    }
    return builder;
  }
}
