package thespis.machine.board;

import java.util.function.Consumer;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuTopology;

/// The processors of a machine: `cpus` of them at start, `maxCpus` at most, `dies` per socket, `cores` per die,
/// `threads` per core. How `-smp` leads to it follows QEMU 7.2, messages and order of the checks included.
public record Topology(int cpus, int maxCpus, int sockets, int dies, int cores, int threads) {
  public static final Topology SINGLE = new Topology(1, 1, 1, 1, 1, 1);

  /// Fills in what `-smp` left out and checks the outcome.
  ///
  /// @throws ConfigException with QEMU's text
  public static Topology resolve(SmpRequest asked, SmpRules rules, Consumer<String> warnings) {
    if (asked.hasZero()) {
      warnings.accept(
          "Deprecated CPU topology (considered invalid): CPU topology parameters must be greater than zero");
    }
    int dies = given(asked.dies());
    if (!rules.diesSupported() && Integer.compareUnsigned(dies, 1) > 0) {
      throw new ConfigException("dies not supported by this machine's CPU topology");
    }
    if (Integer.compareUnsigned(given(asked.clusters()), 1) > 0) {
      throw new ConfigException("clusters not supported by this machine's CPU topology");
    }
    dies = orOne(dies);
    Topology topology = complete(
        given(asked.cpus()),
        given(asked.maxCpus()),
        given(asked.sockets()),
        dies,
        given(asked.cores()),
        given(asked.threads()),
        rules.preferSockets());
    topology.check(rules);
    return topology;
  }

  /// How a package is divided, as CPUID and the APIC IDs show it.
  public CpuTopology layout() {
    return new CpuTopology(dies, cores, threads);
  }

  /// One more than the highest APIC ID.
  public int apicIdLimit() {
    return layout().apicIdOf(maxCpus - 1) + 1;
  }

  /// APIC IDs from 255 on can only be reached in x2APIC mode.
  public boolean needsX2Apic() {
    return apicIdLimit() > 255;
  }

  private static Topology complete(
      int cpus, int maxCpus, int sockets, int dies, int cores, int threads, boolean preferSockets) {
    if (cpus == 0 && maxCpus == 0) {
      sockets = orOne(sockets);
      cores = orOne(cores);
      threads = orOne(threads);
    } else {
      maxCpus = maxCpus != 0 ? maxCpus : cpus;
      if (sockets == 0 && (preferSockets || cores != 0)) {
        cores = orOne(cores);
        threads = orOne(threads);
        sockets = ratio(maxCpus, dies * cores * threads);
      } else if (cores == 0) {
        sockets = orOne(sockets);
        threads = orOne(threads);
        cores = ratio(maxCpus, sockets * dies * threads);
      }
      if (threads == 0) {
        threads = ratio(maxCpus, sockets * dies * cores);
      }
    }
    maxCpus = maxCpus != 0 ? maxCpus : sockets * dies * cores * threads;
    cpus = cpus != 0 ? cpus : maxCpus;
    return new Topology(cpus, maxCpus, sockets, dies, cores, threads);
  }

  private void check(SmpRules rules) {
    if (sockets * dies * cores * threads != maxCpus) {
      throw new ConfigException("Invalid CPU topology: product of the hierarchy must match maxcpus: "
          + hierarchy(rules) + " != maxcpus (" + Integer.toUnsignedString(maxCpus) + ")");
    }
    if (Integer.compareUnsigned(maxCpus, cpus) < 0) {
      throw new ConfigException("Invalid CPU topology: maxcpus must be equal to or greater than smp: "
          + hierarchy(rules) + " == maxcpus (" + Integer.toUnsignedString(maxCpus) + ") < smp_cpus ("
          + Integer.toUnsignedString(cpus) + ")");
    }
    if (Integer.compareUnsigned(cpus, rules.minCpus()) < 0) {
      throw new ConfigException("Invalid SMP CPUs " + cpus + ". The min CPUs supported by machine '" + rules.machine()
          + "' is " + rules.minCpus());
    }
    if (Integer.compareUnsigned(maxCpus, rules.maxCpus()) > 0) {
      throw new ConfigException("Invalid SMP CPUs " + maxCpus + ". The max CPUs supported by machine '"
          + rules.machine() + "' is " + rules.maxCpus());
    }
  }

  private String hierarchy(SmpRules rules) {
    return "sockets (" + Integer.toUnsignedString(sockets) + ")"
        + (rules.diesSupported() ? " * dies (" + Integer.toUnsignedString(dies) + ")" : "")
        + " * cores (" + Integer.toUnsignedString(cores) + ") * threads (" + Integer.toUnsignedString(threads) + ")";
  }

  /// Unsigned, and 0 where a product of absurd numbers wrapped to 0: the check of the product reports those.
  private static int ratio(int total, int product) {
    return product == 0 ? 0 : Integer.divideUnsigned(total, product);
  }

  private static int given(Integer value) {
    return value == null ? 0 : value;
  }

  private static int orOne(int value) {
    return value == 0 ? 1 : value;
  }
}
