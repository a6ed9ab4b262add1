package thespis.actors.block;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client of the NBD server, from its first option to its last request. NBD project, "The NBD protocol": the fixed
/// newstyle handshake and simple replies. Left out: structured replies, metadata contexts and TLS, which a client is told
/// are not supported.
final class NbdSession implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(NbdSession.class);
  private static final long MAGIC = 0x4E42444D41474943L;
  private static final long OPTION_MAGIC = 0x49484156454F5054L;
  private static final long OPTION_REPLY = 0x3E889045565A9L;
  private static final int REQUEST = 0x25609513;
  private static final int SIMPLE_REPLY = 0x67446698;

  private static final int FIXED_NEWSTYLE = 1, NO_ZEROES = 2;
  private static final int EXPORT_NAME = 1, ABORT = 2, LIST = 3, INFO = 6, GO = 7;
  private static final int ACK = 1, SERVER = 2, REP_INFO = 3;
  private static final int ERR_UNSUP = 0x8000_0001, ERR_INVALID = 0x8000_0003, ERR_UNKNOWN = 0x8000_0006;
  private static final int INFO_EXPORT = 0, INFO_NAME = 1, INFO_DESCRIPTION = 2, INFO_BLOCK_SIZE = 3;
  private static final int PADDING = 124;
  private static final int LONGEST_OPTION = 64 << 10;

  private static final int READ = 0, WRITE = 1, DISCONNECT = 2, FLUSH = 3, TRIM = 4, WRITE_ZEROES = 6;
  private static final int FUA = 1;
  private static final int EPERM = 1, EIO = 5, EINVAL = 22, ENOSPC = 28;
  private static final int LARGEST = 32 << 20;
  private static final int PREFERRED = 4096;

  private final SocketChannel channel;
  private final NbdServer server;
  private final DataInputStream in;
  private final DataOutputStream out;

  /// What the client has entered, or null.
  private NbdExport entered;

  NbdSession(SocketChannel channel, NbdServer server) {
    this.channel = channel;
    this.server = server;
    in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
    out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
  }

  @Override
  public void run() {
    try {
      Optional<NbdExport> export = negotiate();
      if (export.isPresent()) {
        transmit(export.get());
      }
    } catch (IOException e) {
      // The client has gone, or was sent away.
    } catch (RuntimeException e) {
      LOG.error("a client of the NBD server was sent away", e);
    } finally {
      close();
      if (entered != null) {
        entered.left(this);
      }
      server.ended(this);
    }
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  /// @return what the client chose; empty if it left
  private Optional<NbdExport> negotiate() throws IOException {
    out.writeLong(MAGIC);
    out.writeLong(OPTION_MAGIC);
    out.writeShort(FIXED_NEWSTYLE | NO_ZEROES);
    out.flush();
    int flags = in.readInt();
    if ((flags & ~(FIXED_NEWSTYLE | NO_ZEROES)) != 0) {
      return Optional.empty();
    }
    while (true) {
      if (in.readLong() != OPTION_MAGIC) {
        return Optional.empty();
      }
      int option = in.readInt();
      int length = in.readInt();
      if (length < 0 || length > LONGEST_OPTION) {
        return Optional.empty();
      }
      ByteBuffer data = ByteBuffer.wrap(in.readNBytes(length));
      if (data.capacity() < length) {
        throw new EOFException();
      }
      if (option == EXPORT_NAME) {
        Optional<NbdExport> found = enter(StandardCharsets.UTF_8.decode(data).toString());
        if (found.isPresent()) {
          out.writeLong(found.get().size());
          out.writeShort(found.get().flags());
          out.write(new byte[(flags & NO_ZEROES) != 0 ? 0 : PADDING]);
          out.flush();
        }
        return found;
      }
      if ((flags & FIXED_NEWSTYLE) == 0) {
        return Optional.empty();
      }
      Optional<NbdExport> chosen = switch (option) {
        case LIST -> list(data);
        case INFO, GO -> choose(option, data);
        default -> {
          reply(option, option == ABORT ? ACK : ERR_UNSUP, new byte[0]);
          yield Optional.empty();
        }
      };
      out.flush();
      if (option == ABORT || chosen.isPresent()) {
        return chosen;
      }
    }
  }

  /// The client is among the export's users from now on, also if it goes before it has heard of that.
  private Optional<NbdExport> enter(String name) {
    Optional<NbdExport> found = server.enter(name, this);
    entered = found.orElse(null);
    return found;
  }

  private Optional<NbdExport> list(ByteBuffer data) throws IOException {
    if (data.hasRemaining()) {
      reply(LIST, ERR_INVALID, new byte[0]);
      return Optional.empty();
    }
    for (NbdExport export : server.exports()) {
      byte[] name = bytes(export.name());
      byte[] about = bytes(export.description().orElse(""));
      reply(LIST, SERVER, ByteBuffer.allocate(4 + name.length + about.length)
          .putInt(name.length).put(name).put(about).array());
    }
    reply(LIST, ACK, new byte[0]);
    return Optional.empty();
  }

  /// @return what the client will use from now on, if it is to
  private Optional<NbdExport> choose(int option, ByteBuffer data) throws IOException {
    int nameLength = data.remaining() < 6 ? -1 : data.getInt();
    if (nameLength < 0 || nameLength > data.remaining() - 2) {
      reply(option, ERR_INVALID, new byte[0]);
      return Optional.empty();
    }
    byte[] name = new byte[nameLength];
    data.get(name);
    int count = data.getShort() & 0xFFFF;
    if (data.remaining() != 2 * count) {
      reply(option, ERR_INVALID, new byte[0]);
      return Optional.empty();
    }
    String wanted = new String(name, StandardCharsets.UTF_8);
    Optional<NbdExport> found = option == GO ? enter(wanted) : server.find(wanted);
    if (found.isEmpty()) {
      reply(option, ERR_UNKNOWN, bytes("export '" + wanted + "' not present"));
      return found;
    }
    NbdExport export = found.get();
    for (int i = 0; i < count; i++) {
      switch (data.getShort()) {
        case INFO_NAME -> information(option, INFO_NAME, bytes(export.name()));
        case INFO_DESCRIPTION -> {
          if (export.description().isPresent()) {
            information(option, INFO_DESCRIPTION, bytes(export.description().get()));
          }
        }
        default -> {}
      }
    }
    information(option, INFO_BLOCK_SIZE,
        ByteBuffer.allocate(12).putInt(1).putInt(PREFERRED).putInt(LARGEST).array());
    information(option, INFO_EXPORT,
        ByteBuffer.allocate(10).putLong(export.size()).putShort((short) export.flags()).array());
    reply(option, ACK, new byte[0]);
    return option == GO ? found : Optional.empty();
  }

  private void information(int option, int kind, byte[] data) throws IOException {
    reply(option, REP_INFO, ByteBuffer.allocate(2 + data.length).putShort((short) kind).put(data).array());
  }

  private void reply(int option, int type, byte[] data) throws IOException {
    out.writeLong(OPTION_REPLY);
    out.writeInt(option);
    out.writeInt(type);
    out.writeInt(data.length);
    out.write(data);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void transmit(NbdExport export) throws IOException {
    while (in.readInt() == REQUEST) {
      int flags = in.readShort();
      int type = in.readShort();
      long cookie = in.readLong();
      long offset = in.readLong();
      long length = in.readInt() & 0xFFFF_FFFFL;
      if (type == DISCONNECT) {
        return;
      }
      if (type == WRITE && length > LARGEST) {
        return;
      }
      byte[] data = type == WRITE ? in.readNBytes((int) length) : new byte[0];
      if (type == WRITE && data.length < length) {
        return;
      }
      byte[] read = new byte[0];
      int error = wrongWith(export, type, offset, length);
      if (error == 0) {
        try {
          switch (type) {
            case READ -> read = export.read(offset, (int) length);
            case WRITE -> export.write(offset, data);
            case WRITE_ZEROES -> export.writeZeroes(offset, length);
            default -> {}
          }
          if (type == FLUSH || (flags & FUA) != 0) {
            export.flush();
          }
        } catch (IOException e) {
          error = EIO;
          read = new byte[0];
        }
      }
      out.writeInt(SIMPLE_REPLY);
      out.writeInt(error);
      out.writeLong(cookie);
      out.write(read);
      if (in.available() == 0) {
        out.flush();
      }
    }
  }

  private static int wrongWith(NbdExport export, int type, long offset, long length) {
    if (!List.of(READ, WRITE, FLUSH, TRIM, WRITE_ZEROES).contains(type) || type == READ && length > LARGEST) {
      return EINVAL;
    }
    boolean changes = type == WRITE || type == TRIM || type == WRITE_ZEROES;
    if (changes && !export.writable()) {
      return EPERM;
    }
    boolean outside = offset < 0 || offset > export.size() || length > export.size() - offset;
    return type == FLUSH || !outside ? 0 : changes ? ENOSPC : EINVAL;
  }
}
