package thespis.tests.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a Linux on its console says of its machine: each message that it takes for a warning or worse, and each that tells
/// of trouble at whatever level, except what it says of a PC under QEMU 7.2 with TCG too. The levels are those of
/// Documentation/core-api/printk-basics.rst, "Message logging with printk", and the form of a line is that of
/// `console_msg_format=syslog` in The kernel's command-line parameters.
final class KernelLog {
  /// The kernel's command line that has it tell each message's level.
  static final String ON_CONSOLE = "console=ttyS0 console_msg_format=syslog";

  private static final int WARNING = 4;

  /// A message may begin behind what a program has said of a line.
  private static final Pattern MESSAGE = Pattern.compile("<(\\d+)>\\[ *\\d+\\.\\d+] (.*)");

  /// Trouble that the kernel may tell as news.
  private static final Pattern TROUBLE = Pattern.compile("unchecked MSR access error|WARNING:|BUG:|Firmware (Bug|Warn)"
      + "|ACPI (BIOS )?(Error|Warning|Exception)|APIC error|[Uu]nexpected (IRQ|interrupt)|[Ss]purious|No irq handler"
      + "|nobody cared|[Cc]locksource.*(skew|unstable)|TSC.*(unstable after boot|halts|warp)|TSC ADJUST|TSC_DEADLINE disabled"
      + "|8254 timer not connected|CPU\\d+.*(not responding|failed to|did not)|split lock|stall|lockup|traps:|mce:.*[Ee]rror"
      + "|x86/fpu:.*(wrong|mismatch|inconsistent)|PCI.*(conflict|can't)|no compatible bridge window");

  /// What is said of QEMU's machines as well.
  private static final List<Pattern> KNOWN = List.of(
      // The level of what it tells last is 0, lest it be lost.
      Pattern.compile("reboot: (Power down|Restarting system|machine restart)"),
      // An i440FX has no extended configuration space.
      Pattern.compile("acpi PNP0A03:00: fail to add MMCONFIG information, can't access extended PCI configuration space "
          + "under this bridge\\."),
      // Several processors of a model without an invariant TSC: the scheduler's clock is none to order events by.
      Pattern.compile("Unstable clock detected, switching default tracing clock to \"global\""),
      Pattern.compile("If you want to keep using the local clock, then add:"),
      Pattern.compile("  \"trace_clock=local\""),
      Pattern.compile("on the kernel command line"),
      // The rest of "smp: Bringing up secondary CPUs", which has no level of its own once another message got between.
      Pattern.compile("( #\\d+)+"),
      // Likewise that of "Freezing user space processes ...".
      Pattern.compile("(\\(elapsed \\d+\\.\\d+ seconds\\) )?done\\."),
      // A host that is busy with others takes the processor away in the middle of a measurement.
      Pattern.compile("tsc: Unable to calibrate against PIT"),
      Pattern.compile("hrtimer: interrupt took \\d+ ns"),
      Pattern.compile("sched: RT throttling activated"),
      Pattern.compile("perf: interrupt took too long \\(\\d+ > \\d+\\), lowering .*"),
      Pattern.compile("hpet: Lost \\d+ RTC interrupts"),
      Pattern.compile("APIC calibration not consistent with PM-Timer: \\d+ms instead of 100ms"));

  private final List<String> complaints = new ArrayList<>();
  private final StringBuilder line = new StringBuilder();

  /// What came on the console, in pieces as it came.
  void append(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        judge(line.toString().stripTrailing());
        line.setLength(0);
      } else {
        line.append(c);
      }
    }
  }

  /// The messages, in order.
  List<String> complaints() {
    return complaints;
  }

  private void judge(String text) {
    Matcher message = MESSAGE.matcher(text);
    if (message.find()) {
      int level = Integer.parseInt(message.group(1)) % 8;
      String words = message.group(2);
      boolean complains = level <= WARNING || TROUBLE.matcher(words).find();
      if (complains && KNOWN.stream().noneMatch(known -> known.matcher(words).matches())) {
        complaints.add(message.group());
      }
    }
  }
}
