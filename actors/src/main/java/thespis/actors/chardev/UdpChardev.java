package thespis.actors.chardev;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;

/// Datagrams to one place and from there. What nobody takes is lost, as with UDP in general.
final class UdpChardev extends Chardev {
  private static final int LARGEST = 65536;

  private final DatagramChannel channel;

  UdpChardev(ChardevSpec spec, ChardevSpec.Udp udp) {
    super(spec);
    InetSocketAddress remote = InetEnd.resolve(udp.remote());
    InetSocketAddress local = InetEnd.resolve(udp.local());
    try {
      channel = DatagramChannel.open();
      try {
        channel.bind(local);
        channel.connect(remote);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ChardevException("Failed to bind socket: " + reason(e));
    }
  }

  @Override
  public String filename() {
    return "udp";
  }

  @Override
  protected void start() {
    happened(Frontend.Event.OPENED);
    reader(this::read);
  }

  @Override
  protected void output(byte[] bytes, int from, int length) {
    try {
      channel.write(ByteBuffer.wrap(bytes, from, length));
    } catch (IOException e) {
      // Nobody is there, or it is too long: lost.
    }
  }

  @Override
  public void close() {
    closeAll(channel);
    super.close();
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocate(LARGEST);
    while (channel.isOpen()) {
      try {
        int count = channel.read(buffer.clear());
        received(Arrays.copyOf(buffer.array(), Math.max(count, 0)));
      } catch (IOException e) {
        // The other end's host has said that nobody is there: somebody may come. At the end the channel is closed.
      }
    }
  }
}
