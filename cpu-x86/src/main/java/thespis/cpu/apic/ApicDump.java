package thespis.cpu.apic;

import static thespis.cpu.apic.ApicRegister.*;

/// A local APIC's registers as text, as QEMU's `info lapic` has them.
public final class ApicDump {
  private static final int NMI = 4;
  private static final String[] DELIVERY = {"Fixed", "...", "SMI", "...", "NMI", "INIT", "...", "ExtINT"};
  private static final String[] SHORTHAND = {"no-shorthand", "self", "all-self", "all"};

  private final LocalApic apic;
  private final StringBuilder out = new StringBuilder();

  private ApicDump(LocalApic apic) {
    this.apic = apic;
  }

  public static String of(int index, LocalApic apic) {
    return new ApicDump(apic).text(index);
  }

  private int register(int offset) {
    return (int) apic.read(offset, 4);
  }

  private String text(int index) {
    add("dumping local APIC state for CPU %-2d\n\n", index);
    lvt("LVT0", LVT_LINT0);
    lvt("LVT1", LVT_LINT1);
    lvt("LVTPC", LVT_PERFORMANCE);
    lvt("LVTERR", LVT_ERROR);
    lvt("LVTTHMR", LVT_THERMAL);
    lvt("LVTT", LVT_TIMER);
    int divide = register(DIVIDE);
    int code = divide & 3 | divide >>> 1 & 4;
    add("Timer\t DCR=0x%x (divide by %d) initial_count = %s current_count = %s\n", divide, code == 7 ? 1 : 2 << code,
        Integer.toUnsignedString(register(INITIAL_COUNT)), Integer.toUnsignedString(register(CURRENT_COUNT)));
    int svr = register(SVR);
    add("SPIV\t 0x%08x APIC %s, focus=%s, spurious vec %d\n", svr, (svr & 0x100) != 0 ? "enabled" : "disabled",
        (svr & 0x200) != 0 ? "on" : "off", svr & 0xFF);
    command();
    add("ESR\t 0x%08x\n", register(ESR));
    vectors("ISR", ISR);
    vectors("IRR", IRR);
    int model = register(DFR) >>> 28;
    int logical = register(LDR) >>> 24;
    add("\nAPR 0x%02x TPR 0x%02x DFR 0x%02x LDR 0x%02x", apic.id(), register(TPR), model, logical);
    if (model == 0) {
      add("(cluster %d: id %d)", logical >>> 4, logical & 0xF);
    }
    add(" PPR 0x%02x\n", register(PPR));
    return out.toString();
  }

  private void lvt(String name, int offset) {
    int entry = register(offset);
    int delivery = entry >>> 8 & 7;
    String mode = offset != LVT_TIMER ? "" : (entry & 0x20000) != 0 ? "periodic"
        : (entry & 0x40000) != 0 ? "tsc-deadline" : "one-shot";
    add("%s\t 0x%08x %s %-5s %-6s %-7s %-12s %-6s", name, entry, (entry & 0x2000) != 0 ? "active-lo" : "active-hi",
        (entry & 0x8000) != 0 ? "level" : "edge", (entry & 0x10000) != 0 ? "masked" : "",
        (entry & 0x1000) != 0 ? "pending" : "", mode, DELIVERY[delivery]);
    out.append(delivery == NMI ? "\n" : " (vec " + (entry & 0xFF) + ")\n");
  }

  private void command() {
    int low = register(ICR_LOW);
    int high = register(ICR_HIGH);
    boolean logical = (low & 0x800) != 0;
    int shorthand = low >>> 18 & 3;
    add("ICR\t 0x%08x %s %s %s %s\n", low, logical ? "logical" : "physical", (low & 0x8000) != 0 ? "level" : "edge",
        (low & 0x4000) != 0 ? "assert" : "de-assert", SHORTHAND[shorthand]);
    add("ICR2\t 0x%08x", high);
    out.append(shorthand != 0 ? "\n" : destination(high, logical));
  }

  private String destination(int high, boolean logical) {
    boolean wide = (apic.base() & LocalApic.BASE_X2APIC) != 0;
    int field = wide ? high : high >>> 24;
    String which = wide ? " (X2APIC ID)\n" : " (APIC ID)\n";
    if (!logical) {
      return " cpu " + Integer.toUnsignedString(field) + which;
    }
    if (wide) {
      return " cluster " + (field >>> 16) + " mask " + mask(field, 16) + which;
    }
    return register(DFR) >>> 28 == 0xF
        ? " mask " + mask(field, 8) + which
        : " cluster " + (field >>> 4) + " mask " + mask(field, 4) + which;
  }

  private static String mask(int value, int bits) {
    StringBuilder digits = new StringBuilder();
    for (int i = bits - 1; i >= 0; i--) {
      digits.append(value >>> i & 1);
    }
    return digits.toString();
  }

  private void vectors(String name, int offset) {
    StringBuilder list = new StringBuilder();
    for (int vector = 0; vector < 256; vector++) {
      if (bit(offset, vector)) {
        list.append(vector).append(bit(TMR, vector) ? "(level) " : " ");
      }
    }
    add("%s\t %s\n", name, list.isEmpty() ? "(none)" : list);
  }

  private boolean bit(int offset, int vector) {
    return (register(offset + (vector >>> 5) * 16) >>> (vector & 31) & 1) != 0;
  }

  private void add(String format, Object... values) {
    out.append(String.format(format, values));
  }
}
