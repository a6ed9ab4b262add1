package thespis.cpu.jit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/// Where translations are kept on disk: a folder of the user's own, with a file for each build of the product, host
/// processor and guest processor, because translations are good for just that.
///
/// @param product the build, as exactly as can be said: another translator makes other code
public record TranslationFolder(Path path, String product) {
  /// @param features of the guest's processor
  TranslationFile file(int[] features) {
    StringBuilder key = new StringBuilder(product).append('\n').append(HostCheck.features()).append('\n');
    for (int word : features) {
      key.append(HexFormat.of().toHexDigits(word));
    }
    byte[] bytes = key.toString().getBytes(StandardCharsets.UTF_8);
    return new TranslationFile(path, HexFormat.of().toHexDigits(hash(bytes)), bytes);
  }

  /// FNV-1a.
  private static long hash(byte[] bytes) {
    long h = 0xCBF2_9CE4_8422_2325L;
    for (byte b : bytes) {
      h = (h ^ b & 0xFF) * 0x100_0000_01B3L;
    }
    return h;
  }
}
