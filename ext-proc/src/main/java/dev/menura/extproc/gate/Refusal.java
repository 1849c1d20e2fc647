package dev.menura.extproc.gate;

import dev.menura.extproc.exchange.BlockPage;
import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import java.time.Instant;

/// Why a connection is refused.
///
/// @param rule the deciding rule's name, empty where it was not a rule
/// @param reason a word for what decided, or the rule's own reason
/// @param detail one sentence for the person who is refused, may be empty
/// @param status the HTTP status of the page
/// @param closes whether the connection is closed rather than answered with a page
record Refusal(String rule, String reason, String detail, int status, boolean closes) {
  static final int PROXY_AUTHENTICATION_REQUIRED = 407;

  static final Refusal MALFORMED_TARGET =
      of("malformed-target", 400, "The request names no valid host and port.");
  static final Refusal SCHEME =
      of("scheme-not-supported", 400, "Only http:// is forwarded without CONNECT.");
  static final Refusal OWN_SITE =
      of(
          "menura-local",
          403,
          "This is the gateway itself. Its pages are at http://menura.local/, without TLS.");
  static final Refusal MALFORMED_SNI =
      of("malformed-sni", 400, "The TLS server name is not a valid host name.");
  static final Refusal SNI_MISMATCH =
      of(
          "sni-host-mismatch",
          403,
          "The TLS server name is not the host that the proxy was asked for.");
  static final Refusal HELLO_TOO_LARGE =
      of(
          "client-hello-too-large",
          403,
          "The TLS ClientHello is larger than the 16 KiB that are read of one.");
  static final Refusal NAME_NOT_AT_ADDRESS =
      nameNotAtAddress(
          "The address that was dialled is none of this name's, and presents no valid certificate"
              + " for it.");
  static final Refusal NO_SLOT =
      of(
          "no-slot",
          503,
          "Too many origins are being opened at once by clients that name no server in TLS.");
  static final Refusal NO_PIN =
      of(
          "no-pin",
          503,
          "Too many origins with a faulty certificate that is allowed are open at once.");
  static final Refusal CLIENT_MINIMUM =
      of(
          "client-tls-minimum",
          403,
          "The origin speaks no TLS version as high as the lowest that clients may be offered.");
  static final Refusal NO_CLIENT_IDENTITY =
      of(
          "no-client-identity",
          403,
          "The origin is to be told who is asking, and that is not known here, or too long for a"
              + " certificate.");
  static final Refusal NOT_INSPECTABLE =
      of(
          "protocol-not-inspectable",
          403,
          "The connection is neither TLS nor HTTP, and no rule passes it through.");

  /// The target was blocked at CONNECT, so that nothing was resolved for it, and no longer is.
  static final Refusal POLICY_CHANGED =
      of("policy-changed", 503, "The policy has just changed. Try again.");

  static Refusal byRule(Decision decision, Action.Block block) {
    var reason = block.reason().orElse("");
    boolean closes = block.page() == Action.Page.REFUSE;
    return decision
        .rule()
        .map(rule -> new Refusal(rule.name(), reason, reason, 403, closes))
        .orElseGet(
            () -> new Refusal("", "no-rule", "No rule of the policy allows this.", 403, closes));
  }

  /// A client that cannot be asked is refused for good (RFC 9110 15.5.8 wants a challenge).
  static Refusal unknown(Callers.Answer.Unknown unknown) {
    var reason = unknown.reason();
    boolean asks =
        reason.status() != PROXY_AUTHENTICATION_REQUIRED || !unknown.challenges().isEmpty();
    return of(reason.word(), asks ? reason.status() : 403, reason.detail());
  }

  static Refusal address(String detail) {
    return of("address-refused", 403, detail);
  }

  static Refusal unresolved(String detail) {
    return of("name-not-resolved", 502, detail);
  }

  static Refusal nameNotAtAddress(String detail) {
    return of("name-not-at-address", 403, detail);
  }

  static Refusal unreachable(Origins.Look.Unreachable look) {
    return of(
        "origin-" + look.reason(), look.reason().equals("timeout") ? 504 : 502, look.detail());
  }

  static Refusal certificate(String problem, String detail) {
    return of("certificate-" + problem, 403, detail);
  }

  /// There is no certificate to show a page with.
  static Refusal notSigned(String detail) {
    return new Refusal("", "certificate-not-signed", detail, 503, true);
  }

  private static Refusal of(String reason, int status, String detail) {
    return new Refusal("", reason, detail, status, false);
  }

  /// `error` where something failed that is not the policy's word.
  String verdict() {
    return status >= 500 ? "error" : "block";
  }

  BlockPage page(String host, String id, Instant time, String policyVersion) {
    return new BlockPage(status, host, rule, reason, detail, id, time, policyVersion);
  }

  dev.menura.gate.v1.Refusal toMessage(String policyVersion) {
    return dev.menura.gate.v1.Refusal.newBuilder()
        .setRule(rule)
        .setReason(reason)
        .setDetail(detail)
        .setStatus(status)
        .setPolicyVersion(policyVersion)
        .build();
  }
}
