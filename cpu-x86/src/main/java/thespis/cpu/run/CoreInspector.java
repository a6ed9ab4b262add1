package thespis.cpu.run;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import thespis.cpu.apic.ApicDump;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PageTables;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.DebugPoints;

/// A look at a {@link Core}.
final class CoreInspector implements Inspector {
  private static final List<String> GENERAL = List.of(
      "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15");
  private static final List<String> SEGMENTS = List.of("es", "cs", "ss", "ds", "fs", "gs");

  private final Cpu cpu;
  private final PhysMap phys;
  private final CodeMap code;
  private final BooleanSupplier halted;
  private final Supplier<TranslationState> translation;

  /// @param code hears of what is written
  /// @param halted HLT or wait-for-SIPI
  /// @param translation what the core says of its code
  CoreInspector(
      Cpu cpu, PhysMap phys, CodeMap code, BooleanSupplier halted, Supplier<TranslationState> translation) {
    this.cpu = cpu;
    this.phys = phys;
    this.code = code;
    this.halted = halted;
    this.translation = translation;
  }

  @Override
  public String registers() {
    return CpuDump.of(cpu, halted.getAsBoolean());
  }

  /// QEMU 7.2 has neither control registers nor the long names here.
  @Override
  public OptionalLong register(String name) {
    int general = GENERAL.indexOf(switch (name) {
      case "sp" -> "esp";
      case "fp" -> "ebp";
      default -> name;
    });
    if (general >= 0) {
      return OptionalLong.of(cpu.reg(8 * general));
    }
    int dot = name.indexOf('.');
    int segment = SEGMENTS.indexOf(dot < 0 ? name : name.substring(0, dot));
    if (segment >= 0) {
      return switch (dot < 0 ? "" : name.substring(dot)) {
        case "" -> OptionalLong.of(cpu.selector(segment));
        case ".base" -> OptionalLong.of(cpu.base(segment));
        case ".limit" -> OptionalLong.of(cpu.limit[segment]);
        default -> OptionalLong.empty();
      };
    }
    return switch (name) {
      case "eflags" -> OptionalLong.of(Flags.rflags(cpu));
      case "eip" -> OptionalLong.of(cpu.rip());
      case "pc" -> OptionalLong.of(cpu.base(Cpu.CS) + cpu.rip());
      default -> OptionalLong.empty();
    };
  }

  @Override
  public String ranges() {
    return paging(PagingDump::ranges);
  }

  @Override
  public String pages() {
    return paging(PagingDump::pages);
  }

  @Override
  public boolean visitPages(PageTables.Visitor visitor) {
    if (!hasPaging()) {
      return false;
    }
    new PageTables(cpu, phys).visit(visitor);
    return true;
  }

  private boolean hasPaging() {
    return (cpu.cr0 & Cpu.CR0_PG) != 0;
  }

  private String paging(Function<PageTables, String> text) {
    return !hasPaging() ? "PG disabled\n" : text.apply(new PageTables(cpu, phys));
  }

  @Override
  public String localApic() {
    return ApicDump.of(cpu.index, cpu.apic);
  }

  @Override
  public TranslationState translation() {
    return translation.get();
  }

  @Override
  public long translate(long linear) {
    return cpu.mmu.probe(linear);
  }

  @Override
  public boolean readPhysical(long address, byte[] into) {
    int done = 0;
    while (done < into.length) {
      long at = address + done;
      int room = (int) Math.min(into.length - done, PhysMap.PAGE_SIZE - (at & PhysMap.PAGE_SIZE - 1));
      long host = phys.hostForRead(at);
      if (host != 0) {
        Mem.copyOut(host, into, done, room);
      } else if (cpu.apic.covers(at)) {
        Arrays.fill(into, done, done + room, (byte) 0);
      } else if (!readDevice(at, into, done, room)) {
        return false;
      }
      done += room;
    }
    return true;
  }

  private boolean readDevice(long address, byte[] into, int from, int bytes) {
    if (!cpu.bus.hasMmio(address)) {
      return false;
    }
    int done = 0;
    while (done < bytes) {
      int size = (address + done) % 4 == 0 && bytes - done >= 4 ? 4 : 1;
      long value = cpu.bus.mmioRead(address + done, size);
      for (int i = 0; i < size; i++) {
        into[from + done++] = (byte) (value >>> 8 * i);
      }
    }
    return true;
  }

  @Override
  public boolean readVirtual(long address, byte[] into) {
    int done = 0;
    while (done < into.length) {
      long at = address + done;
      int room = (int) Math.min(into.length - done, PhysMap.PAGE_SIZE - (at & PhysMap.PAGE_SIZE - 1));
      long physical = translate(at);
      byte[] piece = new byte[room];
      if (physical < 0 || !readPhysical(physical, piece)) {
        return false;
      }
      System.arraycopy(piece, 0, into, done, room);
      done += room;
    }
    return true;
  }

  @Override
  public String disassembly(long address, int count, boolean physical) {
    StringBuilder text = new StringBuilder();
    try (Listing listing = new Listing(cpu)) {
      long at = address;
      for (int i = 0; i < count; i++) {
        byte[] code = code(at, physical);
        String lines = code.length == 0 ? null : listing.lines(at, code);
        if (lines == null) {
          return text.append(String.format("0x%08x: unable to read memory\n", at)).toString();
        }
        text.append(lines);
        at += listing.length();
      }
    }
    return text.toString();
  }

  /// As many bytes of an instruction as are there.
  private byte[] code(long address, boolean physical) {
    int left = (int) (PhysMap.PAGE_SIZE - (address & PhysMap.PAGE_SIZE - 1));
    for (int bytes : new int[] {Listing.LONGEST, Math.min(left, Listing.LONGEST)}) {
      byte[] code = new byte[bytes];
      if (physical ? readPhysical(address, code) : readVirtual(address, code)) {
        return code;
      }
    }
    return new byte[0];
  }

  @Override
  public boolean writePhysical(long address, byte[] bytes) {
    return inPages(address, bytes.length, (at, done, room) -> {
      long host = phys.hostForRead(at);
      if (host == 0) {
        return false;
      }
      Mem.copyIn(bytes, done, host, room);
      code.writtenByDevice(host, room);
      return true;
    });
  }

  @Override
  public boolean writeVirtual(long address, byte[] bytes) {
    return inPages(address, bytes.length, (at, done, room) -> {
      long physical = translate(at);
      return physical >= 0 && writePhysical(physical, Arrays.copyOfRange(bytes, done, done + room));
    });
  }

  private interface Piece {
    boolean done(long address, int offset, int bytes);
  }

  private static boolean inPages(long address, int bytes, Piece piece) {
    int done = 0;
    while (done < bytes) {
      long at = address + done;
      int room = (int) Math.min(bytes - done, PhysMap.PAGE_SIZE - (at & PhysMap.PAGE_SIZE - 1));
      if (!piece.done(at, done, room)) {
        return false;
      }
      done += room;
    }
    return true;
  }

  @Override
  public CoreNotes coreNotes(int number) {
    return CoreNotes.of(cpu, number);
  }

  @Override
  public DebugRegisters debugRegisters() {
    return new DebugRegisters(cpu);
  }

  @Override
  public boolean halted() {
    return halted.getAsBoolean();
  }

  @Override
  public DebugPoints.Watch met() {
    return cpu.met;
  }

  @Override
  public long in(int port, int size) {
    return cpu.bus.in(port, size);
  }

  @Override
  public boolean out(int port, int size, int value) {
    return cpu.bus.out(port, size, value);
  }
}
