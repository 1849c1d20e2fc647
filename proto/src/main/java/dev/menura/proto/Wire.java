package dev.menura.proto;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.List;

/// The names under which the parts hand things to each other through Envoy: filter-state keys, keys
/// of the gates' dynamic metadata, gRPC metadata, and the names of resources. The control plane
/// writes them into Envoy's configuration; the gate and the exchange read and set the values.
public final class Wire {
  private Wire() {}

  /// gRPC metadata of an authorization check: which gate asks, [#GATE_CONNECT], [#GATE_HELLO],
  /// [#GATE_TRANSPARENT] or [#GATE_TRANSPARENT_REQUEST].
  public static final String GATE = "x-menura-gate";

  public static final String GATE_CONNECT = "connect";
  public static final String GATE_HELLO = "hello";

  /// A connection that was redirected here, with its first bytes.
  public static final String GATE_TRANSPARENT = "transparent";

  /// A request in clear text on a connection that was redirected here.
  public static final String GATE_TRANSPARENT_REQUEST = "transparent-request";

  /// gRPC metadata of the second gate's check: the first gate's [#CONNECTION].
  public static final String TICKET = "x-menura-ticket";

  /// gRPC metadata of a check that follows the first bytes: `tls`, `http` or `unknown`.
  public static final String PROTOCOL = "x-menura-protocol";

  /// gRPC metadata of a check that follows the first bytes: the JA4 fingerprint of the ClientHello,
  /// or `-`.
  public static final String JA4 = "x-menura-ja4";

  /// Envoy's own metadata about a hello that it could not read, the key of the reason, and the
  /// reason of those that are too large.
  public static final String HELLO_METADATA = "envoy.filters.listener.tls_inspector";

  public static final String HELLO_FAILURE = "failure_reason";
  public static final String HELLO_TOO_LARGE = "ClientHelloTooLarge";

  /// gRPC metadata of an ext_proc stream: [#MODE_HEADERS] or [#MODE_BODIES].
  public static final String EXCHANGE_MODE = "x-menura-mode";

  public static final String MODE_HEADERS = "headers";
  public static final String MODE_BODIES = "bodies";

  /// The mode of requests that the gate has allowed already, whatever they hold: no exchange
  /// inspects them, and Envoy's access log says what became of them.
  public static final String MODE_SETTLED = "settled";

  /// The mode of a CONNECT request itself, which no exchange inspects.
  public static final String MODE_TUNNEL = "tunnel";

  /// The mode of a request that the first gate has not answered yet. What Envoy answers then, which
  /// is the gate's own answer, passes no exchange.
  public static final String MODE_UNDECIDED = "undecided";

  /// The mode of a request that the first gate has let through without a word on its mode.
  public static final String MODE_ADMITTED = "admitted";

  /// gRPC metadata of an SDS stream: the class of connection it serves.
  public static final String SECRET_CLASS = "x-menura-class";

  /// Filter state and dynamic metadata: `menura.gate.v1.Connection` in base64url.
  public static final String CONNECTION = "menura.connection";

  /// Filter state and dynamic metadata: the class of connection, which chooses the filter chain.
  public static final String CLASS = "menura.class";

  /// TLS with a mimic of the origin's certificate, forwarded.
  public static final String CLASS_TRUSTED = "trusted";

  /// As [#CLASS_TRUSTED], forwarded with a client certificate for the origin.
  public static final String CLASS_CERTIFIED = "certified";

  /// How many origins can be decrypted at the same time for clients that name no server in TLS.
  public static final int SLOTS = 16;

  /// As [#CLASS_TRUSTED], for a connection without a server name: the class of a slot.
  public static String slotClass(int slot) {
    return "slot-" + slot;
  }

  /// The secret of a slot. No server name has a slash, so that none can be taken for it.
  public static String slotSecret(int slot) {
    return "menura/slot-" + slot;
  }

  /// TLS with a mimic that no client trusts, forwarded without a check of the origin.
  public static final String CLASS_DISTRUST = "distrust";

  /// The class of secrets of the origins whose problem a rule lets through.
  public static final String CLASS_PINNED = "pinned";

  /// How many origins whose problem a rule lets through can be open at the same time.
  public static final int PINS = 16;

