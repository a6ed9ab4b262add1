package thespis.actors.build;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/// Rewrites the jars of a distribution so that the JVM has less to link at each start: some of what `invokedynamic` asks for
/// is made anew by every process, as an AOT cache cannot hold it. See {@link PrelinkedClass} for what. Jars that need
/// nothing stay as they are, so a second run changes nothing.
public final class Prelink {
  private final ClassFile classes;

  private Prelink(ClassLoader all) {
    classes = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
        ClassHierarchyResolver.ofResourceParsing(all).orElse(ClassHierarchyResolver.defaultResolver())));
  }

  /// @param arguments folders with jars
  public static void main(String[] arguments) throws IOException {
    List<Path> jars = new ArrayList<>();
    for (String folder : arguments) {
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        files.filter(f -> f.toString().endsWith(".jar")).sorted().forEach(jars::add);
      }
    }
    rewrite(jars);
  }

  /// @param jars that refer to no classes but each other's and the JDK's
  static void rewrite(List<Path> jars) throws IOException {
    URL[] urls = new URL[jars.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = jars.get(i).toUri().toURL();
    }
    try (URLClassLoader all = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Prelink prelink = new Prelink(all);
      for (Path jar : jars) {
        prelink.rewrite(jar);
      }
    }
  }

  private void rewrite(Path jar) throws IOException {
    Path fresh = jar.resolveSibling(jar.getFileName() + ".new");
    boolean changed = false;
    try (JarFile in = new JarFile(jar.toFile());
        JarOutputStream out = new JarOutputStream(new BufferedOutputStream(Files.newOutputStream(fresh)))) {
      for (JarEntry entry : Collections.list(in.entries())) {
        byte[] old = in.getInputStream(entry).readAllBytes();
        byte[] bytes = isCode(entry.getName()) ? PrelinkedClass.of(classes, old) : old;
        changed |= bytes != old;
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
      }
    }
    if (changed) {
      Files.move(fresh, jar, StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.delete(fresh);
    }
  }

  /// Classes for other versions of the JDK may need other hierarchies, and a module's description has no code.
  private static boolean isCode(String name) {
    return name.endsWith(".class") && !name.endsWith("module-info.class") && !name.startsWith("META-INF/");
  }
}
