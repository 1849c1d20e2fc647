package dev.menura.extproc.gate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import dev.menura.gate.v1.Client;
import dev.menura.gate.v1.Connection;
import dev.menura.gate.v1.ConnectionOrBuilder;
import dev.menura.gate.v1.Holder;
import dev.menura.gate.v1.Workload;
import dev.menura.policy.Facts;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;

/// The textual form of a [Connection] in which it travels through Envoy as filter state.
public final class Ticket {
  /// Longer tickets are refused. A usual one has 300 characters.
  public static final int CHARS_MAX = 16 * 1024;

  /// How long a certificate's subject and alternative names may be together to be carried.
  static final int HOLDER_BYTES_MAX = 2 * 1024;

  private static final String ALTERNATIVE_NAMES = "2.5.29.17";

  private Ticket() {}

  public static String encode(Connection connection) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(connection.toByteArray());
  }

  /// The connection, or empty where the text is not one that [#encode] wrote.
  public static Optional<Connection> decode(String text) {
    if (text.isEmpty() || text.length() > CHARS_MAX) {
      return Optional.empty();
    }
    try {
      return Optional.of(Connection.parseFrom(Base64.getUrlDecoder().decode(text)));
    } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  /// The connection that an entry of Envoy's access log is about.
  public static Optional<Connection> of(AccessLogCommon entry) {
    var state = entry.getFilterStateObjectsMap().get(Wire.CONNECTION);
    if (state == null) {
      return Optional.empty();
    }
    try {
      return decode(state.unpack(StringValue.class).getValue());
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  /// Who is asking, as conditions ask about it.
  public static Facts.Client client(ConnectionOrBuilder connection) {
    var client = connection.getClient();
    var workload = client.getWorkload();
    return new Facts.Client(
        connection.getClientIp(),
        client.getUser(),
        client.getGroupsList(),
        client.getDevice(),
        new Facts.Workload(
            workload.getId(),
            workload.getTrustDomain(),
            workload.getNamespace(),
            workload.getServiceAccount()));
  }

  static void put(Callers.Answer.Known known, Connection.Builder connection) {
    var client = known.client();
    if (client.equals(Facts.Client.at(client.ip()))) {
      return;
    }
    var message =
        Client.newBuilder()
            .setUser(client.user())
            .addAllGroups(client.groups())
            .setDevice(client.device());
    var workload = client.workload();
    if (!workload.equals(Facts.Workload.NONE)) {
      message.setWorkload(
          Workload.newBuilder()
              .setId(workload.id())
              .setTrustDomain(workload.trustDomain())
              .setNamespace(workload.namespace())
              .setServiceAccount(workload.serviceAccount()));
    }
    known.certificate().ifPresent(certificate -> message.setHolder(holder(certificate)));
    connection.setClient(message);
  }

  private static Holder holder(X509Certificate certificate) {
    var holder = Holder.newBuilder();
    byte[] subject = certificate.getSubjectX500Principal().getEncoded();
    byte[] names = certificate.getExtensionValue(ALTERNATIVE_NAMES);
    if (subject.length + (names == null ? 0 : names.length) > HOLDER_BYTES_MAX) {
      return holder.setTooLong(true).build();
    }
    holder.setSubject(ByteString.copyFrom(subject));
    if (names != null) {
      holder.setNames(ByteString.copyFrom(names));
    }
    return holder.build();
  }
}
