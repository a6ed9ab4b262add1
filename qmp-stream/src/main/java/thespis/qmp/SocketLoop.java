package thespis.qmp;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread of all monitors: it waits for their sockets and, as the executor of `thespis.qmp.dispatcher`, runs their
/// actors. So a command that has come in is read, decoded and told to the board without another thread being woken,
/// which is most of what a round trip costs. Nothing that runs here may wait.
final class SocketLoop extends AbstractExecutorService {
  private static final Logger LOG = LoggerFactory.getLogger(SocketLoop.class);
  private static final ThreadLocal<SocketLoop> CURRENT = new ThreadLocal<>();
  private static final int PIECE = 64 << 10;

  /// With one processor, a look would only keep it from the client.
  private static final boolean CAN_LOOK = Runtime.getRuntime().availableProcessors() > 1;

  /// Tasks run before sockets are looked at again.
  private static final int TURN = 64;

  /// What is attached to a channel's key.
  interface Ready {
    /// On the loop's thread; `scratch` is free to use.
    void ready(SelectionKey key, ByteBuffer scratch) throws IOException;

    void failed(IOException e);
  }

  /// Named in `thespis.qmp.dispatcher`.
  public static final class Configurator extends ExecutorServiceConfigurator {
    public Configurator(Config config, DispatcherPrerequisites prerequisites) {
      super(config, prerequisites);
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
      return () -> new SocketLoop(threads);
    }
  }

  private final Selector selector;
  private final Consumer<SelectionKey> dispatch = this::dispatch;
  private final QuickLook look = new QuickLook(System::nanoTime);
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(PIECE);
  private final Thread thread;
  private final ArrayDeque<Runnable> own = new ArrayDeque<>();
  private final ConcurrentLinkedQueue<Runnable> others = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean shutdown;

  private SocketLoop(ThreadFactory threads) {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = threads.newThread(this::run);
    thread.start();
  }

  /// The loop on whose thread this is called: actors of monitors have to be spawned on its dispatcher.
  static SocketLoop current() {
    SocketLoop loop = CURRENT.get();
    if (loop == null) {
      throw new IllegalStateException(
          "expected a monitor's actor to run on " + QmpServer.DISPATCHER + ", seen " + Thread.currentThread());
    }
    return loop;
  }

  /// On the loop's thread.
  SelectionKey register(SelectableChannel channel, int interest, Ready ready) throws IOException {
    channel.configureBlocking(false);
    return channel.register(selector, interest, ready);
  }

  @Override
  public void execute(Runnable task) {
    if (isTerminated()) {
      throw new RejectedExecutionException("the monitors' thread has ended");
    }
    if (Thread.currentThread() == thread) {
      own.add(task);
    } else {
      others.add(task);
      wakeup();
    }
  }

  private void wakeup() {
    if (!woken.get() && woken.compareAndSet(false, true)) {
      selector.wakeup();
    }
  }

  private void run() {
    CURRENT.set(this);
    try {
      while (!shutdown || !own.isEmpty() || !others.isEmpty()) {
        if (!someWork()) {
          await();
        }
        runTasks();
      }
      selector.close();
    } catch (IOException e) {
      LOG.error("waiting for sockets", e);
    } finally {
      ended.countDown();
    }
  }

  /// Looks at sockets and tasks. Who adds a task after this wakes the selector.
  private boolean someWork() throws IOException {
    int sockets = selector.selectNow(dispatch);
    woken.set(false);
    return sockets != 0 || !own.isEmpty() || !others.isEmpty() || shutdown;
  }

  /// Looks for a while, if there are processors enough for that, and gives the thread up then.
  private void await() throws IOException {
    look.begin();
    while (CAN_LOOK && look.goesOn()) {
      if (someWork()) {
        return;
      }
      Thread.yield();
    }
    selector.select(dispatch);
    woken.set(false);
    look.missed();
  }

  private void runTasks() {
    for (int n = 0; n < TURN; n++) {
      Runnable task = n % 2 == 0 || own.isEmpty() ? others.poll() : own.poll();
      if (task == null) {
        task = own.poll();
      }
      if (task == null) {
        return;
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("a monitor's task failed", e);
      }
    }
  }

  private void dispatch(SelectionKey key) {
    Ready target = (Ready) key.attachment();
    try {
      if (key.isValid()) {
        target.ready(key, scratch.clear());
      }
    } catch (IOException e) {
      target.failed(e);
    }
  }

  @Override
  public void shutdown() {
    shutdown = true;
    selector.wakeup();
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return ended.getCount() == 0;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return ended.await(timeout, unit);
  }
}
