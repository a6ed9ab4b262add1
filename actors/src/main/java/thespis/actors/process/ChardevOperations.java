package thespis.actors.process;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import thespis.actors.Machine;
import thespis.actors.chardev.ChardevException;
import thespis.actors.chardev.ChardevSpec;
import thespis.actors.chardev.Chardevs;
import thespis.actors.chardev.RingChardev;
import thespis.actors.cli.ChardevText;
import thespis.actors.hmp.ChardevActions;
import thespis.cpu.model.ConfigException;
import thespis.machine.board.ChardevObject;
import thespis.machine.board.MachineObjects;
import thespis.machine.qom.Base64Text;
import thespis.machine.qom.ObjectTree;
import thespis.qmp.QmpReply;
import thespis.qmp.command.ChardevBackend;
import thespis.qmp.command.ChardevCommands;
import thespis.qmp.command.ChardevCommands.ChardevReturn;
import thespis.qmp.command.ChardevCommands.DataFormat;

/// Character devices that are made, changed and removed through monitors, one operation after the other. They show in the
/// machine's tree of objects.
final class ChardevOperations implements ChardevActions {
  private final Chardevs chardevs;
  private final Supplier<List<Chardevs.Info>> others;
  private final Supplier<Machine> machine;

  /// @param others devices of the process that can't be changed, because monitors are on them
  ChardevOperations(Chardevs chardevs, Supplier<List<Chardevs.Info>> others, Supplier<Machine> machine) {
    this.chardevs = chardevs;
    this.others = others;
    this.machine = machine;
  }

  CompletionStage<QmpReply> start(ChardevCommands.Operation<?> operation) {
    return CompletableFuture.supplyAsync(() -> run(operation), command -> Thread.ofVirtual().start(command));
  }

  private synchronized QmpReply run(ChardevCommands.Operation<?> operation) {
    try {
      return switch (operation) {
        case ChardevCommands.ChardevAdd(String id, ChardevBackend.Mux(var data)) ->
          new QmpReply.Ok(added(id, () -> share(id, data.chardev())));
        case ChardevCommands.ChardevAdd(String id, var backend) ->
          new QmpReply.Ok(added(id, () -> open(ChardevBackends.spec(id, backend))));
        case ChardevCommands.ChardevChange(String id, var backend) ->
          new QmpReply.Ok(changed(id, backend));
        case ChardevCommands.ChardevRemove(String id) -> done(() -> remove(id));
        case ChardevCommands.ChardevSendBreak(String id) -> done(() -> sendBreak(id));
        case ChardevCommands.RingbufWrite(String id, String data, var format) ->
          ring(id, ring -> done(() -> ring.write(bytes(data, format))));
        case ChardevCommands.RingbufRead(String id, long size, var format) ->
          ring(id, ring -> new QmpReply.Ok(text(take(ring, size), format)));
      };
    } catch (ChardevException e) {
      return QmpReply.fail(e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private static QmpReply done(Runnable deed) {
    deed.run();
    return QmpReply.done();
  }

  private ChardevReturn added(String id, Supplier<String> deed) {
    if (chardevs.has(id) || isOther(id)) {
      throw new ChardevException("Chardev with id '" + id + "' already exists");
    }
    try {
      return where(deed.get());
    } catch (ChardevException e) {
      throw new ChardevException("Failed to add chardev '" + id + "': " + e.getMessage());
    }
  }

  /// What nobody uses is taken away, and made anew: if that fails, there is none any more.
  private ChardevReturn changed(String id, ChardevBackend backend) {
    if (isOther(id)) {
      throw new ChardevException("Chardev user does not support chardev hotswap");
    }
    if (chardevs.checkChange(id)) {
      return where(replace(id, ChardevBackends.spec(id, backend)));
    }
    remove(id);
    return added(id, () -> backend instanceof ChardevBackend.Mux(var data)
        ? share(id, data.chardev()) : open(ChardevBackends.spec(id, backend)));
  }

  private static ChardevReturn where(String terminal) {
    return new ChardevReturn(Optional.ofNullable(terminal));
  }

  private boolean isOther(String label) {
    return others.get().stream().anyMatch(info -> info.label().equals(label));
  }

  private String open(ChardevSpec spec) {
    String terminal = chardevs.add(spec);
    change(tree -> MachineObjects.addChardev(tree, spec.id(), chardevs.objects().get(spec.id())));
    return terminal;
  }

  private String share(String label, String base) {
    chardevs.share(label, base);
    change(tree -> MachineObjects.addChardev(tree, label, ChardevObject.of("mux")));
    return null;
  }

  private String replace(String label, ChardevSpec spec) {
    if (isOther(label)) {
      throw new ChardevException("Chardev user does not support chardev hotswap");
    }
    String terminal = chardevs.change(label, spec);
    change(tree -> {
      tree.find("/chardevs").child(label).remove();
      MachineObjects.addChardev(tree, label, chardevs.objects().get(label));
    });
    return terminal;
  }

  private interface Change {
    void of(ObjectTree tree);
  }

  private void change(Change change) {
    machine.get().lookAtObjects(tree -> {
      change.of(tree);
      return "";
    });
  }

  private QmpReply ring(String label, Function<RingChardev, QmpReply> use) {
    RingChardev ring = find(label);
    return ring == null
        ? QmpReply.fail("Device '" + label + "' not found")
        : use.apply(ring);
  }

  private static byte[] take(RingChardev ring, long size) {
    if (size <= 0) {
      throw new ChardevException("size must be greater than zero");
    }
    return ring.take(size);
  }

  private static byte[] bytes(String data, Optional<DataFormat> format) {
    if (format.orElse(DataFormat.UTF8) == DataFormat.UTF8) {
      return data.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64Text.decode(data);
    } catch (ConfigException e) {
      throw new ChardevException(e.getMessage());
    }
  }

  private static String text(byte[] bytes, Optional<DataFormat> format) {
    return format.orElse(DataFormat.UTF8) == DataFormat.UTF8
        ? new String(bytes, StandardCharsets.UTF_8)
        : Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public synchronized void add(String options) {
    open(ChardevText.parse(options));
  }

  @Override
  public synchronized void change(String label, String options) {
    replace(label, ChardevText.parse(label, options));
  }

  @Override
  public synchronized void remove(String label) {
    if (isOther(label)) {
      throw new ChardevException("Chardev '" + label + "' is busy");
    }
    chardevs.remove(label);
    change(tree -> tree.find("/chardevs").child(label).remove());
  }

  @Override
  public void sendBreak(String label) {
    chardevs.sendBreak(label);
  }

  @Override
  public void write(String label, String text) {
    existing(label).write(bytes(text, Optional.empty()));
  }

  @Override
  public String read(String label, long size) {
    return text(take(existing(label), size), Optional.empty());
  }

  /// Null if there is none.
  private RingChardev find(String label) {
    if (isOther(label)) {
      throw new ChardevException(label + " is not a ringbuf device");
    }
    return chardevs.ring(label);
  }

  private RingChardev existing(String label) {
    RingChardev ring = find(label);
    if (ring == null) {
      throw new ChardevException("Device '" + label + "' not found");
    }
    return ring;
  }

  /// Cuts sockets off; those of monitors stay as they are.
  List<String> asTheyCame() {
    return chardevs.asTheyCame();
  }

  QmpReply yank(List<String> labels) {
    labels.stream().filter(chardevs::has).forEach(chardevs::yank);
    return labels.stream().anyMatch(this::isOther)
        ? QmpReply.fail("A monitor's socket can't be cut off yet")
        : QmpReply.done();
  }
}
