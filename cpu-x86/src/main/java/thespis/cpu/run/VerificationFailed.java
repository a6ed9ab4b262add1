package thespis.cpu.run;

/// Translated code and interpreter have not done the same. The message says where and what; where in our own code that
/// was noticed says nothing.
public final class VerificationFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  VerificationFailed(String report) {
    super(report, null, false, false);
  }

  @Override
  public String toString() {
    return getMessage();
  }
}
