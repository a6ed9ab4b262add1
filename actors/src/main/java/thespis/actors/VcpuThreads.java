package thespis.actors;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The vCPUs' executor: as many threads as there are vCPUs with something to run, which Akka's own thread pool cannot
/// be told (it queues before it grows). Named in `thespis.vcpu-dispatcher`.
public final class VcpuThreads extends ExecutorServiceConfigurator {
  private final long keepAliveMillis;

  public VcpuThreads(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.keepAliveMillis = config.getDuration("keep-alive", TimeUnit.MILLISECONDS);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    return () -> new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, keepAliveMillis, TimeUnit.MILLISECONDS, new SynchronousQueue<>(),
        work -> threads.newThread(() -> {
          try {
            work.run();
          } finally {
            HostThread.current().use(null);
          }
        }));
  }
}
