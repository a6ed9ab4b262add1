package thespis.machine.migrate;

/// A part of the machine's RAM, which both sides know by the same name.
///
/// @param offset in the whole of it
/// @param bytes whole pages
public record RamBlock(String name, long offset, long bytes) {
  long pages() {
    return bytes / IncomingRam.PAGE;
  }
}
