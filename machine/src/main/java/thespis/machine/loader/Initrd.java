package thespis.machine.loader;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// The initial RAM disk: as high as kernel and firmware tables allow, on a page boundary, as QEMU places it.
record Initrd(long address, long size) {
  private static final long PAGE = 0x1000;

  /// @param highest last address the kernel can reach
  /// @param kernelEnd first address above the kernel
  static Initrd load(BootRequest request, long highest, long kernelEnd) {
    Path path = Path.of(request.initrd().orElseThrow());
    try (Arena arena = Arena.ofConfined()) {
      ImageFile file = request.files().map(path, arena);
      long top = Math.min(highest, E820.usableEnd(request.memoryMap()) - 1);
      if (file.size() >= top) {
        throw tooLarge(top, file.size());
      }
      long address = top - file.size() & -PAGE;
      if (address < kernelEnd) {
        throw tooLarge(Math.max(0, top - kernelEnd), file.size());
      }
      file.copyTo(request.memory(), address, 0, file.size());
      return new Initrd(address, file.size());
    } catch (IOException e) {
      throw new LoadException(
          "error reading initrd " + path + ": Failed to open file “" + path + "”: open() failed: "
              + ImageFile.reason(path, e),
          e);
    }
  }

  private static LoadException tooLarge(long max, long need) {
    return new LoadException("initrd is too large, cannot support.(max: " + max + ", need " + need + ")");
  }
}
