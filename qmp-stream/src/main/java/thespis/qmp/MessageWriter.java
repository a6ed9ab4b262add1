package thespis.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import thespis.qmp.command.MonitorCommands.QmpCapability;
import thespis.qmp.command.MonitorCommands.VersionInfo;
import thespis.qmp.wire.JsonWriter;

/// The four kinds of message a client gets, collected until they are taken, with their members in QEMU's order. QEMU
/// QMP specification "Protocol details".
final class MessageWriter {
  private final JsonWriter json;

  MessageWriter(boolean pretty) {
    json = new JsonWriter(pretty);
  }

  void greeting(VersionInfo version) {
    json.startObject().name("QMP").startObject();
    json.member("version", version).member("capabilities", List.of(QmpCapability.OOB));
    json.endObject().endObject().endLine();
  }

  /// @param id null if the request had none
  void reply(QmpReply reply, JsonNode id) {
    json.startObject();
    switch (reply) {
      case QmpReply.Ok(var value) -> json.member("return", value).member("id", id);
      case QmpReply.Fail(var errorClass, var desc) -> {
        json.member("id", id).name("error").startObject();
        json.member("class", errorClass.wire()).member("desc", desc).endObject();
      }
    }
    json.endObject().endLine();
  }

  void event(QmpEvents.Notice notice) {
    json.startObject().name("timestamp").startObject();
    json.member("seconds", notice.seconds()).member("microseconds", notice.microseconds()).endObject();
    json.member("event", notice.event().name());
    if (notice.event().hasData()) {
      json.member("data", notice.event());
    }
    json.endObject().endLine();
  }

  int size() {
    return json.size();
  }

  byte[] take() {
    return json.take();
  }
}
