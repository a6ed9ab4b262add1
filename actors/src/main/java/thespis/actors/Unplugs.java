package thespis.actors;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import thespis.cpu.state.StateException;
import thespis.cpu.state.StateIo;
import thespis.hotplug.Answer;
import thespis.hotplug.Failure;
import thespis.hotplug.OstInfo;
import thespis.hotplug.UnplugInfo;
import thespis.hotplug.UnplugState;
import thespis.machine.migrate.Section;

/// What has become of the requests to remove CPUs, as far as the guest has told: one for each slot, from the first
/// `device_del` until the slot has another CPU. Plain bookkeeping; whoever waits for one hears when it is settled.
final class Unplugs {
  private static final class Request {
    final int slot;
    final Optional<String> device;
    final String path;
    UnplugState state = UnplugState.REQUESTED;
    int times;
    Optional<Long> ostStatus = Optional.empty();

    Request(int slot, Optional<String> device, String path) {
      this.slot = slot;
      this.device = device;
      this.path = path;
    }

    UnplugInfo info() {
      return new UnplugInfo(slot, device, path, state, times, ostStatus);
    }

    boolean open() {
      return !state.settled();
    }

    boolean isCalled(String idOrPath) {
      return path.equals(idOrPath) || device.equals(Optional.of(idOrPath));
    }
  }

  static final String SECTION = "unplug-requests";
  private static final int MOST = 4096;

  private final TreeMap<Integer, Request> requests = new TreeMap<>();
  private final Waits<Answer<UnplugInfo>> waits;

  Unplugs(Waits.Alarm alarm) {
    waits = new Waits<>(alarm);
  }

  /// The guest is going to be asked, for the first time or once more. What it is doing already it goes on with.
  void asked(int slot, Optional<String> device, String path) {
    Request last = requests.get(slot);
    if (last == null || !last.open()) {
      last = new Request(slot, device, path);
      requests.put(slot, last);
    }
    last.times++;
    if (last.state == UnplugState.SEEN) {
      last.state = UnplugState.REQUESTED;
    }
  }

  /// It could not be asked after all.
  void notAsked(int slot) {
    Request last = requests.get(slot);
    if (--last.times == 0) {
      requests.remove(slot);
    }
  }

  /// True if it was a request.
  boolean seen(int slot) {
    Request last = requests.get(slot);
    boolean news = last != null && last.state == UnplugState.REQUESTED;
    if (news) {
      last.state = UnplugState.SEEN;
    }
    return news;
  }

  /// What `_OST` says of an ejection.
  ///
  /// @return the request if the guest has just rejected it
  Optional<UnplugInfo> ost(OstInfo info) {
    Request last = requests.get(info.slot());
    if (last == null || info.source() != OstInfo.EJECT_REQUEST) {
      return Optional.empty();
    }
    last.ostStatus = Optional.of(info.status());
    if (!last.open() || info.status() == OstInfo.SUCCESS) {
      return Optional.empty();
    }
    if (info.status() == OstInfo.EJECTION_IN_PROGRESS) {
      last.state = UnplugState.IN_PROGRESS;
      return Optional.empty();
    }
    return Optional.of(settle(last, UnplugState.REJECTED));
  }

  /// The guest is meant to be letting go of it.
  boolean open(int slot) {
    Request last = requests.get(slot);
    return last != null && last.open();
  }

  /// The CPU is gone, whoever wanted it.
  void done(int slot, Optional<String> device, String path) {
    Request last = requests.get(slot);
    if (last == null || !last.open()) {
      last = new Request(slot, device, path);
      requests.put(slot, last);
    }
    settle(last, UnplugState.DONE);
  }

  void cancelled(int slot) {
    if (open(slot)) {
      settle(requests.get(slot), UnplugState.CANCELLED);
    }
  }

  /// What the guest has taken it knows nothing of any more; what it has not is still in the registers.
  void guestReset() {
    requests.values().stream()
        .filter(r -> r.state == UnplugState.SEEN || r.state == UnplugState.IN_PROGRESS)
        .forEach(r -> settle(r, UnplugState.FORGOTTEN));
  }

  // ---- a machine that moves

  Section save() {
    return Section.save(SECTION, io -> walk(io, slot -> requests.get(slot)));
  }

  /// @param cpu the request that there can be for the CPU in a slot; null if there is no CPU
  void load(Section section, IntFunction<UnplugInfo> cpu) {
    section.load(io -> walk(io, slot -> {
      UnplugInfo there = cpu.apply(slot);
      if (there == null) {
        throw new StateException("CPU " + slot + " is to be removed and is not there");
      }
      Request request = new Request(slot, there.device(), there.qomPath());
      requests.put(slot, request);
      return request;
    }));
  }

  /// What is settled is nobody's business on the other side.
  private void walk(StateIo io, IntFunction<Request> of) {
    int[] slots = requests.values().stream().filter(Request::open).mapToInt(r -> r.slot).toArray();
    slots = Arrays.copyOf(slots, io.within("requests", slots.length, 0, MOST));
    io.ints("slots", slots);
    for (int slot : slots) {
      Request request = of.apply(slot);
      request.state = UnplugState.values()[
          io.within("state" + slot, request.state.ordinal(), 0, UnplugState.values().length - 1)];
      request.times = io.within("times" + slot, request.times, 1, Integer.MAX_VALUE);
      long status = io.u64("ost" + slot, request.ostStatus.orElse(-1L));
      request.ostStatus = status < 0 ? Optional.empty() : Optional.of(status);
    }
  }

  /// The slot has another CPU.
  void forget(int slot) {
    requests.remove(slot);
  }

  private UnplugInfo settle(Request request, UnplugState state) {
    request.state = state;
    UnplugInfo info = request.info();
    waits.settle(request.slot, Answer.ok(info));
    return info;
  }

  List<UnplugInfo> all() {
    return requests.values().stream().map(Request::info).toList();
  }

  /// Also of a CPU that has gone.
  Optional<UnplugInfo> find(String idOrPath) {
    return of(requests.values(), idOrPath).map(Request::info);
  }

  private static Optional<Request> of(Collection<Request> requests, String idOrPath) {
    return requests.stream().filter(r -> r.isCalled(idOrPath)).findFirst();
  }

  void await(String idOrPath, Duration limit, Consumer<Answer<UnplugInfo>> done) {
    of(requests.values(), idOrPath).ifPresentOrElse(
        request -> {
          if (request.open()) {
            waits.add(request.slot, limit, done, () -> Answer.ok(request.info()));
          } else {
            done.accept(Answer.ok(request.info()));
          }
        },
        () -> done.accept(Answer.failed(notAsked(idOrPath))));
  }

  static Failure notAsked(String idOrPath) {
    return Failure.generic("The guest has not been asked to remove '" + idOrPath + "'");
  }
}
