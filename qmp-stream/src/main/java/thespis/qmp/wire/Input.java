package thespis.qmp.wire;

import com.fasterxml.jackson.databind.JsonNode;

/// What a client sent: a value, or something that is none.
public sealed interface Input {
  /// A complete JSON value of any type.
  record Value(JsonNode json) implements Input {}

  /// Input that could not be read; the text is QEMU's and goes into the error's `desc`.
  record Malformed(String desc) implements Input {}
}
