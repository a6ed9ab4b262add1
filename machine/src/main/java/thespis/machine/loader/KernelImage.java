package thespis.machine.loader;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import thespis.cpu.state.BootState;

/// What `-kernel` takes: told by its header, in QEMU's order: bzImage, multiboot, ELF with a PVH note.
public sealed interface KernelImage permits BzImage, MultibootImage, PvhImage {
  /// Puts kernel, initrd, command line and boot parameters into RAM.
  ///
  /// @return how the boot processor starts
  BootState load(BootRequest request) throws IOException;

  /// Reads the kernel and loads it.
  ///
  /// @throws LoadException with QEMU's words
  static BootState load(Path kernel, BootRequest request) {
    return load(kernel, request, Optional.empty());
  }

  /// @param early has begun already
  static BootState load(Path kernel, BootRequest request, Optional<EarlyKernel> early) {
    Optional<EarlyKernel.Placed> placed = early.flatMap(EarlyKernel::take);
    try (Arena arena = Arena.ofConfined()) {
      ImageFile file;
      try {
        file = request.files().map(kernel, arena);
      } catch (IOException e) {
        boolean folder = Files.isDirectory(kernel) && !kernel.toString().isEmpty();
        String what = folder ? "load kernel" : "open kernel file";
        throw new LoadException("could not " + what + " '" + kernel + "': " + ImageFile.reason(kernel, e), e);
      }
      if (file.size() == 0) {
        throw new LoadException("could not load kernel '" + kernel + "': No such file or directory");
      }
      KernelImage image = of(kernel, file);
      return image instanceof BzImage linux ? linux.load(request, placed) : image.load(request);
    } catch (IOException e) {
      throw new LoadException("could not load kernel '" + kernel + "': " + e.getMessage(), e);
    }
  }

  /// @throws LoadException if it is none of them
  private static KernelImage of(Path kernel, ImageFile file) {
    if (BzImage.recognises(file)) {
      return new BzImage(file);
    }
    if (MultibootImage.recognises(file)) {
      return new MultibootImage(kernel, file);
    }
    if (ElfFile.recognises(file)) {
      return new PvhImage(new ElfFile(file));
    }
    throw new LoadException("invalid kernel header");
  }
}
