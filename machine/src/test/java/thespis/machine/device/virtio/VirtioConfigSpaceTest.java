package thespis.machine.device.virtio;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.machine.device.pci.Golden;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PciFixture;
import thespis.machine.device.usb.UsbControllers;
import thespis.machine.device.usb.UsbSettings;
import thespis.machine.device.usb.Xhci;
import thespis.machine.time.VirtualClock;

/// Configuration spaces of QEMU 7.2's virtio functions and USB controller on bus 0 and behind a root port, read and
/// written byte by byte.
class VirtioConfigSpaceTest {
  private final PciFixture pci = new PciFixture();

  @AfterEach
  void close() {
    pci.close();
  }

  private static PciDevice device(String name, boolean express, boolean legacy, boolean modern) {
    VirtualClock clock = new VirtualClock();
    if (name.startsWith("xhci")) {
      return new Xhci(new Xhci.Settings(null, "4.0", false, true, !express), clock);
    }
    if (name.endsWith("hci")) {
      String type = name.equals("uhci") ? "piix3-usb-uhci" : "ich9-usb-ehci1";
      return UsbControllers.create(new UsbSettings(type, null, "4.0", false, 0), clock);
    }
    boolean balloon = name.startsWith("balloon");
    VirtioDevice device = balloon
        ? new VirtioBalloon(2 << 20, 0, clock)
        : new VirtioRng((bytes, take) -> {}, Long.MAX_VALUE, 65536, clock);
    return new VirtioPci(
        new VirtioPci.Settings("virtio", null, "4.0", false, express, legacy, modern, balloon ? 0 : 2, 0), device);
  }

  @ParameterizedTest
  @CsvSource({
    "balloon-port, true, false, true", "balloon-root, false, true, true", "rng-port, true, false, true",
    "rng-root, false, true, true", "rng-only-legacy, false, true, false", "rng-not-legacy, false, false, true",
    "xhci-port, true, false, true", "xhci-root, false, false, true",
    "uhci, false, false, false", "ehci, false, false, false",
  })
  void configurationSpaceIsQemus(String name, boolean express, boolean legacy, boolean modern) {
    PciDevice device = pci.bus.add(4, 0, device(name, express, legacy, modern));
    device.reset();
    byte[] reset = Golden.line("virtio-and-usb.txt", name + "-reset");
    byte[] seen = new byte[reset.length];
    byte[] ones = new byte[reset.length];
    byte[] zeros = new byte[reset.length];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = (byte) device.readConfig(i, 1);
    }
    for (int i = 0; i < seen.length; i++) {
      int old = device.readConfig(i, 1);
      device.writeConfig(i, 1, 0xFF);
      ones[i] = (byte) device.readConfig(i, 1);
      device.writeConfig(i, 1, 0);
      zeros[i] = (byte) device.readConfig(i, 1);
      device.writeConfig(i, 1, old);
    }
    Golden.assertSame(reset, seen);
    Golden.assertSame(Golden.line("virtio-and-usb.txt", name + "-ones"), ones);
    Golden.assertSame(Golden.line("virtio-and-usb.txt", name + "-zeros"), zeros);
  }
}
