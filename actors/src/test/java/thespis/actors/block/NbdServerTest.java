package thespis.actors.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import thespis.qmp.QmpEvent;

/// The NBD server as a client of the protocol sees it. `qemu-io` of QEMU 7.2 was one of those it was tried with.
@Timeout(20)
class NbdServerTest {
  private static final int LIST = 3, GO = 7, STRUCTURED_REPLY = 8;

  @TempDir
  Path folder;

  private final BlockBench bench = new BlockBench();
  private DataInputStream in;
  private DataOutputStream out;

  @BeforeEach
  void start() throws IOException {
    Path image = folder.resolve("img");
    Files.write(image, new byte[4096]);
    succeed("blockdev-add", "{'driver': 'file', 'node-name': 'f', 'filename': '" + image + "'}");
    succeed("blockdev-add", "{'driver': 'null-co', 'node-name': 'ro', 'size': 1024, 'read-only': true}");
    refuse("NBD server not running", "nbd-server-add", "{'device': 'f'}");
    succeed("nbd-server-start", "{'addr': {'type': 'unix', 'data': {'path': '" + folder + "/nbd'}}}");
  }

  @AfterEach
  void stop() {
    bench.layer.close();
    assertFalse(Files.exists(folder.resolve("nbd")), "the socket's file");
  }

  private void succeed(String command, String arguments) {
    refuse("", command, arguments);
  }