  /// As [#CLASS_TRUSTED], for an origin whose problem a rule lets through: the class of a slot. It
  /// is forwarded to the very certificate that was looked at.
  public static String pinnedClass(int slot) {
    return "pinned-" + slot;
  }

  /// The secret with the mimic of the origin in a slot of [#CLASS_PINNED].
  public static String pinnedSecret(int slot) {
    return "menura/pinned-" + slot;
  }

  /// The secret that holds an origin to the certificate that was looked at.
  public static String pinSecret(int slot) {
    return "menura/pin-" + slot;
  }

  /// The variant of a class in which clients are offered nothing above TLS 1.2.
  public static String tls12(String connectionClass) {
    return connectionClass + "-tls12";
  }

  /// TLS with a certificate of the block page, forwarded nowhere.
  public static final String CLASS_BLOCK = "block";

  /// HTTP in clear text inside a tunnel, forwarded.
  public static final String CLASS_CLEAR = "clear";

  /// HTTP in clear text inside a tunnel, forwarded nowhere.
  public static final String CLASS_CLEAR_BLOCK = "clear-block";

  /// Untouched bytes, forwarded without a look.
  public static final String CLASS_PASSTHROUGH = "passthrough";

  /// Filter state and dynamic metadata: the policy's version, a slash and the exchange mode; see
  /// [#mode].
  public static final String MODE = "menura.mode";

  /// Filter state and dynamic metadata: what the gate has noted on a connection for Envoy's own
  /// decisions about its requests; see [#note].
  public static final String NOTE = "menura.note";

  /// Filter state and dynamic metadata: keeps the upstream connections of different clients apart.
  public static final String POOL = "menura.pool";

  /// Dynamic metadata: the name of the secret with the client certificate that the origin is to be
  /// presented.
  public static final String CLIENT_CERTIFICATE = "menura.client-certificate";

  /// The secret with a stored client certificate. No server name has a slash, so that none can be
  /// taken for it.
  public static String clientSecret(String name) {
    return "menura/client/" + name;
  }

  /// The secret with a certificate that says to origins who is asking.
  ///
  /// @param id tells nobody who is meant
  public static String mimicSecret(String id) {
    return "menura/mimic/" + id;
  }

  /// Filter state and dynamic metadata: `host:port` that every request of a tunnel must name, the
  /// host in lower case without a trailing dot, an IPv6 address in brackets as the client wrote it.
  public static final String TARGET = "menura.target";

  /// Dynamic metadata: `IP:port` of the address that was checked and is to be dialled.
  public static final String ADDRESS = "menura.address";

  /// Dynamic metadata of an exchange: the namespace, and the key of the id under which the event
  /// log knows it.
  public static final String METADATA = "menura";

  public static final String EXCHANGE_ID = "id";

  /// The access log of requests that no exchange has seen.
  public static final String EXCHANGE_LOG = "menura.exchange";

  /// How long Envoy may keep an entry of it before it sends it.
  public static final Duration EXCHANGE_LOG_BATCH = Duration.ofMillis(200);

  /// What Envoy calls the answer of the filter that compares a request's host with its target
  /// (configuration/http/http_conn_man/response_code_details).
  public static final String TARGET_CHECK = "lua_response";

  /// The tag of an unused connection's log entry: how many milliseconds the TLS handshake took, `-`
  /// where it was not finished.
  public static final String HANDSHAKE_TAG = "handshake";

  /// The secret with the roots against which Envoy validates origins.
  public static final String UPSTREAM_ROOTS = "menura/upstream-roots";

  /// The secret with the certificate of the proxy itself, for clients that reach it over TLS or
  /// QUIC.
  public static final String PROXY_CERTIFICATE = "menura/proxy-certificate";

  /// The secret with the roots against which Envoy validates the certificates that clients present
  /// to the proxy.
  public static final String CLIENT_ROOTS = "menura/client-roots";

  /// The cluster of the sidecar itself, in the bootstrap.
  public static final String SIDECAR_CLUSTER = "menura";

  /// The value of [#NOTE] for a policy version and words, each between bars.
  public static String note(String policyVersion, List<String> words) {
    return policyVersion + "|" + words.stream().map(word -> word + "|").collect(joining());
  }

  /// The value of [#MODE] for a policy version and an exchange mode.
  public static String mode(String policyVersion, String exchangeMode) {
    return policyVersion + "/" + exchangeMode;
  }
}
