package dev.menura.policy.cel;

import dev.menura.policy.CertificateProblem;
import dev.menura.policy.Facts;
import dev.menura.policy.Phase;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A fact that conditions can ask about. This table is what the checker, the evaluation, the
/// reference page and the tests go by.
///
/// `request` and `response` variables have the names and the meaning of Envoy's attributes, so that
/// one condition can run in both places.
public enum Variable {
  CLIENT_IP("client.ip", Kind.STRING, Phase.CONNECT, "The client's address.") {
    @Override
    Object value(World world) {
      return world.facts().connect().clientIp();
    }
  },
  CLIENT_LISTS(
      "client.lists",
      Kind.LIST,
      Phase.CONNECT,
      "The names of the `List` documents whose `addresses` hold the client.") {
    @Override
    Object value(World world) {
      return world.clientLists();
    }
  },
  CLIENT_USER(
      "client.user", Kind.STRING, Phase.CONNECT, "The user's name; empty where nobody is known.") {
    @Override
    Object value(World world) {
      return client(world).user();
    }
  },
  CLIENT_GROUPS("client.groups", Kind.LIST, Phase.CONNECT, "The user's groups.") {
    @Override
    Object value(World world) {
      return client(world).groups();
    }
  },
  CLIENT_DEVICE(
      "client.device",
      Kind.STRING,
      Phase.CONNECT,
      "The name of the client's device, by its address.") {
    @Override
    Object value(World world) {
      return client(world).device();
    }
  },
  WORKLOAD_ID(
      "workload.id", Kind.STRING, Phase.CONNECT, "The SPIFFE ID of the client's certificate.") {
    @Override
    Object value(World world) {
      return client(world).workload().id();
    }
  },
  WORKLOAD_TRUST_DOMAIN(
      "workload.trust_domain", Kind.STRING, Phase.CONNECT, "The SPIFFE ID's trust domain.") {
    @Override
    Object value(World world) {
      return client(world).workload().trustDomain();
    }
  },
  WORKLOAD_NAMESPACE(
      "workload.namespace", Kind.STRING, Phase.CONNECT, "What follows `/ns/` in the SPIFFE ID.") {
    @Override
    Object value(World world) {
      return client(world).workload().namespace();
    }
  },
  WORKLOAD_SERVICE_ACCOUNT(
      "workload.service_account",
      Kind.STRING,
      Phase.CONNECT,
      "What follows `/sa/` in the SPIFFE ID.") {
    @Override
    Object value(World world) {
      return client(world).workload().serviceAccount();
    }
  },
  HOST_NAME(
      "host.name",
      Kind.STRING,
      Phase.CONNECT,
      "The target's name or address: lower case, no dot at its end, no brackets.") {
    @Override
    Object value(World world) {
      return world.facts().connect().hostName();
    }
  },
  HOST_PORT("host.port", Kind.INT, Phase.CONNECT, "The target's port.") {
    @Override
    Object value(World world) {
      return (long) world.facts().connect().hostPort();
    }
  },
  HOST_CATEGORY(
      "host.category",
      Kind.STRING,
      Phase.CONNECT,
      "The category of the most specific list entry that fits the target.") {
    @Override
    Object value(World world) {
      return world.hostMatch().category();
    }
  },
  HOST_CATEGORIES(
      "host.categories",
      Kind.LIST,
      Phase.CONNECT,
      "The categories of all lists that hold the target, the most specific entry's first.") {
    @Override
    Object value(World world) {
      return world.hostMatch().categories();
    }
  },
  HOST_LISTS(
      "host.lists",
      Kind.LIST,
      Phase.CONNECT,
      "The names of all `List` documents that hold the target, the most specific entry's first.") {
    @Override
    Object value(World world) {
      return world.hostMatch().lists();
    }
  },
  CONNECTION_PROTOCOL(
      "connection.protocol",
      Kind.STRING,
      Phase.HELLO,
      "What the client speaks inside the connection: `tls`, `http` (clear text) or `unknown`.") {
    @Override
    Object value(World world) {
      return hello(world).protocol();
    }
  },
  TLS_SNI(
      "tls.sni", Kind.STRING, Phase.HELLO, "The server name of the ClientHello in lower case.") {
    @Override
    Object value(World world) {
      return hello(world).sni();
    }
  },
  TLS_JA4(
      "tls.ja4",
      Kind.STRING,
      Phase.HELLO,
      "The JA4 fingerprint of the ClientHello, as `t13d1516h2_8daaf6152771_e5627efa2ab1`.") {
    @Override
    Object value(World world) {
      return hello(world).ja4();
    }
  },
  UPSTREAM_CERTIFICATE_PROBLEM(
      "upstream.certificate.problem",
      Kind.STRING,
      Phase.UPSTREAM_CERTIFICATE,
      "What is wrong with the origin's certificate, the gravest problem: "
          + String.join(", ", CertificateProblem.words())
          + "; empty where it is valid for the target.") {
    @Override
    Object value(World world) {
      return certificate(world).problem();
    }
  },
  UPSTREAM_CERTIFICATE_ISSUER(
      "upstream.certificate.issuer",
      Kind.STRING,
      Phase.UPSTREAM_CERTIFICATE,
      "The distinguished name of its issuer (RFC 4514).") {
    @Override
    Object value(World world) {
      return certificate(world).issuer();
    }
  },
  UPSTREAM_CERTIFICATE_SUBJECT(
      "upstream.certificate.subject",
      Kind.STRING,
      Phase.UPSTREAM_CERTIFICATE,
      "The distinguished name of its subject (RFC 4514).") {
    @Override
    Object value(World world) {
      return certificate(world).subject();
    }
  },
  UPSTREAM_CERTIFICATE_KEY(
      "upstream.certificate.key",
      Kind.STRING,
      Phase.UPSTREAM_CERTIFICATE,
      "The kind and size of its key, as `P-256` or `RSA-2048`.") {
    @Override
    Object value(World world) {
      return certificate(world).key();
    }
  },
  UPSTREAM_TLS_VERSION(
      "upstream.tls.version",
      Kind.STRING,
      Phase.UPSTREAM_CERTIFICATE,
      "The version negotiated with the origin, as `TLSv1.3`.") {
    @Override
    Object value(World world) {
      return certificate(world).tlsVersion();
    }
  },
  UPSTREAM_TLS_CLIENT_CERTIFICATE(
      "upstream.tls.client_certificate",
      Kind.STRING,
      Phase.UPSTREAM_CERTIFICATE,
      "`asked` where the origin asks clients for a certificate; empty where it does not.") {
    @Override
    Object value(World world) {
      return certificate(world).clientCertificate();
    }
  },
  REQUEST_METHOD("request.method", Kind.STRING, Phase.REQUEST_HEADERS, "The request's method.") {
    @Override
    Object value(World world) {
      return request(world).method();
    }
  },
  REQUEST_SCHEME(
      "request.scheme", Kind.STRING, Phase.REQUEST_HEADERS, "The scheme: `https` or `http`.") {
    @Override
    Object value(World world) {
      return request(world).scheme();
    }
  },
  REQUEST_HOST(
      "request.host",
      Kind.STRING,
      Phase.REQUEST_HEADERS,
      "The `Host` header or `:authority`, with its port where it has one.") {
    @Override
    Object value(World world) {
      Map<String, String> headers = request(world).headers();
      return headers.getOrDefault(":authority", headers.getOrDefault("host", ""));
    }
  },
  REQUEST_PATH(
      "request.path",
      Kind.STRING,
      Phase.REQUEST_HEADERS,
      "The path with its query, without empty segments: `//a` is `/a`.") {
    @Override
    Object value(World world) {
      return request(world).path();
    }
  },
  REQUEST_URL_PATH(
      "request.url_path",
      Kind.STRING,
      Phase.REQUEST_HEADERS,
      "The path without its query and empty segments.") {
    @Override
    Object value(World world) {
      String path = request(world).path();
      int query = path.indexOf('?');
      return query < 0 ? path : path.substring(0, query);
    }
  },
  REQUEST_QUERY(
      "request.query", Kind.STRING, Phase.REQUEST_HEADERS, "The query, without its `?`.") {
    @Override
    Object value(World world) {
      String path = request(world).path();
      int query = path.indexOf('?');
      return query < 0 ? "" : path.substring(query + 1);
    }
  },
  REQUEST_HEADERS(
      "request.headers",
      Kind.MAP,
      Phase.REQUEST_HEADERS,
      "The request's headers by their names in lower case; repeated ones joined by a comma, cookies by `; `.") {
    @Override
    Object value(World world) {
      return request(world).headers();
    }
  },
  REQUEST_BODY(
      "request.body",
      Kind.BODY,
      Phase.REQUEST_BODY,
      "The request's body; `.count('kind')` is the number of different findings of a kind.") {
    @Override
    Object value(World world) {
      throw new IllegalStateException("a body has no value, only counts");
    }
  },
  RESPONSE_CODE("response.code", Kind.INT, Phase.RESPONSE_HEADERS, "The response's HTTP status.") {
    @Override
    Object value(World world) {
      return (long) world.facts().response().orElseThrow().code();
    }
  },
  RESPONSE_HEADERS(
      "response.headers",
      Kind.MAP,
      Phase.RESPONSE_HEADERS,
      "The response's headers, as those of the request.") {
    @Override
    Object value(World world) {
      return world.facts().response().orElseThrow().headers();
    }
  },
  RESPONSE_BODY(
      "response.body",
      Kind.BODY,
      Phase.RESPONSE_BODY,
      "The response's body; `.count('kind')` as that of the request.") {
    @Override
    Object value(World world) {
      throw new IllegalStateException("a body has no value, only counts");
    }
  };

