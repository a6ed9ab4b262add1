package thespis.actors.chardev;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.Arrays;

/// The process's standard input and output. A terminal is put into raw mode. The end of input from a pipe ends nothing.
final class StdioChardev extends Chardev {
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final OutputPump pump;
  private final Terminal terminal;

  StdioChardev(ChardevSpec spec, boolean signal) {
    super(spec);
    terminal = Terminal.raw(signal);
    pump = new OutputPump("chardev-" + spec.id(), (bytes, count) -> out.write(bytes, 0, count));
  }

  @Override
  public String filename() {
    return "stdio";
  }

  @Override
  protected void start() {
    happened(Frontend.Event.OPENED);
    Thread.ofPlatform().daemon().name("chardev-" + label() + "-in").start(this::read);
  }

  @Override
  protected void output(byte[] bytes, int from, int length) {
    pump.write(bytes, from, length);
  }

  @Override
  public void close() {
    pump.close();
    terminal.restore();
    super.close();
  }

  private void read() {
    byte[] buffer = new byte[4096];
    try (FileInputStream in = new FileInputStream(FileDescriptor.in)) {
      for (int count; (count = in.read(buffer)) >= 0; ) {
        received(Arrays.copyOf(buffer, count));
      }
    } catch (IOException e) {
      // No more input, as at its end.
    }
  }
}
