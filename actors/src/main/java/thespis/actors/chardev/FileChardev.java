package thespis.actors.chardev;

import java.io.FileOutputStream;
import java.io.IOException;

/// Output into a file; there is no input.
final class FileChardev extends Chardev {
  private final FileOutputStream file;
  private final OutputPump pump;

  FileChardev(ChardevSpec spec, ChardevSpec.OutFile out) {
    super(spec);
    try {
      file = DescriptorSets.output(out.path(), out.append());
    } catch (IOException e) {
      throw new ChardevException("Could not open '" + out.path() + "': " + reason(e));
    }
    pump = new OutputPump("chardev-" + spec.id(), (bytes, count) -> file.write(bytes, 0, count));
  }

  @Override
  public String filename() {
    return "file";
  }

  @Override
  protected void start() {
    happened(Frontend.Event.OPENED);
  }

  @Override
  protected void output(byte[] bytes, int from, int length) {
    pump.write(bytes, from, length);
  }

  @Override
  public void close() {
    pump.close();
    try {
      file.close();
    } catch (IOException e) {
      // Nothing can be done about it.
    }
    super.close();
  }
}
