package thespis.machine.board;

import java.util.List;
import java.util.stream.Stream;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.GlobalProperty;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;

/// What `-global` says of a board's own chips: is there such a property, does it take the value?
public final class BoardGlobals {
  private static final List<String> ON_BOTH = List.of(
      "fw_cfg_io", "ioapic", "port92", "i8257", "isa-i8259", "mc146818rtc", "isa-pit", "isa-pcspk", "i8042");
  private static final List<String> ON_PC = List.of("i440FX-pcihost", "i440FX", "PIIX3", "piix3-ide", "isa-fdc");
  private static final List<String> ON_Q35 = List.of("q35-pcihost", "mch", "ich9-ahci", "ICH9-SMB");

  private BoardGlobals() {}

  /// @param machine full name, as in `pc-i440fx-7.2`
  /// @throws ConfigException with QEMU's text
  public static void check(String machine, boolean hpet, List<GlobalProperty> globals) {
    if (globals.isEmpty()) {
      return;
    }
    Stream<String> chips = Stream.concat(
        ON_BOTH.stream(), (machine.startsWith(MachineVersions.Q35) ? ON_Q35 : ON_PC).stream());
    Stream.concat(chips, hpet ? Stream.of("hpet") : Stream.empty()).forEach(type ->
        Globals.apply(globals, new QomObject(ObjectTypes.find(type), new MachineSettings()), Globals::refuse));
  }
}
