package thespis.machine.device.virtio;

import thespis.machine.bus.PortHandler;

/// The legacy interface of a virtio PCI device. VIRTIO 1.1 "Legacy Interfaces: A Note on PCI Device Layout": the vectors'
/// registers are there only while MSI-X is enabled, and the device's configuration follows them.
final class LegacyPorts implements PortHandler {
  private static final int DEVICE_FEATURES = 0x00;
  private static final int DRIVER_FEATURES = 0x04;
  private static final int QUEUE_ADDRESS = 0x08;
  private static final int QUEUE_SIZE = 0x0C;
  private static final int QUEUE_SELECT = 0x0E;
  private static final int QUEUE_NOTIFY = 0x10;
  private static final int DEVICE_STATUS = 0x12;
  private static final int ISR_STATUS = 0x13;
  private static final int CONFIG_VECTOR = 0x14;
  private static final int QUEUE_VECTOR = 0x16;
  private static final int WITHOUT_VECTORS = 0x14;
  private static final int WITH_VECTORS = 0x18;
  private static final int PAGE_SHIFT = 12;

  private final VirtioPci function;
  private final VirtioCommon common;
  private final VirtioDevice device;

  LegacyPorts(VirtioPci function, VirtioCommon common, VirtioDevice device) {
    this.function = function;
    this.common = common;
    this.device = device;
  }

  /// @param vectors it has some
  int length(boolean vectors) {
    int length = (vectors ? WITH_VECTORS : WITHOUT_VECTORS) + device.configLength();
    return Integer.highestOneBit(length - 1) << 1;
  }

  private int header() {
    return function.vectorsEnabled() ? WITH_VECTORS : WITHOUT_VECTORS;
  }

  @Override
  public int read(int offset, int size) {
    synchronized (function.serial()) {
      return offset >= header() ? (int) function.readDevice(offset - header(), size) : register(offset);
    }
  }

  private int register(int offset) {
    VirtQueue queue = common.queue();
    return switch (offset) {
      case DEVICE_FEATURES -> (int) function.offered();
      case DRIVER_FEATURES -> (int) function.agreed();
      case QUEUE_ADDRESS -> (int) (queue.descriptors() >>> PAGE_SHIFT);
      case QUEUE_SIZE -> queue.size();
      case QUEUE_SELECT -> common.selected();
      case DEVICE_STATUS -> function.status();
      case ISR_STATUS -> function.takeInterrupt();
      case CONFIG_VECTOR -> function.configVector;
      case QUEUE_VECTOR -> queue.vector();
      default -> 0;
    };
  }

  @Override
  public void write(int offset, int size, int value) {
    synchronized (function.serial()) {
      if (offset >= header()) {
        function.writeDevice(offset - header(), size, value & 0xFFFF_FFFFL);
      } else {
        write(offset, value);
      }
    }
  }

  private void write(int offset, int value) {
    boolean known = common.selected() < device.queues().length;
    switch (offset) {
      case DRIVER_FEATURES -> function.agree(value & 0xFFFF_FFFFL);
      case QUEUE_ADDRESS -> {
        if (value == 0) {
          function.resetDevice();
        } else if (known) {
          common.queue().legacy((value & 0xFFFF_FFFFL) << PAGE_SHIFT);
        }
      }
      case QUEUE_SELECT -> common.select(value);
      case QUEUE_NOTIFY -> function.notified(value & 0xFFFF);
      case DEVICE_STATUS -> function.status(value & 0xFF);
      case CONFIG_VECTOR -> function.configVector = function.vector(value & 0xFFFF);
      case QUEUE_VECTOR -> {
        if (known) {
          common.queue().vector(function.vector(value & 0xFFFF));
        }
      }
      default -> {
        // read only
      }
    }
  }
}
