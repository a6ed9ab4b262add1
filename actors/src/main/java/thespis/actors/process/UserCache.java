package thespis.actors.process;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import thespis.actors.Version;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.jit.TranslationFolder;

/// What is kept for the user from one run to the next, and can be deleted at any time.
public final class UserCache {
  private UserCache() {}

  /// XDG Base Directory Specification "Environment variables".
  public static Path folder() {
    String base = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    return (base.startsWith("/") ? Path.of(base) : Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("thespis");
  }

  /// Translations made by this build; empty where it cannot be told from others, because it is not in a file.
  ///
  /// @param folder to have them in instead
  static Optional<TranslationFolder> translations(Optional<Path> folder) {
    Path place = folder.orElseGet(() -> folder().resolve("translations"));
    return build().map(build -> new TranslationFolder(place, Version.own() + ", " + build));
  }

  private static Optional<String> build() {
    try {
      URI place = NativeEngine.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      BasicFileAttributes is = Files.readAttributes(Path.of(place), BasicFileAttributes.class);
      return is.isRegularFile()
          ? Optional.of("of " + is.lastModifiedTime() + ", " + is.size() + " bytes")
          : Optional.empty();
    } catch (Exception e) {
      return Optional.empty();
    }
  }
}
