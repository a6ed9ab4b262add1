package thespis.cpu.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

/// A set of processor features: the value of every {@link FeatureWord}. Flags are named as in QEMU; a name stands for
/// one bit, in two cases for two of the same word (`kvmclock`, `vmx-invept-single-context`).
public final class Features {
  private static final FeatureWord[] WORDS = FeatureWord.values();
  private static final Map<String, Flag> FLAGS = flagsByName();

  /// Other spellings, and the flag they stand for.
  private static final Map<String, String> ALIASES = aliases("""
      sse3:pni pclmuldq:pclmulqdq sse4-1:sse4.1 sse4-2:sse4.2 xd:nx ffxsr:fxsr-opt i64:lm
      ds_cpl:ds-cpl tsc_adjust:tsc-adjust fxsr_opt:fxsr-opt lahf_lm:lahf-lm cmp_legacy:cmp-legacy
      nodeid_msr:nodeid-msr perfctr_core:perfctr-core perfctr_nb:perfctr-nb kvm_nopiodelay:kvm-nopiodelay
      kvm_mmu:kvm-mmu kvm_asyncpf:kvm-asyncpf kvm_asyncpf_int:kvm-asyncpf-int kvm_steal_time:kvm-steal-time
      kvm_pv_eoi:kvm-pv-eoi kvm_pv_unhalt:kvm-pv-unhalt kvm_poll_control:kvm-poll-control svm_lock:svm-lock
      nrip_save:nrip-save tsc_scale:tsc-scale vmcb_clean:vmcb-clean pause_filter:pause-filter
      sse4_1:sse4.1 sse4_2:sse4.2""");

  private final long[] values = new long[WORDS.length];

  /// Where a flag lives.
  public record Flag(String name, FeatureWord word, long mask) {}

  /// Every flag, by name, in order of words and bits.
  public static Map<String, Flag> flags() {
    return FLAGS;
  }

  /// Old spelling to flag name.
  public static Map<String, String> aliases() {
    return ALIASES;
  }

  /// The flag of this name, null if there is none. Aliases are not looked at.
  public static Flag flag(String name) {
    return FLAGS.get(name);
  }

  /// A set with these flags: names separated by blanks, `-name` takes one out again.
  public static Features of(String flags) {
    return new Features().apply(flags);
  }

  public static Features copyOf(Features other) {
    Features copy = new Features();
    System.arraycopy(other.values, 0, copy.values, 0, WORDS.length);
    return copy;
  }

  /// Puts in each `name`, takes out each `-name`, in this order.
  public Features apply(String flags) {
    StringTokenizer items = new StringTokenizer(flags);
    while (items.hasMoreTokens()) {
      String item = items.nextToken();
      boolean on = item.charAt(0) != '-';
      set(known(on ? item : item.substring(1)), on);
    }
    return this;
  }

  public long get(FeatureWord word) {
    return values[word.ordinal()];
  }

  public void set(FeatureWord word, long value) {
    values[word.ordinal()] = value;
  }

  public void set(Flag flag, boolean on) {
    set(flag.word(), on ? get(flag.word()) | flag.mask() : get(flag.word()) & ~flag.mask());
  }

  /// True if all bits of the flag are set.
  public boolean has(Flag flag) {
    return (get(flag.word()) & flag.mask()) == flag.mask();
  }

  public boolean has(String flag) {
    return has(known(flag));
  }

  public boolean isEmpty() {
    for (long value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /// Names of the bits set, in order of words and bits; a bit without a name is left out.
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (FeatureWord word : WORDS) {
      for (long left = get(word); left != 0; left &= left - 1) {
        String name = word.flag(Long.numberOfTrailingZeros(left));
        if (name != null) {
          names.add(name);
        }
      }
    }
    return names;
  }

  private static Flag known(String name) {
    Flag flag = FLAGS.get(name);
    if (flag == null) {
      throw new IllegalStateException("no flag of this name: " + name);
    }
    return flag;
  }

  private static Map<String, Flag> flagsByName() {
    Map<String, Flag> flags = new LinkedHashMap<>(512);
    for (FeatureWord word : WORDS) {
      String[] names = word.names();
      for (int bit = 0; bit < names.length; bit++) {
        if (names[bit] != null) {
          Flag known = flags.get(names[bit]);
          long others = known == null ? 0 : known.mask();
          flags.put(names[bit], new Flag(names[bit], word, others | 1L << bit));
        }
      }
    }
    return Collections.unmodifiableMap(flags);
  }

  private static Map<String, String> aliases(String table) {
    Map<String, String> aliases = new HashMap<>();
    StringTokenizer pairs = new StringTokenizer(table);
    while (pairs.hasMoreTokens()) {
      String pair = pairs.nextToken();
      aliases.put(pair.substring(0, pair.indexOf(':')), pair.substring(pair.indexOf(':') + 1));
    }
    return Collections.unmodifiableMap(aliases);
  }
}