  private void refuse(String text, String command, String arguments) {
    assertEquals(text, bench.text(command, arguments));
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("nbd")));
    in = new DataInputStream(Channels.newInputStream(channel));
    out = new DataOutputStream(Channels.newOutputStream(channel));
    assertEquals("NBDMAGICIHAVEOPT", new String(in.readNBytes(16), StandardCharsets.US_ASCII));
    assertEquals(3, in.readShort(), "fixed newstyle, no zeroes");
    out.writeInt(3);
    return channel;
  }

  private void option(int option, byte[] data) throws IOException {
    out.writeBytes("IHAVEOPT");
    out.writeInt(option);
    out.writeInt(data.length);
    out.write(data);
  }

  /// @return what came with it
  private byte[] reply(int option, int type) throws IOException {
    assertEquals(0x3E889045565A9L, in.readLong());
    assertEquals(option, in.readInt());
    assertEquals(type, in.readInt());
    return in.readNBytes(in.readInt());
  }

  private void go(String name) throws IOException {
    option(GO, ("\0\0\0" + (char) name.length() + name + "\0\0").getBytes(StandardCharsets.ISO_8859_1));
  }

  private void request(int type, long offset, int length) throws IOException {
    out.writeInt(0x25609513);
    out.writeShort(0);
    out.writeShort(type);
    out.writeLong(7);
    out.writeLong(offset);
    out.writeInt(length);
  }

  private void answered(int error) throws IOException {
    assertEquals(0x67446698, in.readInt());
    assertEquals(error, in.readInt());
    assertEquals(7, in.readLong());
  }

  @Test
  void whatAClientWritesIsInTheFileAndInTheBitmap() throws Exception {
    succeed("block-export-add", "{'type': 'nbd', 'id': 'e', 'node-name': 'f', 'name': 'disk', 'writable': true}");
    succeed("block-dirty-bitmap-add", "{'node': 'f', 'name': 'b', 'granularity': 512}");
    succeed("block-set-write-threshold", "{'node-name': 'f', 'write-threshold': 600}");
    try (SocketChannel client = connect()) {
      option(STRUCTURED_REPLY, new byte[0]);
      reply(STRUCTURED_REPLY, 0x8000_0001);
      go("disk");
      reply(GO, 3);
      byte[] export = reply(GO, 3);
      assertEquals(4096, export[8] << 8, "size");
      reply(GO, 1);
      request(1, 1000, 3);
      out.writeBytes("abc");
      answered(0);
      request(0, 999, 4);
      answered(0);
      assertArrayEquals("\0abc".getBytes(StandardCharsets.US_ASCII), in.readNBytes(4));
      request(3, 0, 0);
      answered(0);
      request(0, 4000, 512);
      answered(22);
      request(1, 4096, 1);
      out.writeByte(1);
      answered(28);
      refuse("export 'e' still in use", "block-export-del", "{'id': 'e'}");
      succeed("block-export-del", "{'id': 'e', 'mode': 'hard'}");
      bench.await(2);
    }
    assertEquals('a', Files.readAllBytes(folder.resolve("img"))[1000]);
    assertEquals(512, bench.value("query-named-block-nodes", "{}").get(1).at("/dirty-bitmaps/0/count").asLong());
    assertEquals(
        List.of(new QmpEvent.BlockWriteThreshold("f", 403, 600), new QmpEvent.BlockExportDeleted("e")),
        bench.events);
  }

  @Test
  void aClientLearnsWhatThereIs() throws IOException {
    succeed("nbd-server-add", "{'device': 'f', 'name': 'b'}");
    succeed("nbd-server-add", "{'device': 'ro', 'writable': true}");
    try (SocketChannel client = connect()) {
      option(LIST, new byte[0]);
      assertArrayEquals("\0\0\0\1b".getBytes(StandardCharsets.US_ASCII), reply(LIST, 2));
      assertArrayEquals("\0\0\0\2ro".getBytes(StandardCharsets.US_ASCII), reply(LIST, 2));
      reply(LIST, 1);
      go("zz");
      reply(GO, 0x8000_0006);
      go("ro");
      reply(GO, 3);
      assertEquals(2, reply(GO, 3)[11] & 2, "it is read-only");
      reply(GO, 1);
      request(1, 0, 1);
      out.writeByte(1);
      answered(1);
      request(2, 0, 0);
      assertEquals(-1, in.read(), "the server says good-bye");
    }
  }

  @Test
  void aClientThatGoesBeforeItIsAnsweredDoesNotHoldTheExport() throws Exception {
    succeed("nbd-server-add", "{'device': 'f', 'name': 'disk'}");
    for (int i = 0; i < 50; i++) {
      try (SocketChannel client = connect()) {
        go("disk");
      }
    }
    String refused = "export 'disk' still in use";
    while (refused.equals("export 'disk' still in use") && !Thread.interrupted()) { // the last may not be seen to be gone
      refused = bench.text("block-export-del", "{'id': 'disk'}");
    }
    assertEquals("", refused);
  }

  @Test
  void anExportIsDeletedOnce() throws Exception {
    succeed("nbd-server-add", "{'device': 'f', 'name': 'disk'}");
    try (SocketChannel client = connect()) {
      go("disk");
      reply(GO, 3);
      reply(GO, 3);
      reply(GO, 1);
      succeed("block-export-del", "{'id': 'disk', 'mode': 'hard'}");
      Runnable left = bench.next();
      succeed("nbd-server-stop", "{}");
      left.run();
    }
    assertEquals(List.of(new QmpEvent.BlockExportDeleted("disk")), bench.events);
  }

  @Test
  void anExportKeepsItsNode() {
    succeed("nbd-server-add", "{'device': 'f'}");
    refuse("Block export id 'f' is already in use", "nbd-server-add", "{'device': 'f'}");
    refuse("NBD server already has export named 'f'", "block-export-add",
        "{'type': 'nbd', 'id': 'g', 'node-name': 'f'}");
    refuse("Cannot export read-only node as writable", "block-export-add",
        "{'type': 'nbd', 'id': 'g', 'node-name': 'ro', 'writable': true}");
    refuse("Node f is in use", "blockdev-del", "{'node-name': 'f'}");
    refuse("NBD server already running", "nbd-server-start",
        "{'addr': {'type': 'unix', 'data': {'path': '" + folder + "/other'}}}");
    succeed("blockdev-add", "{'driver': 'raw', 'node-name': 'r', 'file': 'ro'}");
    refuse("Block node is read-only", "block-export-add",
        "{'type': 'nbd', 'id': 'g', 'node-name': 'r', 'writable': true}");
    assertEquals("f", bench.value("query-block-exports", "{}").get(0).get("node-name").asText());
    succeed("nbd-server-stop", "{}");
    assertEquals(new QmpEvent.BlockExportDeleted("f"), bench.events.getLast());
    succeed("blockdev-del", "{'node-name': 'f'}");
    refuse("NBD server not running", "nbd-server-stop", "{}");
  }

  @Test
  void aPlaceWhereNobodyCanListenIsRefused() {
    succeed("nbd-server-stop", "{}");
    refuse("Failed to bind socket to /nosuch/x: No such file or directory", "nbd-server-start",
        "{'addr': {'type': 'unix', 'data': {'path': '/nosuch/x'}}}");
    refuse("address resolution failed for nosuch.invalid:x: Servname not supported for ai_socktype", "nbd-server-start",
        "{'addr': {'type': 'inet', 'data': {'host': 'nosuch.invalid', 'port': 'x'}}}");
    refuse("No TLS credentials with id 'zz'", "nbd-server-start",
        "{'addr': {'type': 'unix', 'data': {'path': '" + folder + "/nbd'}}, 'tls-creds': 'zz'}");
    refuse("Parameter 'max-connections' expects uint32_t", "nbd-server-start",
        "{'addr': {'type': 'unix', 'data': {'path': '" + folder + "/nbd'}}, 'max-connections': -1}");
  }
}
