package thespis.cpu.model;

/// How processors of one package share it, and the APIC ID that follows from it. SDM Vol. 3A "Hierarchical Mapping of
/// Shared Resources": an APIC ID is package | die | core | thread, each field just wide enough for its number of
/// values. Counts are of the package as it can be filled, not of the processors plugged at the moment.
public record CpuTopology(int diesPerPackage, int coresPerDie, int threadsPerCore) {
  public static final CpuTopology SINGLE = new CpuTopology(1, 1, 1);

  public CpuTopology {
    if (diesPerPackage < 1 || coresPerDie < 1 || threadsPerCore < 1) {
      throw new IllegalArgumentException(diesPerPackage + " dies, " + coresPerDie + " cores, " + threadsPerCore);
    }
  }

  /// Lowest bit of the core field: the width of the thread field.
  public int coreShift() {
    return width(threadsPerCore);
  }

  public int dieShift() {
    return coreShift() + width(coresPerDie);
  }

  public int packageShift() {
    return dieShift() + width(diesPerPackage);
  }

  public int threadsPerPackage() {
    return diesPerPackage * coresPerDie * threadsPerCore;
  }

  public int apicId(int socket, int die, int core, int thread) {
    return socket << packageShift() | die << dieShift() | core << coreShift() | thread;
  }

  /// APIC ID of the processor with this index; indices count threads first, then cores, dies, packages.
  public int apicIdOf(int index) {
    return apicId(
        index / threadsPerPackage(),
        index / (coresPerDie * threadsPerCore) % diesPerPackage,
        index / threadsPerCore % coresPerDie,
        index % threadsPerCore);
  }

  public int socketOf(int apicId) {
    return apicId >>> packageShift();
  }

  public int dieOf(int apicId) {
    return field(apicId, dieShift(), packageShift());
  }

  public int coreOf(int apicId) {
    return field(apicId, coreShift(), dieShift());
  }

  public int threadOf(int apicId) {
    return field(apicId, 0, coreShift());
  }

  private static int field(int value, int from, int to) {
    return (value & (1 << to) - 1) >>> from;
  }

  /// Bits that tell `count` values apart; none for a single one.
  private static int width(int count) {
    return 32 - Integer.numberOfLeadingZeros(count - 1);
  }
}
