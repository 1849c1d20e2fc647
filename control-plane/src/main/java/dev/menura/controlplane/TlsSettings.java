package dev.menura.controlplane;

import dev.menura.policy.TlsRules;
import dev.menura.policy.TlsRules.Restriction;
import dev.menura.policy.TlsRules.Version;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.CompliancePolicy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import java.util.List;
import java.util.stream.Stream;

/// The versions, groups, suites and signatures of TLS, on both sides of Envoy.
///
/// Envoy cannot choose the suites of TLS 1.3 by name, but its compliance policy restricts them.
/// That policy also sets the versions to 1.2 and 1.3, whatever else is said, so that a side that is
/// to speak TLS 1.2 alone goes without it: there the names are enough.
record TlsSettings(TlsRules rules) {
  /// P-384 and P-521 are not among Envoy's defaults, and origins exist that offer nothing else.
  private static final List<String> GROUPS =
      List.of("X25519MLKEM768", "X25519", "P-256", "P-384", "P-521");

  /// The default list lacks P-521 and Ed25519, and has SHA-1.
  private static final List<String> SIGNATURES =
      List.of(
          "ecdsa_secp256r1_sha256",
          "rsa_pss_rsae_sha256",
          "rsa_pkcs1_sha256",
          "ecdsa_secp384r1_sha384",
          "rsa_pss_rsae_sha384",
          "rsa_pkcs1_sha384",
          "rsa_pss_rsae_sha512",
          "rsa_pkcs1_sha512",
          "ecdsa_secp521r1_sha512",
          "ed25519");

  private static final List<String> FIPS_GROUPS = List.of("P-256", "P-384");

  private static final List<String> FIPS_SUITES =
      List.of(
          "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-RSA-AES256-GCM-SHA384");

  /// Those of browsers: the sound ones first, and at the end what origins that have nothing better
  /// are spoken to with. `TlsOffer` has the same for the look at an origin.
  private static final List<String> ORIGIN_SUITES =
      Stream.of(
              FIPS_SUITES,
              List.of("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"),
              List.of("ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA"),
              List.of("AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA"))
          .flatMap(List::stream)
          .toList();

  private static final List<String> FIPS_SIGNATURES =
      SIGNATURES.stream()
          .filter(each -> !each.equals("ecdsa_secp521r1_sha512") && !each.equals("ed25519"))
          .toList();

  /// Whether clients may be left with TLS 1.2 alone.
  boolean offersTls12() {
    return rules.clientMinimum() == Version.TLS_1_2;
  }

  /// @param highest the highest version that clients are offered
  TlsParameters towardsClients(TlsProtocol highest) {
    return parameters(rules.clientMinimum(), highest).build();
  }

  TlsParameters towardsOrigins() {
    return parameters(rules.upstreamMinimum(), TlsProtocol.TLSv1_3)
        .clearCipherSuites()
        .addAllCipherSuites(fips() ? FIPS_SUITES : ORIGIN_SUITES)
        .clearSignatureAlgorithms()
        .addAllSignatureAlgorithms(fips() ? FIPS_SIGNATURES : SIGNATURES)
        .build();
  }

  private boolean fips() {
    return rules.restriction() == Restriction.FIPS;
  }

  private TlsParameters.Builder parameters(Version lowest, TlsProtocol highest) {
    var parameters =
        TlsParameters.newBuilder()
            .setTlsMinimumProtocolVersion(protocol(lowest))
            .setTlsMaximumProtocolVersion(highest)
            .addAllEcdhCurves(fips() ? FIPS_GROUPS : GROUPS);
    if (fips()) {
      parameters.addAllCipherSuites(FIPS_SUITES).addAllSignatureAlgorithms(FIPS_SIGNATURES);
      if (highest == TlsProtocol.TLSv1_3) {
        parameters.addCompliancePolicies(CompliancePolicy.FIPS_202205);
      }
    }
    return parameters;
  }

  private static TlsProtocol protocol(Version version) {
    return switch (version) {
      case TLS_1_2 -> TlsProtocol.TLSv1_2;
      case TLS_1_3 -> TlsProtocol.TLSv1_3;
    };
  }
}
