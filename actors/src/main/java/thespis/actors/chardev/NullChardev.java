package thespis.actors.chardev;

/// Takes everything and gives nothing: `null`, and `vc` as long as there is no graphical display.
final class NullChardev extends Chardev {
  private final String filename;

  NullChardev(ChardevSpec spec, String filename) {
    super(spec);
    this.filename = filename;
  }

  @Override
  public String filename() {
    return filename;
  }

  @Override
  protected void start() {
    happened(Frontend.Event.OPENED);
  }

  @Override
  protected void output(byte[] bytes, int from, int length) {}
}
