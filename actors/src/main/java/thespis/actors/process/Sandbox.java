package thespis.actors.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import thespis.actors.cli.Options.Denied;

/// System calls that the process gives up, for all of its threads and for good: `-sandbox`. Linux "Seccomp BPF (SECure
/// COMPuting with filters)", seccomp(2), and the numbers of its x86-64 system call table. What is denied fails with
/// EPERM. QEMU differs: there it ends the process.
final class Sandbox {
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int SYS_SECCOMP = 317;
  private static final int SET_MODE_FILTER = 1;
  private static final int ALL_THREADS = 1;

  private static final int ARCH_X86_64 = 0xC000_003E;
  private static final int X32 = 0x4000_0000;
  private static final int RETURN_ALLOW = 0x7FFF_0000;
  private static final int RETURN_ERRNO = 0x0005_0000;
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;

  private static final int CLONE = 56;
  private static final int CLONE3 = 435;
  private static final int CLONE_THREAD = 0x10000;

  // offsets in the data that the filter sees
  private static final int NUMBER = 0;
  private static final int ARCHITECTURE = 4;
  private static final int FIRST_ARGUMENT = 16;

  // operations of the filter's machine
  private static final int LOAD = 0x20;
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP_AT_LEAST = 0x35;
  private static final int JUMP_ANY_BIT = 0x45;
  private static final int RETURN = 0x06;

  /// reboot, swapon, swapoff, syslog, mount, umount2, kexec_load, kexec_file_load, vserver and others without a use.
  private static final List<Integer> ALWAYS = List.of(169, 167, 168, 103, 165, 166, 246, 320, 236, 183, 181, 182, 185, 184);

  /// _sysctl, create_module, get_kernel_syms, query_module, sysfs, uselib, ustat.
  private static final List<Integer> OBSOLETE = List.of(156, 174, 177, 178, 139, 134, 136);

  /// setuid, setgid, setpgid, setsid, setreuid, setregid, setresuid, setresgid, setfsuid, setfsgid.
  private static final List<Integer> PRIVILEGES = List.of(105, 106, 109, 112, 113, 114, 117, 119, 122, 123);

  /// fork, vfork, execve, execveat; clone is told apart by what it makes.
  private static final List<Integer> SPAWN = List.of(57, 58, 59, 322);

  /// setpriority, sched_setparam, sched_setscheduler, sched_setaffinity, sched_setattr.
  private static final List<Integer> RESOURCES = List.of(141, 142, 144, 203, 314);

  /// @param code and how far to jump, further if the comparison holds than if not
  private record Step(int code, int yes, int no, int value) {}

  private Sandbox() {}

  static void enter(Denied denied) {
    List<Step> filter = filter(denied);
    Linker linker = Linker.nativeLinker();
    MethodHandle prctl = linker.downcallHandle(
        linker.defaultLookup().findOrThrow("prctl"),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    MethodHandle syscall = linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment steps = arena.allocate(8L * filter.size(), 8);
      for (int i = 0; i < filter.size(); i++) {
        Step step = filter.get(i);
        steps.set(JAVA_SHORT, 8L * i, (short) step.code);
        steps.set(JAVA_SHORT, 8L * i + 2, (short) (step.yes | step.no << 8));
        steps.set(JAVA_INT, 8L * i + 4, step.value);
      }
      MemorySegment program = arena.allocate(16, 8);
      program.set(JAVA_SHORT, 0, (short) filter.size());
      program.set(ADDRESS, 8, steps);
      int first = (int) prctl.invokeExact(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
      long second = (long) syscall.invokeExact((long) SYS_SECCOMP, (long) SET_MODE_FILTER, (long) ALL_THREADS, program);
      if (first != 0 || second != 0) {
        throw new StartException("failed to install seccomp syscall filter in the kernel");
      }
    } catch (StartException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
  }

  private static List<Step> filter(Denied denied) {
    if (!System.getProperty("os.arch").equals("amd64")) {
      throw new StartException("-sandbox on is not supported on this host");
    }
    List<Integer> numbers = new ArrayList<>(ALWAYS);
    numbers.addAll(denied.obsolete() ? OBSOLETE : List.of());
    numbers.addAll(denied.privileges() ? PRIVILEGES : List.of());
    numbers.addAll(denied.spawn() ? SPAWN : List.of());
    numbers.addAll(denied.resources() ? RESOURCES : List.of());
    List<Step> filter = new ArrayList<>();
    filter.add(new Step(LOAD, 0, 0, ARCHITECTURE));
    filter.add(new Step(JUMP_EQUAL, 1, 0, ARCH_X86_64));
    filter.add(new Step(RETURN, 0, 0, RETURN_ERRNO | EPERM));
    filter.add(new Step(LOAD, 0, 0, NUMBER));
    filter.add(new Step(JUMP_AT_LEAST, 0, 1, X32));
    filter.add(new Step(RETURN, 0, 0, RETURN_ERRNO | EPERM));
    for (int number : numbers) {
      filter.add(new Step(JUMP_EQUAL, 0, 1, number));
      filter.add(new Step(RETURN, 0, 0, RETURN_ERRNO | EPERM));
    }
    if (denied.spawn()) {
      filter.add(new Step(JUMP_EQUAL, 0, 1, CLONE3)); // its flags can't be seen: the C library then takes clone
      filter.add(new Step(RETURN, 0, 0, RETURN_ERRNO | ENOSYS));
      filter.add(new Step(JUMP_EQUAL, 0, 3, CLONE));
      filter.add(new Step(LOAD, 0, 0, FIRST_ARGUMENT));
      filter.add(new Step(JUMP_ANY_BIT, 1, 0, CLONE_THREAD));
      filter.add(new Step(RETURN, 0, 0, RETURN_ERRNO | EPERM));
    }
    filter.add(new Step(RETURN, 0, 0, RETURN_ALLOW));
    return filter;
  }
}
