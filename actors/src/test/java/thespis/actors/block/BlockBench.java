package thespis.actors.block;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import thespis.qmp.QmpEvent;
import thespis.qmp.QmpReply;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.BitmapCommands;
import thespis.qmp.command.BlockCommands;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.DriveCommands;
import thespis.qmp.command.ExportCommands;
import thespis.qmp.command.JobCommands;
import thespis.qmp.command.NodeCommands;
import thespis.qmp.command.QmpCommand;
import thespis.qmp.command.TransactionCommands;
import thespis.qmp.wire.JsonWriter;

/// A block layer that does everything at once, and commands for it in JSON with single quotes.
final class BlockBench implements BlockHost {
  private static final ObjectMapper JSON = new ObjectMapper();

  final BlockLayer layer = new BlockLayer();
  final List<QmpEvent> events = Collections.synchronizedList(new ArrayList<>());
  private final BlockingQueue<Runnable> due = new LinkedBlockingQueue<>();

  BlockBench() {
    layer.attach(this);
  }

  @Override
  public void run(Runnable work, Consumer<Optional<Throwable>> then) {
    BlockHost.runAtOnce(work, then);
  }

  @Override
  public void later(Runnable work) {
    due.add(work);
  }

  @Override
  public void publish(QmpEvent event) {
    events.add(event);
  }

  /// Does what threads of the layer leave to be done, until so many events have come.
  void await(int count) throws InterruptedException {
    while (events.size() < count) {
      next().run();
    }
  }

  /// The next of it, which is left undone.
  Runnable next() throws InterruptedException {
    Runnable work = due.poll(5, TimeUnit.SECONDS);
    if (work == null) {
      throw new AssertionError("only " + events);
    }
    return work;
  }

  /// Empty if it succeeds, and else the text of the error.
  String text(String name, String arguments) {
    try {
      return reply(name, arguments) instanceof QmpReply.Fail fail ? fail.desc() : "";
    } catch (ArgumentException e) {
      return e.getMessage();
    }
  }

  JsonNode value(String name, String arguments) {
    try {
      JsonWriter writer = new JsonWriter(false);
      writer.value(((QmpReply.Ok) reply(name, arguments)).value());
      return JSON.readTree(new String(writer.take(), StandardCharsets.US_ASCII));
    } catch (ArgumentException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private QmpReply reply(String name, String arguments) throws ArgumentException {
    QmpReply[] reply = {null};
    switch (command(name, arguments)) {
      case BlockCommands<?> c -> layer.answer(c, r -> reply[0] = r);
      case NodeCommands<?> c -> layer.answer(c, r -> reply[0] = r);
      case BitmapCommands<?> c -> layer.answer(c, r -> reply[0] = r);
      case DriveCommands<?> c -> layer.answer(c, r -> reply[0] = r);
      case ExportCommands<?> c -> layer.answer(c, r -> reply[0] = r);
      case TransactionCommands<?> c -> layer.answer(c, r -> reply[0] = r);
      case JobCommands<?> c -> layer.answer(c, r -> reply[0] = r);
      case QmpCommand<?> c -> throw new IllegalStateException("not a disk's: " + c);
    }
    try {
      while (reply[0] == null) {
        next().run();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return reply[0];
  }

  private static QmpCommand<?> command(String name, String arguments) throws ArgumentException {
    try {
      return CommandTable.find(name).decode(JSON.readTree(arguments.replace('\'', '"')));
    } catch (IOException e) {
      throw new AssertionError(arguments, e);
    }
  }
}
