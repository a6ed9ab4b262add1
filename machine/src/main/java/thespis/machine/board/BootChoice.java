package thespis.machine.board;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import thespis.cpu.model.ConfigException;

/// What a PC's firmware is told about booting: from which drives, in which order, and what else it may do. QEMU
/// documentation "-boot".
///
/// @param order letters of drives: `a` and `b` floppy disks, `c` the hard disk, `d` the CD-ROM, `n` the network
/// @param once the same, until the first reset
/// @param menu whether there may be a boot menu
/// @param floppyCheck whether a floppy disk's signature is looked at
/// @param failWait milliseconds until it tries again when nothing boots; -1 for never
/// @param splashTime milliseconds that it shows a picture
public record BootChoice(
    String order,
    Optional<String> once,
    boolean menu,
    boolean floppyCheck,
    int failWait,
    OptionalInt splashTime) {
  private static final int MOST = 3;
  private static final Map<Character, Integer> CODES = Map.of('a', 1, 'b', 1, 'c', 2, 'd', 3, 'n', 4);

  public static final BootChoice USUAL = new BootChoice("cad", Optional.empty(), false, true, -1, OptionalInt.empty());

  /// @throws ConfigException with QEMU's text
  public BootChoice {
    check(once.orElse(order));
  }

  private static void check(String drives) {
    if (drives.length() > MOST) {
      throw new ConfigException("Too many boot devices for PC");
    }
    for (char drive : drives.toCharArray()) {
      if (!CODES.containsKey(drive)) {
        throw new ConfigException("Invalid boot device for PC: '" + drive + "'");
      }
    }
  }

  /// Four bits for each drive, the first one lowest; none for what is not one, in an order that comes later.
  static int codes(String drives) {
    int codes = 0;
    for (int i = 0; i < Math.min(drives.length(), MOST); i++) {
      codes |= CODES.getOrDefault(drives.charAt(i), 0) << 4 * i;
    }
    return codes;
  }
}
