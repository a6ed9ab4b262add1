package thespis.machine.board;

import java.nio.file.Path;
import java.util.Optional;
import thespis.machine.qom.QomObject;

/// A stretch of guest RAM as its memory backend has it.
///
/// @param backend the object's id
/// @param file what it is a view of, a file or a folder for a nameless one; empty for memory of its own
/// @param share what the guest writes reaches the file
/// @param prealloc the host's memory is taken at once
public record RamPart(String backend, long bytes, Optional<Path> file, boolean share, boolean prealloc) {
  /// Memory of its own.
  public RamPart(String backend, long bytes) {
    this(backend, bytes, Optional.empty(), true, false);
  }

  static RamPart of(QomObject object) {
    Optional<Path> file = object.type().isA("memory-backend-file")
        ? Optional.of(Path.of((String) object.get("mem-path")))
        : Optional.empty();
    return new RamPart(object.name(), (Long) object.get("size"), file, (Boolean) object.get("share"),
        (Boolean) object.get("prealloc"));
  }
}
