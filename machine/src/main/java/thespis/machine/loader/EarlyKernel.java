package thespis.machine.loader;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import thespis.machine.bus.GuestMemory;

/// A compressed kernel that is unpacked while the rest of the machine is made: into RAM that nobody has used yet, so that
/// most of it lies where it belongs when it is unpacked. What can't be done that way is left to the loading itself, and
/// so is every error.
public final class EarlyKernel {
  private final CompletableFuture<Optional<Placed>> placed;
  private boolean taken;

  /// @param wide a kernel of 64 bits
  /// @param entry the kernel's ELF entry
  /// @param end the first address behind it
  record Placed(boolean wide, long entry, long end) {}

  private EarlyKernel(CompletableFuture<Optional<Placed>> placed) {
    this.placed = placed;
  }

  /// Begins in a thread of its own.
  ///
  /// @param memory fresh: zero, and nobody's before {@link #await}
  public static EarlyKernel begin(Path kernel, GuestMemory memory) {
    return new EarlyKernel(CompletableFuture.supplyAsync(
        () -> place(kernel, memory), work -> Thread.ofPlatform().daemon().name("kernel-loader").start(work)));
  }

  /// Returns when it has let go of the memory.
  public void await() {
    placed.join();
  }

  /// What was placed, the first time: later the memory is the guest's.
  Optional<Placed> take() {
    Optional<Placed> result = taken ? Optional.empty() : placed.join();
    taken = true;
    return result;
  }

  private static Optional<Placed> place(Path kernel, GuestMemory memory) {
    try (Arena arena = Arena.ofConfined()) {
      ImageFile file = ImageFile.map(kernel, arena);
      return BzImage.recognises(file) ? new BzImage(file).placeEarly(memory) : Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /// Unpacks to where the first segment of a kernel will be in place, and moves what belongs elsewhere.
  ///
  /// @param at for the first byte
  static Optional<Placed> unpack(Payload format, ImageFile packed, GuestMemory memory, long at)
      throws IOException {
    long size = Payload.plainSize(packed);
    if (at < 0 || at + size > memory.below4g()) {
      return Optional.empty();
    }
    MemorySegment plain = MemorySegment.ofAddress(memory.host(at, size)).reinterpret(size);
    Optional<Placed> done = Optional.empty();
    try {
      ElfFile elf = new ElfFile(format.unpackInto(packed, plain));
      long entry = elf.entry();
      if (elf.canMoveFrom(at, memory.below4g())) {
        memory.written(at, size);
        done = Optional.of(new Placed(elf.isWide(), entry, elf.moveFrom(at, memory)));
      }
      return done;
    } finally {
      if (done.isEmpty()) {
        memory.fill(at, size, 0);
      }
    }
  }
}
