package thespis.actors.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrelinkTest {
  @TempDir
  Path folder;

  private Path jar(String name, Class<?>... classes) throws IOException {
    Path jar = folder.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("notes.txt"));
      out.write("kept".getBytes(StandardCharsets.UTF_8));
      out.closeEntry();
      for (Class<?> c : classes) {
        String path = c.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(path));
        try (InputStream in = c.getClassLoader().getResourceAsStream(path)) {
          in.transferTo(out);
        }
        out.closeEntry();
      }
    }
    return jar;
  }

  private Path sample() throws IOException {
    List<Class<?>> all = new ArrayList<>(List.of(PrelinkSample.class));
    all.addAll(Arrays.asList(PrelinkSample.class.getDeclaredClasses()));
    return jar("sample.jar", all.toArray(new Class<?>[0]));
  }

  /// The bootstrap methods of a class's call sites.
  private static Set<String> bootstraps(Path jar, Class<?> c) throws IOException {
    try (JarFile in = new JarFile(jar.toFile())) {
      byte[] bytes = in.getInputStream(in.getEntry(c.getName().replace('.', '/') + ".class")).readAllBytes();
      return ClassFile.of().parse(bytes).methods().stream().flatMap(m -> m.code().stream())
          .flatMap(code -> code.elementStream()).filter(InvokeDynamicInstruction.class::isInstance)
          .map(i -> ((InvokeDynamicInstruction) i).bootstrapMethod().methodName()).collect(Collectors.toSet());
    }
  }

  @Test
  void switchesByTypeDoTheSameWithoutBootstrap() throws Exception {
    Path jar = sample();
    assertTrue(bootstraps(jar, PrelinkSample.class).contains("typeSwitch"), "nothing to rewrite");
    Prelink.rewrite(List.of(jar));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      Method results = loader.loadClass(PrelinkSample.class.getName()).getMethod("results");
      assertEquals(PrelinkSample.results(), results.invoke(null));
      Object lambda = loader.loadClass(PrelinkSample.class.getName()).getMethod("lambda").invoke(null);
      assertInstanceOf(Serializable.class, lambda, "only Scala's need not be");
    }
    assertFalse(bootstraps(jar, PrelinkSample.class).contains("typeSwitch"));
    try (JarFile in = new JarFile(jar.toFile())) {
      assertEquals("kept", new String(in.getInputStream(in.getEntry("notes.txt")).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void functionsOfScalaAreLinkedAsJavasLambdas() throws Exception {
    Class<?> some = scala.collection.immutable.List.class;
    Path library = Path.of(some.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = Files.copy(library, folder.resolve("scala.jar"));
    assertEquals(Set.of("altMetafactory", "bootstrap"), bootstraps(jar, some), "nothing to rewrite");
    Prelink.rewrite(List.of(jar));
    assertEquals(Set.of("metafactory", "bootstrap"), bootstraps(jar, some));
  }

  @Test
  void whatIsRewrittenStaysAsItIs() throws Exception {
    Path jar = sample();
    Prelink.main(new String[] {folder.toString()});
    byte[] once = Files.readAllBytes(jar);
    Prelink.main(new String[] {folder.toString()});
    assertArrayEquals(once, Files.readAllBytes(jar));
  }
}
