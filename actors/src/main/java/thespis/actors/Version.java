package thespis.actors;

/// What we call ourselves. Clients compare the number with QEMU's, so it is the number of the QEMU whose interfaces
/// these are.
public final class Version {
  public static final int MAJOR = 7;
  public static final int MINOR = 2;
  public static final int MICRO = 22;
  public static final String NUMBER = MAJOR + "." + MINOR + "." + MICRO;

  private Version() {}

  /// Our own name and version.
  public static String own() {
    String version = Version.class.getPackage().getImplementationVersion();
    return "Thespis " + (version == null ? "development" : version);
  }
}
