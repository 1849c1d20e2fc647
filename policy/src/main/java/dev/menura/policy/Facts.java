package dev.menura.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is known of one exchange so far. Immutable; each `with` returns a new value. A phase that
/// can never come in this exchange (the hello of a plain HTTP request) is given as its `NONE`: its
/// variables then have their typed empty values.
public final class Facts {
  /// @param hostName the target's name or address: lower case, no trailing dot, no brackets
  /// @param hostPort the target's port, 1 to 65535
  public record Connect(Client client, String hostName, int hostPort) {
    /// From a client of which no more than its address is known.
    public Connect(String clientIp, String hostName, int hostPort) {
      this(Client.at(clientIp), hostName, hostPort);
    }

    public String clientIp() {
      return client.ip();
    }
  }

  /// Who is asking. What is not known is empty.
  ///
  /// @param ip the client's address in its textual form, without a port
  /// @param user the user's name
  /// @param groups the user's groups
  /// @param device the device's name
  public record Client(
      String ip, String user, List<String> groups, String device, Workload workload) {
    public Client {
      groups = List.copyOf(groups);
    }

    /// A client of which no more than its address is known.
    public static Client at(String ip) {
      return new Client(ip, "", List.of(), "", Workload.NONE);
    }
  }

  /// The program that is asking, by its SPIFFE ID.
  ///
  /// @param id the SPIFFE ID, as `spiffe://example.org/ns/shop/sa/cart`
  /// @param trustDomain its trust domain
  /// @param namespace what follows `/ns/` in its path
  /// @param serviceAccount what follows `/sa/` in its path
  public record Workload(String id, String trustDomain, String namespace, String serviceAccount) {
    public static final Workload NONE = new Workload("", "", "", "");
  }

  /// @param protocol `tls`, `http` (clear text) or `unknown`
  /// @param sni the server name of the ClientHello in lower case, empty where there is none
  /// @param ja4 the JA4 fingerprint of the ClientHello, empty where there is none
  public record Hello(String protocol, String sni, String ja4) {
    public static final Hello NONE = new Hello("", "", "");
  }

  /// @param problem what is wrong with the origin's certificate, empty where it is valid for the
  ///   target's name
  /// @param issuer the issuer's distinguished name (RFC 4514)
  /// @param subject the subject's distinguished name (RFC 4514)
  /// @param key the public key's kind and size, as `P-256` or `RSA-2048`
  /// @param tlsVersion the version negotiated with the origin, as `TLSv1.3`
  /// @param clientCertificate [#ASKED] where the origin asks clients for a certificate, else empty
  public record UpstreamCertificate(
      String problem,
      String issuer,
      String subject,
      String key,
      String tlsVersion,
      String clientCertificate) {
    public static final String ASKED = "asked";
    public static final UpstreamCertificate NONE = new UpstreamCertificate("", "", "", "", "");

    /// Of an origin that asks for none.
    public UpstreamCertificate(
        String problem, String issuer, String subject, String key, String tlsVersion) {
      this(problem, issuer, subject, key, tlsVersion, "");
    }
  }

  /// @param path the path with its query, as Envoy's `request.path`
  /// @param headers names in lower case; the values of a repeated header are joined by a comma,
  ///   those of cookies by `; `
  public record RequestHead(
      String method, String path, String scheme, Map<String, String> headers) {
    public RequestHead {
      headers = Map.copyOf(headers);
    }
  }

  /// @param code the HTTP status
  /// @param headers as those of [RequestHead]
  public record ResponseHead(int code, Map<String, String> headers) {
    public ResponseHead {
      headers = Map.copyOf(headers);
    }
  }

  /// What has been found in a body so far. The counts only ever grow until the body is complete.
  public interface Body {
    /// How many different findings of this kind the body holds so far.
    long count(String kind);

    /// True once the whole body has been seen, so that the counts are final.
    boolean complete();

    /// The body of a message that has none.
    Body EMPTY =
        new Body() {
          @Override
          public long count(String kind) {
            return 0;
          }

          @Override
          public boolean complete() {
            return true;
          }
        };
  }

  private final Connect connect;
  private final @Nullable Hello hello;
  private final @Nullable UpstreamCertificate upstreamCertificate;
  private final @Nullable RequestHead request;
  private final @Nullable Body requestBody;
  private final @Nullable ResponseHead response;
  private final @Nullable Body responseBody;

  private Facts(
      Connect connect,
      @Nullable Hello hello,
      @Nullable UpstreamCertificate upstreamCertificate,
      @Nullable RequestHead request,
      @Nullable Body requestBody,
      @Nullable ResponseHead response,
      @Nullable Body responseBody) {
    this.connect = connect;
    this.hello = hello;
    this.upstreamCertificate = upstreamCertificate;
    this.request = request;
    this.requestBody = requestBody;
    this.response = response;
    this.responseBody = responseBody;
  }

  public static Facts of(Connect connect) {
    return new Facts(connect, null, null, null, null, null, null);
  }

  public Facts with(Hello known) {
    return new Facts(
        connect, known, upstreamCertificate, request, requestBody, response, responseBody);
  }

  public Facts with(UpstreamCertificate known) {
    return new Facts(connect, hello, known, request, requestBody, response, responseBody);
  }

  public Facts with(RequestHead known) {
    return new Facts(
        connect, hello, upstreamCertificate, known, requestBody, response, responseBody);
  }

  public Facts withRequestBody(Body known) {
    return new Facts(connect, hello, upstreamCertificate, request, known, response, responseBody);
  }

  public Facts with(ResponseHead known) {
    return new Facts(
        connect, hello, upstreamCertificate, request, requestBody, known, responseBody);
  }

  public Facts withResponseBody(Body known) {
    return new Facts(connect, hello, upstreamCertificate, request, requestBody, response, known);
  }

  public Connect connect() {
    return connect;
  }

  public Optional<Hello> hello() {
    return Optional.ofNullable(hello);
  }

  public Optional<UpstreamCertificate> upstreamCertificate() {
    return Optional.ofNullable(upstreamCertificate);
  }

  public Optional<RequestHead> request() {
    return Optional.ofNullable(request);
  }

  /// The request's body, present from its first byte on; ask [Body#complete] whether it is final.
  public Optional<Body> requestBody() {
    return Optional.ofNullable(requestBody);
  }

  public Optional<ResponseHead> response() {
    return Optional.ofNullable(response);
  }

  public Optional<Body> responseBody() {
    return Optional.ofNullable(responseBody);
  }
}
