package thespis.machine.device.virtio;

import thespis.cpu.state.StateIo;

/// The common configuration of a virtio PCI device, where driver and device agree on features and queues. VIRTIO 1.1
/// "Common configuration structure layout", and 1.2 for the reset of a single queue. A register answers at its own
/// offset; 64-bit ones as two halves.
final class VirtioCommon {
  private static final int DEVICE_FEATURE_SELECT = 0x00;
  private static final int DEVICE_FEATURE = 0x04;
  private static final int DRIVER_FEATURE_SELECT = 0x08;
  private static final int DRIVER_FEATURE = 0x0C;
  private static final int MSIX_CONFIG = 0x10;
  private static final int NUM_QUEUES = 0x12;
  private static final int DEVICE_STATUS = 0x14;
  private static final int CONFIG_GENERATION = 0x15;
  private static final int QUEUE_SELECT = 0x16;
  private static final int QUEUE_SIZE = 0x18;
  private static final int QUEUE_MSIX_VECTOR = 0x1A;
  private static final int QUEUE_ENABLE = 0x1C;
  private static final int QUEUE_NOTIFY_OFF = 0x1E;
  private static final int QUEUE_DESC = 0x20;
  private static final int QUEUE_DRIVER = 0x28;
  private static final int QUEUE_DEVICE = 0x30;
  private static final int QUEUE_RESET = 0x3A;

  private static final VirtQueue NONE = new VirtQueue(0);

  private final VirtioPci function;
  private final VirtQueue[] queues;
  private final int[] driverFeatures = new int[2];
  private int deviceSelect;
  private int driverSelect;
  private int select;

  VirtioCommon(VirtioPci function, VirtQueue[] queues) {
    this.function = function;
    this.queues = queues;
  }

  void reset() {
    driverFeatures[0] = driverFeatures[1] = 0;
    deviceSelect = driverSelect = select = 0;
  }

  void state(StateIo io) {
    io.ints("driver-features", driverFeatures);
    deviceSelect = io.u32("device-feature-select", deviceSelect);
    driverSelect = io.u32("driver-feature-select", driverSelect);
    select = io.u16("queue-select", select);
  }

  int selected() {
    return select;
  }

  void select(int queue) {
    select = queue & 0xFFFF;
  }

  /// One without entries where there is none.
  VirtQueue queue() {
    return select < queues.length ? queues[select] : NONE;
  }

  long read(int register) {
    return switch (register) {
      case DEVICE_FEATURE_SELECT -> deviceSelect;
      case DEVICE_FEATURE -> deviceFeatures();
      case DRIVER_FEATURE_SELECT -> driverSelect;
      case DRIVER_FEATURE -> driverSelect >= 0 && driverSelect <= 1 ? driverFeatures[driverSelect] : 0;
      case MSIX_CONFIG -> function.configVector;
      case NUM_QUEUES -> queues.length;
      case DEVICE_STATUS -> function.status();
      case CONFIG_GENERATION -> function.generation();
      case QUEUE_SELECT -> select;
      case QUEUE_SIZE -> queue().size();
      case QUEUE_MSIX_VECTOR -> queue().vector();
      case QUEUE_ENABLE -> queue().enabled() ? 1 : 0;
      case QUEUE_NOTIFY_OFF -> select;
      case QUEUE_DESC -> queue().descriptors();
      case QUEUE_DESC + 4 -> queue().descriptors() >>> 32;
      case QUEUE_DRIVER -> queue().driver();
      case QUEUE_DRIVER + 4 -> queue().driver() >>> 32;
      case QUEUE_DEVICE -> queue().device();
      case QUEUE_DEVICE + 4 -> queue().device() >>> 32;
      default -> 0;
    };
  }

  /// Those of the legacy interface alone are not for these drivers.
  private long deviceFeatures() {
    return switch (deviceSelect) {
      case 0 -> function.offered() & ~VirtioPci.ONLY_LEGACY;
      case 1 -> function.offered() >>> 32;
      default -> 0;
    };
  }

  void write(int register, long value) {
    VirtQueue queue = queue();
    int low = (int) value;
    switch (register) {
      case DEVICE_FEATURE_SELECT -> deviceSelect = low;
      case DRIVER_FEATURE_SELECT -> driverSelect = low;
      case DRIVER_FEATURE -> {
        if (driverSelect >= 0 && driverSelect <= 1) {
          driverFeatures[driverSelect] = low;
          function.agree(driverFeatures[0] & 0xFFFF_FFFFL | (long) driverFeatures[1] << 32);
        }
      }
      case MSIX_CONFIG -> function.configVector = function.vector(low & 0xFFFF);
      case DEVICE_STATUS -> function.status(low & 0xFF);
      case QUEUE_SELECT -> select(low);
      default -> {
        if (select < queues.length) {
          write(queue, register, low);
        }
      }
    }
  }

  /// Where the rings are is settled when the queue is enabled.
  private void write(VirtQueue queue, int register, int value) {
    switch (register) {
      case QUEUE_MSIX_VECTOR -> queue.vector(function.vector(value & 0xFFFF));
      case QUEUE_RESET -> {
        if ((value & 0xFFFF) == 1) {
          queue.reset();
        }
      }
      default -> {
        if (!queue.enabled()) {
          place(queue, register, value);
        }
      }
    }
  }

  private static void place(VirtQueue queue, int register, int value) {
    switch (register) {
      case QUEUE_SIZE -> queue.size(value & 0xFFFF);
      case QUEUE_ENABLE -> {
        if ((value & 0xFFFF) == 1) {
          queue.enable();
        }
      }
      case QUEUE_DESC -> queue.descriptors(low(queue.descriptors(), value));
      case QUEUE_DESC + 4 -> queue.descriptors(high(queue.descriptors(), value));
      case QUEUE_DRIVER -> queue.driver(low(queue.driver(), value));
      case QUEUE_DRIVER + 4 -> queue.driver(high(queue.driver(), value));
      case QUEUE_DEVICE -> queue.device(low(queue.device(), value));
      case QUEUE_DEVICE + 4 -> queue.device(high(queue.device(), value));
      default -> {
        // not a register that can be written
      }
    }
  }

  private static long low(long address, int value) {
    return address & 0xFFFF_FFFF_0000_0000L | value & 0xFFFF_FFFFL;
  }

  private static long high(long address, int value) {
    return address & 0xFFFF_FFFFL | (long) value << 32;
  }
}