  /// The type of a variable.
  public enum Kind {
    STRING("string", "''"),
    INT("int", "0"),
    LIST("list of strings", "[]"),
    MAP("map from string to string", "{}"),
    BODY("body", "no findings");

    private final String shown;
    private final String empty;

    Kind(String shown, String empty) {
      this.shown = shown;
      this.empty = empty;
    }

    /// The type as the reference page shows it.
    public String shown() {
      return shown;
    }

    /// The value of a variable that can never come in an exchange.
    public String empty() {
      return empty;
    }
  }

  private static final Map<String, Variable> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Variable::text, Function.identity()));

  private final String text;
  private final Kind kind;
  private final Phase phase;
  private final String doc;

  Variable(String text, Kind kind, Phase phase, String doc) {
    this.text = text;
    this.kind = kind;
    this.phase = phase;
    this.doc = doc;
  }

  /// The variable of this name.
  public static Optional<Variable> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /// The name that conditions use.
  public String text() {
    return text;
  }

  public Kind kind() {
    return kind;
  }

  /// The phase in which the variable becomes known.
  public Phase phase() {
    return phase;
  }

  /// One sentence about it.
  public String doc() {
    return doc;
  }

  /// The value, once the variable's phase is known.
  abstract Object value(World world);

  private static Facts.Client client(World world) {
    return world.facts().connect().client();
  }

  private static Facts.Hello hello(World world) {
    return world.facts().hello().orElseThrow();
  }

  private static Facts.UpstreamCertificate certificate(World world) {
    return world.facts().upstreamCertificate().orElseThrow();
  }

  private static Facts.RequestHead request(World world) {
    return world.facts().request().orElseThrow();
  }
}
