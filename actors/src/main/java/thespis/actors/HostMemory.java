package thespis.actors;

import java.nio.file.Path;
import java.util.Optional;

/// Where the host's memory for the guest comes from, if no object says so: `-mem-path`, `-mem-prealloc`.
///
/// @param path a file, or a folder for a nameless one; empty for memory of its own
/// @param prealloc it is taken at once, also that of objects that do not say otherwise
public record HostMemory(Optional<Path> path, boolean prealloc) {
  public static final HostMemory PLAIN = new HostMemory(Optional.empty(), false);
}
