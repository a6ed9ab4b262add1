package thespis.actors.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import thespis.actors.process.UserCache;

/// `thespis demo`: boots a guest with one CPU of four, adds the other three over QMP one after another, and shows what
/// happens as it happens. Succeeds only if the guest itself reports all four online.
public final class Demo {
  private static final String TINY_IMAGE = "tiny.elf";

  private final String program;
  private final PrintStream out;

  private Demo(String program, PrintStream out) {
    this.program = program;
    this.out = out;
  }

  /// @param arguments what follows `demo`
  /// @return the process's exit status
  public static int run(String program, List<String> arguments) {
    return new Demo(program, System.out).run(arguments);
  }

  private int run(List<String> arguments) {
    try {
      return switch (String.join(" ", arguments)) {
        case "" -> linuxOrTiny();
        case "--tiny" -> tiny(out);
        case "--warm-up" -> warmUp();
        default -> usage();
      };
    } catch (DemoException e) {
      System.err.println(program + ": demo: " + e.getMessage());
      return 1;
    } catch (IOException e) {
      System.err.println(program + ": demo: " + e);
      return 1;
    }
  }

  /// For the build: what a start loads, and what a machine at work is like.
  private int warmUp() throws IOException {
    int status = inFolder(folder -> WarmUp.run(program, folder));
    return status == 0 && hasTiny() ? tiny(new PrintStream(OutputStream.nullOutputStream())) : status;
  }

  private static boolean hasTiny() {
    return Demo.class.getResource(TINY_IMAGE) != null;
  }

  private int usage() {
    System.err.println("usage: " + program + " demo [--tiny]");
    return 1;
  }

  private int linuxOrTiny() throws IOException {
    LinuxGuest guest = new LinuxGuest(UserCache.folder(), out, System.getenv("TERM") != null && onTerminal());
    try {
      guest.fetch();
    } catch (DemoException e) {
      out.println("No Linux for the demo: " + e.getMessage());
      out.println("With a kernel and an initial RAM disk of your own, start it as you would QEMU:");
      out.println("  " + program + " -M pc -smp 1,maxcpus=4 -m 512 -kernel KERNEL -initrd INITRD"
          + " -append console=ttyS0 -nographic");
      out.println("Going on with the tiny guest (demo --tiny).");
      return tiny(out);
    }
    return inFolder(folder -> {
      Path initrd = Files.write(folder.resolve("initrd"), guest.initrd());
      return new DemoRun(program, folder, new DemoScreen(out), 240).play(List.of(
          "-m", "512", "-kernel", guest.kernel().toString(), "-initrd", initrd.toString(),
          "-append", "console=ttyS0"));
    });
  }

  private int tiny(PrintStream screen) throws IOException {
    return inFolder(folder -> {
      Path kernel = folder.resolve(TINY_IMAGE);
      try (InputStream image = Demo.class.getResourceAsStream(TINY_IMAGE)) {
        if (image == null) {
          throw new DemoException("the tiny guest is missing in this build");
        }
        Files.copy(image, kernel);
      }
      return new DemoRun(program, folder, new DemoScreen(screen), 60).play(
          List.of("-m", "32", "-kernel", kernel.toString()));
    });
  }

  private interface Play {
    int in(Path folder) throws IOException;
  }

  private static int inFolder(Play play) throws IOException {
    Path folder = Files.createTempDirectory("thespis-demo");
    try {
      return play.in(folder);
    } finally {
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static boolean onTerminal() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).startsWith("/dev/pts");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
