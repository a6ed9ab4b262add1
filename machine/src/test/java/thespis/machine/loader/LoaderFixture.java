package thespis.machine.loader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.state.BootState;
import thespis.machine.board.MachineRam;
import thespis.machine.bus.GuestMemory;

/// A machine with 64 MiB of RAM, low and high, full of FF so that a loader must clear what it says is clear.
final class LoaderFixture implements AutoCloseable {
  static final long RSDP = 0xF5990;
  final GuestRam ram = MachineRam.allocate(64 << 20);
  final GuestMemory memory = new GuestMemory(ram, 48 << 20);
  final List<E820.Entry> map = E820.of(memory, (48 << 20) - 0x20000, List.of(), false);
  private final Path folder;

  LoaderFixture(Path folder) {
    this.folder = folder;
    memory.fill(0, 48 << 20, 0xFF);
  }

  Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  BootState boot(byte[] kernel, String commandLine, byte[] initrd, boolean guestDecompressor) throws IOException {
    Optional<String> ramDisk =
        initrd == null ? Optional.empty() : Optional.of(file("initrd", initrd).toString());
    return KernelImage.load(
        file("kernel", kernel),
        new BootRequest(new OpenImages(), memory, map, RSDP, commandLine, ramDisk, guestDecompressor));
  }

  /// The same with a kernel that is unpacked beforehand.
  BootState bootEarly(byte[] kernel) throws IOException {
    Path file = file("kernel", kernel);
    EarlyKernel early = EarlyKernel.begin(file, memory);
    early.await();
    return KernelImage.load(
        file, new BootRequest(new OpenImages(), memory, map, RSDP, "quiet", Optional.empty(), false), Optional.of(early));
  }

  void clear() {
    memory.fill(0, 48 << 20, 0);
  }

  String text(long at) {
    StringBuilder s = new StringBuilder();
    for (int c; (c = memory.get8(at)) != 0; at++) {
      s.append((char) c);
    }
    return s.toString();
  }

  @Override
  public void close() {
    ram.close();
  }
}
