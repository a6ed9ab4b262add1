package thespis.hotplug;

/// What a request comes to: a value, or a failure with its class and wording.
public sealed interface Answer<T> {
  record Ok<T>(T value) implements Answer<T> {}

  record Failed<T>(Failure failure) implements Answer<T> {}

  static <T> Answer<T> ok(T value) {
    return new Ok<>(value);
  }

  static <T> Answer<T> failed(Failure failure) {
    return new Failed<>(failure);
  }

  /// The answer of a request that has nothing to say but that it was done.
  static Answer<Done> done() {
    return new Ok<>(Done.DONE);
  }

  enum Done {
    DONE
  }
}
