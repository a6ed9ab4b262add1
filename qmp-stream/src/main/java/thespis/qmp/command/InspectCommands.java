package thespis.qmp.command;

import thespis.qmp.command.StatusCommands.HumanReadableText;

/// What `info` shows, for programs that pass it on to people. QEMU QMP reference "Machines"; all of it may change.
public sealed interface InspectCommands<R> extends BoardCommand<R> {

  @Features(Features.UNSTABLE)
  record XQueryIrq() implements InspectCommands<HumanReadableText> {}

  @Features(Features.UNSTABLE)
  record XQueryNuma() implements InspectCommands<HumanReadableText> {}

  @Features(Features.UNSTABLE)
  record XQueryOpcount() implements InspectCommands<HumanReadableText> {}

  @Features(Features.UNSTABLE)
  record XQueryProfile() implements InspectCommands<HumanReadableText> {}

  @Features(Features.UNSTABLE)
  record XQueryRamblock() implements InspectCommands<HumanReadableText> {}

  @Features(Features.UNSTABLE)
  record XQueryRdma() implements InspectCommands<HumanReadableText> {}

  @Features(Features.UNSTABLE)
  record XQueryRoms() implements InspectCommands<HumanReadableText> {}

  @Features(Features.UNSTABLE)
  record XQueryUsb() implements InspectCommands<HumanReadableText> {}
}
