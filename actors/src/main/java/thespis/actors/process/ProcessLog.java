package thespis.actors.process;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/// The emulator's own log: warnings and errors on standard error, and with `-D FILE` everything worth a line in that
/// file. It is there from the first instruction and costs no start-up time; whoever embeds a machine uses a back end of
/// his own.
public final class ProcessLog implements SLF4JServiceProvider, ILoggerFactory {
  private static volatile PrintStream file;

  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();

  /// Makes this the log of the process. Must come before the first use of a logger.
  public static void install() {
    System.setProperty("slf4j.internal.verbosity", "WARN");
    System.setProperty("slf4j.provider", ProcessLog.class.getName());
  }

  static void toFile(Path path) {
    try {
      file = new PrintStream(new java.io.FileOutputStream(path.toFile()), true);
    } catch (IOException e) {
      String why = e.getMessage().replaceAll(".*\\((.*)\\)", "$1");
      throw new StartException("Error opening logfile " + path + ": " + why);
    }
  }

  /// Text that is written as it is.
  static void write(String text) {
    PrintStream out = file == null ? System.err : file;
    synchronized (out) {
      out.print(text);
      out.flush();
    }
  }

  @Override
  public Logger getLogger(String name) {
    return loggers.computeIfAbsent(name, Line::new);
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return this;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return new NOPMDCAdapter();
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}

  /// Writes one line for each message.
  private static final class Line extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    Line(String name) {
      this.name = name;
    }

    @Override
    public boolean isTraceEnabled() {
      return false;
    }

    @Override
    public boolean isDebugEnabled() {
      return false;
    }

    @Override
    public boolean isInfoEnabled() {
      return file != null;
    }

    @Override
    public boolean isWarnEnabled() {
      return true;
    }

    @Override
    public boolean isErrorEnabled() {
      return true;
    }

    @Override
    protected String getFullyQualifiedCallerName() {
      return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
      PrintStream out = file == null ? System.err : file;
      String text = MessageFormatter.basicArrayFormat(pattern, arguments);
      synchronized (out) {
        out.println(LocalTime.now() + " " + level + " " + name.substring(name.lastIndexOf('.') + 1) + ": " + text);
        if (thrown != null) {
          thrown.printStackTrace(out);
        }
      }
    }
  }
}
