package thespis.actors.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The demo's default guest: Debian's kernel for clouds and its static BusyBox, as Debian packages them. They are
/// fetched by apt-get and unpacked, not installed, into the user's cache folder, once. Tests boot it too.
public final class LinuxGuest {
  private static final String META = "linux-image-cloud-amd64";
  private static final String BUSYBOX = "busybox-static";

  private final Path cache;
  private final PrintStream out;
  private final boolean live;

  /// @param cache where to keep what is fetched
  /// @param live progress may be drawn over itself
  public LinuxGuest(Path cache, PrintStream out, boolean live) {
    this.cache = cache;
    this.out = out;
    this.live = live;
  }

  public Path kernel() {
    return cache.resolve("vmlinuz");
  }

  /// Makes sure that everything is there.
  ///
  /// @throws DemoException if it cannot be had
  public void fetch() {
    try {
      if (!Files.exists(kernel()) || !Files.exists(cache.resolve("busybox"))) {
        need("apt-get");
        need("dpkg-deb");
        Files.createDirectories(cache);
        out.println("Fetching the guest into " + cache + " (once):");
        fetchKernel();
        fetchBusyBox();
      }
    } catch (IOException e) {
      throw new DemoException("the guest cannot be stored in " + cache + ": " + e.getMessage());
    }
  }

  /// The initial RAM disk: BusyBox and the demo's first process.
  public byte[] initrd() {
    try (InputStream init = LinuxGuest.class.getResourceAsStream("init")) {
      return initrd(init.readAllBytes());
    } catch (IOException e) {
      throw new DemoException("the guest's RAM disk cannot be made: " + e.getMessage());
    }
  }

  /// The same with another first process, for BusyBox's shell.
  public byte[] initrd(byte[] init) {
    try {
      return new Cpio()
          .folder("dev")
          .device("dev/console", 5, 1)
          .folder("bin")
          .program("bin/busybox", Files.readAllBytes(cache.resolve("busybox")))
          .program("init", init)
          .end();
    } catch (IOException e) {
      throw new DemoException("the guest's RAM disk cannot be made: " + e.getMessage());
    }
  }

  private void fetchKernel() throws IOException {
    Matcher real = Pattern.compile("Depends: (linux-image-\\d\\S+)").matcher(knownPackage(META));
    if (!real.find()) {
      throw new DemoException("the package " + META + " does not say which kernel it stands for");
    }
    unpack(real.group(1), "./boot/vmlinuz-*", "vmlinuz");
  }

  private void fetchBusyBox() throws IOException {
    knownPackage(BUSYBOX);
    unpack(BUSYBOX, "*bin/busybox", "busybox");
  }

  /// What apt knows of a package. Without package lists they are fetched first, for us alone if we may not do it for
  /// all.
  private String knownPackage(String name) throws IOException {
    String known = text("apt-cache", "depends", name);
    if (known.isEmpty()) {
      out.println("  package lists (apt-get update)");
      List<String> update = new ArrayList<>(apt("apt-get"));
      update.addAll(List.of("-qq", "update"));
      text(update.toArray(String[]::new));
      List<String> ask = new ArrayList<>(apt("apt-cache"));
      ask.addAll(List.of("depends", name));
      known = text(ask.toArray(String[]::new));
    }
    if (known.isEmpty()) {
      throw new DemoException("apt does not know the package " + name + " (is this Debian, and is it online?)");
    }
    return known;
  }

  /// The program with our own lists where those of the system cannot be written.
  private List<String> apt(String program) throws IOException {
    if (Files.isWritable(Path.of("/var/lib/apt/lists"))) {
      return List.of(program);
    }
    Path lists = Files.createDirectories(cache.resolve("apt/lists/partial")).getParent();
    Files.createDirectories(cache.resolve("apt/archives/partial"));
    return List.of(program, "-o", "Dir::State::lists=" + lists, "-o", "Dir::Cache=" + cache.resolve("apt"));
  }

  private void unpack(String name, String member, String target) throws IOException {
    Path folder = Files.createTempDirectory(cache, "fetch");
    try {
      Path file = download(name, folder);
      List<Process> pipe = ProcessBuilder.startPipeline(List.of(
          new ProcessBuilder("dpkg-deb", "--fsys-tarfile", file.toString()),
          new ProcessBuilder("tar", "-xf", "-", "-C", folder.toString(), "--wildcards", member)
              .redirectError(ProcessBuilder.Redirect.DISCARD)));
      await(pipe.getLast());
      try (Stream<Path> found = Files.walk(folder)) {
        Path unpacked = found.filter(p -> Files.isRegularFile(p) && !p.equals(file)).findFirst()
            .orElseThrow(() -> new DemoException("the package " + name + " has no " + member));
        Files.move(unpacked, cache.resolve(target), StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      delete(folder);
    }
  }

  private Path download(String name, Path folder) throws IOException {
    List<String> command = new ArrayList<>(apt("apt-get"));
    command.addAll(List.of("-q", "download", name));
    Path log = folder.resolve("apt.log");
    Progress progress = new Progress(out, live, name, size(name));
    Process apt = new ProcessBuilder(command).directory(folder.toFile())
        .redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      while (!apt.waitFor(200, java.util.concurrent.TimeUnit.MILLISECONDS)) {
        progress.at(deb(folder).map(LinuxGuest::length).orElse(0L));
      }
    } catch (InterruptedException e) {
      apt.destroy();
      throw new DemoException("interrupted");
    }
    Optional<Path> file = deb(folder);
    if (apt.exitValue() != 0 || file.isEmpty()) {
      throw new DemoException("apt-get download " + name + " failed: " + Files.readString(log).strip());
    }
    progress.done(length(file.get()));
    Files.delete(log);
    return file.get();
  }

  private long size(String name) throws IOException {
    List<String> ask = new ArrayList<>(apt("apt-cache"));
    ask.addAll(List.of("--no-all-versions", "show", name));
    Matcher size = Pattern.compile("(?m)^Size: (\\d+)").matcher(text(ask.toArray(String[]::new)));
    return size.find() ? Long.parseLong(size.group(1)) : 0;
  }

  private static Optional<Path> deb(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().contains(".deb")).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  private static void need(String program) {
    boolean there = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    if (!there) {
      throw new DemoException("there is no " + program + " here: the default guest is made of Debian's packages");
    }
  }

  /// Standard output of a program; empty if it failed.
  private static String text(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes());
    return await(process) == 0 ? text : "";
  }

  private static int await(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      throw new DemoException("interrupted");
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
