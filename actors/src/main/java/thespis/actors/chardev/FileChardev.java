package thespis.actors.chardev;

import java.io.FileOutputStream;
import java.io.IOException;

/// Output into a file; there is no input.
final class FileChardev extends PumpedChardev {
  private final FileOutputStream file;

  FileChardev(ChardevSpec spec, ChardevSpec.OutFile out) {
    super(spec);
    try {
      file = DescriptorSets.output(out.path(), out.append());
    } catch (IOException e) {
      throw new ChardevException("Could not open '" + out.path() + "': " + reason(e));
    }
  }

  @Override
  public String filename() {
    return "file";
  }

  @Override
  protected void send(byte[] bytes, int count) throws IOException {
    file.write(bytes, 0, count);
  }

  @Override
  public void close() {
    super.close();
    closeAll(file);
  }
}
