package thespis.cpu.model;

/// A processor model as `-cpu` names it and as a QOM type: a version (`Haswell-v2`), a name without version (`Haswell`,
/// which the machine type resolves: version 1 on pc and q35 of 7.2), an old name of a version (`Haswell-noTSX`), or one
/// of `base` (nothing), `max` (all that the accelerator can do) and `host` (all that the host can do).
public final class CpuModel {
  /// What a model's name is.
  public enum Kind { VERSION, UNVERSIONED, OLD_NAME, BASE, MAX, HOST }

  public static final String TYPE_SUFFIX = "-x86_64-cpu";

  private final String name;
  private final CpuModelRow row;
  private final int version;
  private final Kind kind;

  CpuModel(String name, CpuModelRow row, int version, Kind kind) {
    this.name = name;
    this.row = row;
    this.version = version;
    this.kind = kind;
  }

  static CpuModel special(String name) {
    Kind kind = name.equals("base") ? Kind.BASE : name.equals("max") ? Kind.MAX : Kind.HOST;
    String vendor = kind == Kind.BASE ? "" : "AuthenticAMD";
    CpuModelRow row = kind == Kind.BASE
        ? new CpuModelRow(name, vendor, 0, 0, 0, 0, 0)
        : new CpuModelRow(name, vendor, 15, 107, 1, 0, 0).id("QEMU TCG CPU version 2.5+");
    return new CpuModel(name, row.with(""), 1, kind);
  }

  public String name() {
    return name;
  }

  /// `NAME-x86_64-cpu`.
  public String typeName() {
    return name + TYPE_SUFFIX;
  }

  /// Type above it: `host` is a kind of `max`, all others are siblings.
  public String parentType() {
    return kind == Kind.HOST ? "max" + TYPE_SUFFIX : "x86_64-cpu";
  }

  public Kind kind() {
    return kind;
  }

  public int version() {
    return version;
  }

  /// The version behind a name that has none; null for a version and for `base`, `max`, `host`.
  public String aliasOf() {
    return kind == Kind.UNVERSIONED || kind == Kind.OLD_NAME ? row.name() + "-v" + version : null;
  }

  /// Expands to the same processor whatever version of the product, host and machine type.
  public boolean isStatic() {
    return kind == Kind.BASE;
  }

  public boolean isMigrationSafe() {
    return kind != Kind.MAX && kind != Kind.HOST;
  }

  /// `max` and `host` take what there is.
  public boolean takesAll() {
    return kind == Kind.MAX || kind == Kind.HOST;
  }

  public String vendor() {
    return row.vendor();
  }

  public int family() {
    return row.family();
  }

  public int model() {
    return row.model(this);
  }

  public int stepping() {
    return row.stepping(this);
  }

  /// The brand string of leaves 8000_0002 to 8000_0004.
  public String modelId() {
    return row.id(this);
  }

  /// Remark on a version, as in `no TSX`; null if none.
  public String note() {
    return row.note(this);
  }

  /// Highest basic leaf, if the features do not need a higher one.
  public int level() {
    return row.level();
  }

  public int xlevel() {
    return row.xlevel();
  }

  /// Caches of its own; null for a model that shows the usual ones.
  Cache.Set caches() {
    return row.caches();
  }

  /// What the model asks for, whoever runs it. A fresh copy.
  public Features features() {
    Features features = row.features(version);
    if (kind != Kind.BASE) {
      features.apply("hypervisor");
    }
    return features;
  }

  @Override
  public String toString() {
    return name;
  }
}
