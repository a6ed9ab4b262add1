package thespis.actors.migrate;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever does not take what is sent, or sends nothing, can be given up by somebody else.
@Timeout(60)
class OutletTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"exec:sleep 1000; true", "exec:cat | sleep 1000; true", "unix"})
  void aWriterThatIsStuckIsFreed(String uri) throws Exception {
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      deaf.bind(UnixDomainSocketAddress.of(socket));
      Outlet outlet = Outlet.to(MigrationUri.parse(uri.equals("unix") ? "unix:" + socket : uri).orElseThrow()).open();
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(outlet.stream(), begun), OutletTest::inThread);
      begun.await();
      outlet.abort();
      ExecutionException e = assertThrows(ExecutionException.class, () -> writer.get(20, TimeUnit.SECONDS));
      assertInstanceOf(UncheckedIOException.class, e.getCause());
    }
  }

  /// More than anybody keeps.
  private static void write(OutputStream out, CountDownLatch begun) {
    byte[] piece = new byte[1 << 16];
    try {
      for (int i = 0; i < 1000; i++) {
        begun.countDown();
        out.write(piece);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exec:sleep 1000; true", "unix"})
  void aReaderWhomNobodySendsAnythingIsFreed(String uri) throws Exception {
    Path socket = folder.resolve("waits");
    Inlet inlet = Inlet.at(MigrationUri.parse(uri.equals("unix") ? "unix:" + socket : uri).orElseThrow());
    CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> {
      try (InputStream in = inlet.accept()) {
        return in.read();
      } catch (IOException e) {
        return -2;
      }
    }, OutletTest::inThread);
    inlet.close();
    reader.get(20, TimeUnit.SECONDS);
  }

  /// The common pool may have one thread only, and gives futures their time limits.
  private static void inThread(Runnable work) {
    Thread.ofPlatform().daemon().start(work);
  }
}
