package thespis.actors.hmp;

import java.util.List;
import java.util.concurrent.CompletionStage;
import thespis.cpu.run.Inspector;
import thespis.cpu.run.IoBus;

/// The commands that look at memory, ports and numbers. All of it happens on the current CPU's thread: memory is there
/// as long as a CPU is.
final class MemoryCommands {
  private static final int PAGE = 4096;

  static final List<HmpCommand> ALL = List.of(
      new HmpCommand("x", "fmt:/,addr:l", "/fmt addr", "virtual memory dump starting at 'addr'",
          (s, a) -> s.look("Can not dump without CPU\n", cpu -> dump(cpu, a.format(), a.number("addr"), false))),
      new HmpCommand("xp", "fmt:/,addr:l", "/fmt addr", "physical memory dump starting at 'addr'",
          (s, a) -> s.look(cannotAccess(a.number("addr")), cpu -> dump(cpu, a.format(), a.number("addr"), true))),
      new HmpCommand("print|p", "fmt:/,val:l", "/fmt expr",
          "print expression value (use $reg for CPU register access)",
          (s, a) -> HmpCommand.text(a.format().print(a.number("val")) + "\n")),
      new HmpCommand("i", "fmt:/,addr:i,index:i.", "/fmt addr", "I/O port read", MemoryCommands::in),
      new HmpCommand("o", "fmt:/,addr:i,val:i", "/fmt addr value", "I/O port write", MemoryCommands::out),
      new HmpCommand("sum", "start:i,size:i", "addr size", "compute the checksum of a memory region",
          (s, a) -> s.look("00000\n", cpu -> sum(cpu, a.number("start"), a.number("size")))),
      new HmpCommand("gva2gpa", "addr:l", "addr",
          "print the guest physical address corresponding to a guest virtual address",
          (s, a) -> s.look("No cpu\n", cpu -> physical(cpu.translate(a.number("addr"))))),
      new HmpCommand("gpa2hva", "addr:l", "addr",
          "print the host virtual address corresponding to a guest physical address",
          (s, a) -> HmpCommand.text(HostAddress.virtual(s.machine().chips(), a.number("addr")))),
      new HmpCommand("gpa2hpa", "addr:l", "addr",
          "print the host physical address corresponding to a guest physical address",
          (s, a) -> HmpCommand.text(HostAddress.physical(s.machine().chips(), a.number("addr")))));

  private MemoryCommands() {}

  private static String physical(long address) {
    return address < 0 ? "Unmapped\n" : "gpa: " + (address == 0 ? "0" : "0x" + Long.toHexString(address)) + "\n";
  }

  private static String cannotAccess(long address) {
    return String.format("%016x: Cannot access memory\n", address);
  }

  /// Lines of 16 bytes, or of 8 where they are shown one by one.
  static String dump(Inspector cpu, DumpFormat format, long address, boolean physical) {
    if (format.notation() == 'i') {
      return cpu.disassembly(address, format.count(), physical);
    }
    StringBuilder out = new StringBuilder();
    int perLine = format.size() == 1 ? 8 : 16;
    int step = format.notation() == 'c' ? 1 : format.size();
    long left = (long) format.size() * format.count();
    long at = address;
    while (left > 0) {
      byte[] bytes = new byte[(int) Math.min(left, perLine)];
      boolean readable = physical ? cpu.readPhysical(at, bytes) : cpu.readVirtual(at, bytes);
      if (!readable) {
        return out.append(cannotAccess(at)).toString();
      }
      out.append(String.format("%016x:", at));
      for (int i = 0; i < bytes.length; i += step) {
        out.append(' ').append(format.column(number(bytes, i, step)));
      }
      out.append('\n');
      at += bytes.length;
      left -= bytes.length;
    }
    return out.toString();
  }

  private static long number(byte[] bytes, int from, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (bytes[from + i] & 0xFFL) << 8 * i;
    }
    return value;
  }

  /// BSD's checksum, as `sum -r` of the coreutils computes it.
  private static String sum(Inspector cpu, long start, long size) {
    int sum = 0;
    byte[] page = new byte[PAGE];
    for (long done = 0; done < size; done += PAGE) {
      byte[] bytes = size - done < PAGE ? new byte[(int) (size - done)] : page;
      if (!cpu.readPhysical(start + done, bytes)) {
        java.util.Arrays.fill(bytes, (byte) 0);
      }
      for (byte b : bytes) {
        sum = (sum >>> 1 | sum << 15) + (b & 0xFF) & 0xFFFF;
      }
    }
    return String.format("%05d\n", sum);
  }

  private static int width(DumpFormat format) {
    return switch (format.size()) {
      case 1, 2 -> format.size();
      default -> 4;
    };
  }

  private static CompletionStage<String> in(Session session, Arguments arguments) {
    int size = width(arguments.format());
    long base = arguments.number("addr") & 0xFFFF;
    boolean indexed = arguments.has("index");
    int port = (int) (base + (indexed ? 1 : 0) & 0xFFFF);
    String head = String.format("port%c[0x%04x] = ", " bw l".charAt(size), port);
    String floating = head + "0x" + "ff".repeat(size) + "\n";
    return session.look(floating, cpu -> {
      if (indexed) {
        cpu.out((int) base, 1, (int) arguments.number("index") & 0xFF);
      }
      long value = cpu.in(port, size);
      return value == IoBus.DEFERRED ? owned(port) : head + String.format("0x%0" + 2 * size + "x\n", value);
    });
  }

  private static CompletionStage<String> out(Session session, Arguments arguments) {
    int size = width(arguments.format());
    int port = (int) arguments.number("addr") & 0xFFFF;
    return session.look("", cpu -> cpu.out(port, size, (int) arguments.number("val")) ? "" : owned(port));
  }

  private static String owned(int port) {
    return String.format("port 0x%04x belongs to the ACPI controller: only the guest can use it\n", port);
  }
}
