package thespis.actors.block;

import java.io.IOException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import thespis.qmp.command.NodeCommands.Permission;

/// A node that others may use by NBD. NBD project, "The NBD protocol", "Transmission flags".
final class NbdExport implements BlockNode.User {
  private static final int HAS_FLAGS = 1, READ_ONLY = 2, SEND_FLUSH = 4, SEND_FUA = 8, SEND_TRIM = 0x20,
      SEND_WRITE_ZEROES = 0x40, CAN_MULTI_CONN = 0x100;
  private static final int PIECE = 1 << 20;

  private final String id;
  private final String name;
  private final Optional<String> description;
  private final BlockNode node;
  private final boolean writable;
  private final boolean writethrough;
  private final Runnable gone;
  private final Set<NbdSession> sessions = new HashSet<>();
  private boolean closed;

  /// @param writethrough what is written is on the disk when the client hears of it
  /// @param gone it is closed, and the last client leaves; on any thread
  NbdExport(
      String id, String name, Optional<String> description, BlockNode node, boolean writable, boolean writethrough,
      Runnable gone) {
    this.id = id;
    this.name = name;
    this.description = description;
    this.node = node;
    this.writable = writable;
    this.writethrough = writethrough;
    this.gone = gone;
  }

  String id() {
    return id;
  }

  String name() {
    return name;
  }

  Optional<String> description() {
    return description;
  }

  BlockNode node() {
    return node;
  }

  boolean writable() {
    return writable;
  }

  long size() {
    return node.size();
  }

  int flags() {
    return HAS_FLAGS | SEND_FLUSH | CAN_MULTI_CONN
        | (writable ? SEND_FUA | SEND_TRIM | SEND_WRITE_ZEROES : READ_ONLY);
  }

  /// @return false if it is closed by now
  synchronized boolean entered(NbdSession session) {
    return !closed && sessions.add(session);
  }

  void left(NbdSession session) {
    boolean last;
    synchronized (this) {
      last = sessions.remove(session) && closed && sessions.isEmpty();
    }
    if (last) {
      gone.run();
    }
  }

  synchronized boolean inUse() {
    return !sessions.isEmpty();
  }

  synchronized boolean closed() {
    return closed;
  }

  /// Nobody can come any more, and all are sent away.
  ///
  /// @return nobody was there
  boolean close() {
    Set<NbdSession> all;
    synchronized (this) {
      closed = true;
      all = Set.copyOf(sessions);
    }
    all.forEach(NbdSession::close);
    return all.isEmpty();
  }

  byte[] read(long at, int bytes) throws IOException {
    return node.read(at, bytes);
  }

  void write(long at, byte[] bytes) throws IOException {
    node.write(at, bytes);
    if (writethrough) {
      node.flush();
    }
  }

  void writeZeroes(long at, long bytes) throws IOException {
    for (long done = 0; done < bytes; done += PIECE) {
      write(at + done, new byte[(int) Math.min(PIECE, bytes - done)]);
    }
  }

  void flush() throws IOException {
    node.flush();
  }

  @Override
  public String title() {
    return "an unnamed block device";
  }

  @Override
  public String role() {
    return "root";
  }

  @Override
  public Set<Permission> needs() {
    return writable ? EnumSet.of(Permission.CONSISTENT_READ, Permission.WRITE) : EnumSet.of(Permission.CONSISTENT_READ);
  }

  /// The protocol has no word for a size that changes.
  @Override
  public Set<Permission> shares() {
    return EnumSet.complementOf(EnumSet.of(Permission.RESIZE));
  }
}
