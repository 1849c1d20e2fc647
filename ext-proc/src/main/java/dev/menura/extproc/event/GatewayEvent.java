package dev.menura.extproc.event;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One line of the event log. Holds no body content and no secret: evidence is masked before it
/// gets here.
public sealed interface GatewayEvent {
  /// What every event has.
  ///
  /// @param id names the connection; an exchange's id is the connection's, a slash and the
  ///   request's own id
  /// @param client the client's address without its port
  /// @param host the target's name or address
  /// @param rule the deciding rule's name; null where something other than a rule decided, which
  ///   `reason` then names
  /// @param verdict `allow`, `passthrough`, `distrust`, `block`, or `error` where nothing could be
  ///   decided; of a rejection `rejected`, of a proposal `propose` or `exempt`
  /// @param observedVerdict what rules in `mode: observe` would have made of it, where that differs
  /// @param observedRule the rule that would have decided
  /// @param reason a word for what decided where it was no rule (`sni-host-mismatch`), or the
  ///   rule's own reason
  /// @param caller who is asking
  record Common(
      Instant time,
      String id,
      String client,
      String host,
      int port,
      @Nullable String rule,
      String policyVersion,
      String verdict,
      @Nullable String observedVerdict,
      @Nullable String observedRule,
      @Nullable String reason,
      Caller caller) {

    /// Of a client of which no more than its address is known.
    public Common(
        Instant time,
        String id,
        String client,
        String host,
        int port,
        @Nullable String rule,
        String policyVersion,
        String verdict,
        @Nullable String observedVerdict,
        @Nullable String observedRule,
        @Nullable String reason) {
      this(
          time,
          id,
          client,
          host,
          port,
          rule,
          policyVersion,
          verdict,
          observedVerdict,
          observedRule,
          reason,
          Caller.NOBODY);
    }
  }

  /// Who is asking, where that is known; never by what it was proved.
  ///
  /// @param workload the client's SPIFFE ID
  record Caller(
      @Nullable String user,
      List<String> groups,
      @Nullable String device,
      @Nullable String workload) {
    public static final Caller NOBODY = new Caller(null, List.of(), null, null);

    public Caller {
      groups = List.copyOf(groups);
    }

    /// @param user empty where it is not known, as the others are
    public static Caller of(String user, List<String> groups, String device, String workload) {
      return new Caller(nullIfEmpty(user), groups, nullIfEmpty(device), nullIfEmpty(workload));
    }

    private static @Nullable String nullIfEmpty(String text) {
      return text.isEmpty() ? null : text;
    }
  }

  /// @param ja4 the JA4 fingerprint of the client's hello
  /// @param problem what is wrong with the origin's certificate, null where nothing is or where it
  ///   was not looked at
  /// @param upstreamFingerprint the SHA-256 of the origin's certificate
  /// @param revocation what is known about the revocation of the origin's certificate: `not-asked`,
  ///   `good`, `revoked`, `not-offered` or `unknown`
  /// @param connectionClass `trusted`, `pinned`, `distrust`, `block`, `clear`, `clear-block` or
  ///   `passthrough`; null where the connection was closed
  /// @param shown what the client was shown for a certificate: `mimic`, `untrusted-mimic`,
  ///   `block-page` or, passed through, the `original`
  /// @param clientVersion the highest TLS version that the client was offered
  /// @param exception the rule that let the problem pass
  /// @param clientCertificate `asked` where the origin asks clients for a certificate
  /// @param presented the client certificate that the origin is presented where it asks: `mimic`,
  ///   or `stored/` and its name
  /// @param hint one sentence for the operator, about what a rule could change
  record Tls(
      @Nullable String sni,
      @Nullable String ja4,
      @Nullable String upstreamVersion,
      @Nullable String upstreamIssuer,
      @Nullable String problem,
      @Nullable String upstreamSubject,
      @Nullable String upstreamFingerprint,
      @Nullable String revocation,
      @Nullable String connectionClass,
      @Nullable String shown,
      @Nullable String clientVersion,
      @Nullable String exception,
      @Nullable String clientCertificate,
      @Nullable String presented,
      @Nullable String hint) {
    /// Of a connection of which nothing more is known.
    public Tls(
        @Nullable String sni,
        @Nullable String ja4,
        @Nullable String upstreamVersion,
        @Nullable String upstreamIssuer,
        @Nullable String problem) {
      this(
          sni,
          ja4,
          upstreamVersion,
          upstreamIssuer,
          problem,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null);
    }
  }

  /// @param part `request` or `response`
  /// @param kind the detector's word, as `credit-card`
  /// @param count how many different values were found
  /// @param evidence masked, as `4111********1111`; a few of the values at the most
  record Finding(String part, String kind, long count, List<String> evidence) {
    public Finding {
      evidence = List.copyOf(evidence);
    }
  }

  Common common();

  /// The decision about a connection.
  ///
  /// @param address the address that was checked and is dialled, null where none was
  record ConnectionEvent(Common common, @Nullable String address, Tls tls)
      implements GatewayEvent {}

  /// The decision about a request and its response.
  ///
  /// @param path without its query
  /// @param status the status that the client got, 0 where it got none
  /// @param alerts the rules with `alert` that were true; those that could not be decided have the
  ///   value `unknown`. Also the rules whose condition failed, with `failed:` and why
  record ExchangeEvent(
      Common common,
      String method,
      String path,
      int status,
      Map<String, String> alerts,
      List<Finding> findings)
      implements GatewayEvent {
    public ExchangeEvent {
      alerts = Map.copyOf(alerts);
      findings = List.copyOf(findings);
    }
  }

  /// A client did not want the certificate that it was shown in place of its origin's.
  ///
  /// @param sign how it showed that: the TLS alert, as `unknown-ca`, or `closed`
  record RejectionEvent(Common common, String sign, Tls tls) implements GatewayEvent {}

  /// A host that several clients reached only to reject its certificate ought to be passed through,
  /// or is for a while.
  record ProposalEvent(Common common, Evidence evidence) implements GatewayEvent {}

  /// What speaks for passing a host through.
  ///
  /// @param rejections how many connections were given up
  /// @param clients how many different clients did so
  /// @param addresses a few of them
  /// @param signs how often each sign was seen
  /// @param exemptUntil until when the host is passed through, null where it is not
  /// @param lost the rules that could block or change something there, and could not in a
  ///   connection that is passed through
  /// @param suggestion the rule to add, in YAML
  /// @param before the rule that it belongs in front of, null where any place will do
  record Evidence(
      int rejections,
      int clients,
      List<String> addresses,
      Map<String, Integer> signs,
      Instant first,
      Instant last,
      @Nullable Instant exemptUntil,
      List<String> lost,
      String suggestion,
      @Nullable String before) {
    public Evidence {
      addresses = List.copyOf(addresses);
      signs = Map.copyOf(signs);
      lost = List.copyOf(lost);
    }
  }
}
