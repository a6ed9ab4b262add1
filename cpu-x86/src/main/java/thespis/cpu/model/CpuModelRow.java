package thespis.cpu.model;

import java.util.ArrayList;
import java.util.List;

/// A row of {@link CpuModels} as it is written there: the first version, then what each later one changes.
final class CpuModelRow {
  private final String name;
  private final String vendor;
  private final int family;
  private final int level;
  private final int xlevel;
  private final List<Version> versions = new ArrayList<>();
  private String like;
  private Cache.Set caches;

  /// A version: everything but the features is complete, those are a change to the version before.
  private static final class Version {
    String alias;
    String note;
    String id;
    int model;
    int stepping;
    String features;
  }

  CpuModelRow(String name, String vendor, int family, int model, int stepping, int level, int xlevel) {
    this.name = name;
    this.vendor = vendor;
    this.family = family;
    this.level = level;
    this.xlevel = xlevel;
    Version first = new Version();
    first.id = "";
    first.model = model;
    first.stepping = stepping;
    versions.add(first);
  }

  /// All features of the first version.
  CpuModelRow with(String features) {
    last().features = features;
    return this;
  }

  /// Features of the first version: those of that of another row, changed.
  CpuModelRow like(String row, String change) {
    like = row;
    return with(change);
  }

  CpuModelRow caches(Cache.Set caches) {
    this.caches = caches;
    return this;
  }

  /// Starts the next version; id, model and stepping are kept unless the calls after this one change them.
  CpuModelRow version(int number, String change) {
    if (number != versions.size() + 1) {
      throw new IllegalStateException(name + " v" + number + " after v" + versions.size());
    }
    Version next = new Version();
    next.id = last().id;
    next.model = last().model;
    next.stepping = last().stepping;
    next.features = change;
    versions.add(next);
    return this;
  }

  CpuModelRow id(String id) {
    last().id = id;
    return this;
  }

  CpuModelRow model(int model) {
    last().model = model;
    return this;
  }

  CpuModelRow stepping(int stepping) {
    last().stepping = stepping;
    return this;
  }

  CpuModelRow alias(String alias) {
    last().alias = alias;
    return this;
  }

  CpuModelRow note(String note) {
    last().note = note;
    return this;
  }

  String name() {
    return name;
  }

  String vendor() {
    return vendor;
  }

  int family() {
    return family;
  }

  int level() {
    return level;
  }

  int xlevel() {
    return xlevel;
  }

  Cache.Set caches() {
    return caches;
  }

  int model(CpuModel of) {
    return version(of).model;
  }

  int stepping(CpuModel of) {
    return version(of).stepping;
  }

  String id(CpuModel of) {
    return version(of).id;
  }

  String note(CpuModel of) {
    return version(of).note;
  }

  /// Works out the features of a version.
  Features features(int version) {
    Features features =
        version > 1 ? features(version - 1) : like == null ? new Features() : CpuModels.row(like).features(1);
    return features.apply(versions.get(version - 1).features);
  }

  /// Everything `-cpu` can name of this row.
  List<CpuModel> models() {
    List<CpuModel> models = new ArrayList<>();
    models.add(new CpuModel(name, this, 1, CpuModel.Kind.UNVERSIONED));
    for (int v = 1; v <= versions.size(); v++) {
      models.add(new CpuModel(name + "-v" + v, this, v, CpuModel.Kind.VERSION));
      if (versions.get(v - 1).alias != null) {
        models.add(new CpuModel(versions.get(v - 1).alias, this, v, CpuModel.Kind.OLD_NAME));
      }
    }
    return models;
  }

  private Version last() {
    return versions.get(versions.size() - 1);
  }

  private Version version(CpuModel of) {
    return versions.get(of.version() - 1);
  }
}
