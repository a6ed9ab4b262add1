package thespis.actors.migrate;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import thespis.machine.migrate.MachineImage;
import thespis.machine.migrate.MachineShape;
import thespis.machine.migrate.Section;
import thespis.machine.migrate.StreamException;
import thespis.machine.migrate.StreamReader;

/// Waits for a machine and takes it in, on a thread of its own: RAM goes where it belongs, the rest to whoever owns it once
/// the stream is known to be whole.
public final class Receiver implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);
  private static final int BUFFER = 1 << 18;

  /// What the machine does for it. Called on the receiver's thread.
  public interface Machine {
    /// Somebody sends. Completed with what the machine is like, its processors included.
    CompletableFuture<MachineShape> active();

    /// The whole stream is there.
    void received(Map<String, Section> sections);

    void failed(String why, String error);
  }

  private final MachineImage image;
  private final Inlet inlet;
  private final Machine machine;

  public Receiver(MachineImage image, Inlet inlet, Machine machine) {
    this.image = image;
    this.inlet = inlet;
    this.machine = machine;
  }

  @Override
  public void run() {
    try (inlet; InputStream in = new BufferedInputStream(inlet.accept(), BUFFER)) {
      MachineShape local = machine.active().get();
      machine.received(new StreamReader(in).read(first -> {
        local.accept(first);
        return image.incoming();
      }));
    } catch (StreamException e) {
      machine.failed(e.getMessage(), "Invalid argument");
    } catch (IOException e) {
      machine.failed("the stream can't be read: " + e.getMessage(), "Input/output error");
    } catch (ExecutionException e) {
      machine.failed(e.getCause().getMessage(), "Invalid argument");
    } catch (CancellationException e) {
      LOG.debug("the machine has ended");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("an incoming migration failed", e);
      machine.failed(e.toString(), "Invalid argument");
    }
  }
}
