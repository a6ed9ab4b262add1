package thespis.cpu.run;

/// A bus that nobody answers on.
public class NoBus implements IoBus {
  @Override
  public long in(int port, int size) {
    return 0xFFFF_FFFFL;
  }

  @Override
  public boolean out(int port, int size, int value) {
    return true;
  }

  @Override
  public long mmioRead(long gpa, int size) {
    return -1;
  }

  @Override
  public void mmioWrite(long gpa, int size, long value) {}
}
