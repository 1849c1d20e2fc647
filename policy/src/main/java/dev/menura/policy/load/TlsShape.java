package dev.menura.policy.load;

import dev.menura.policy.TlsRules;
import dev.menura.policy.TlsRules.ClientVersions;
import dev.menura.policy.TlsRules.Restriction;
import dev.menura.policy.TlsRules.Version;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Types;
import java.util.List;
import java.util.Optional;

/// The keys of `tls` in the `Gateway` document.
final class TlsShape {
  private static final TlsRules STANDARD = TlsRules.STANDARD;

  private static final Field<ClientVersions> CLIENT_VERSIONS =
      Field.withDefault(
          "client-versions",
          Types.choice("as-origin", ClientVersions.AS_ORIGIN, "all", ClientVersions.ALL),
          STANDARD.clientVersions(),
          "as-origin",
          "Which versions clients are offered: none higher than the origin's own (`as-origin`), or"
              + " `all` that are supported.");

  private static final Field<Version> CLIENT_MINIMUM =
      minimum(
          "client-minimum",
          STANDARD.clientMinimum(),
          "The lowest version that clients are offered. An origin without it is refused, unless"
              + " `client-versions` is `all`.");

  private static final Field<Version> UPSTREAM_MINIMUM =
      minimum(
          "upstream-minimum",
          STANDARD.upstreamMinimum(),
          "The lowest version that origins are spoken to in. An origin without it is refused as"
              + " `origin-tls-version`.");

  private static final Field<Restriction> RESTRICT =
      Field.withDefault(
          "restrict",
          Types.choice(
              Restriction.NONE.word(), Restriction.NONE, Restriction.FIPS.word(), Restriction.FIPS),
          STANDARD.restriction(),
          STANDARD.restriction().word(),
          "Which algorithms are left on both sides: all that browsers speak (`none`), or those that"
              + " FIPS 140 approves (`fips`): AES-GCM, P-256 and P-384, RSA and ECDSA. Not together"
              + " with a minimum of 1.3.");

  static final Field<TlsRules> TLS =
      Field.withDefault(
          "tls",
          Shape.checked(
              List.of(CLIENT_VERSIONS, CLIENT_MINIMUM, UPSTREAM_MINIMUM, RESTRICT),
              TlsShape::rules),
          STANDARD,
          "",
          "How TLS is spoken. All but `client-versions` takes effect at the next start.");

  private TlsShape() {}

  /// Envoy's restriction to FIPS sets the versions too, from 1.2 on.
  private static Optional<TlsRules> rules(Found found, Issues issues) {
    for (Field<Version> minimum : List.of(CLIENT_MINIMUM, UPSTREAM_MINIMUM)) {
      if (found.get(RESTRICT) == Restriction.FIPS && found.get(minimum) != Version.TLS_1_2) {
        issues.error(
            found.value(minimum),
            "expected '1.2' beside 'restrict: fips', because Envoy's restriction to FIPS sets the"
                + " versions 1.2 and 1.3 itself, found '"
                + found.get(minimum).word()
                + "'");
      }
    }
    return Optional.of(
        new TlsRules(
            found.get(CLIENT_VERSIONS),
            found.get(CLIENT_MINIMUM),
            found.get(UPSTREAM_MINIMUM),
            found.get(RESTRICT)));
  }

  private static Field<Version> minimum(String name, Version standard, String doc) {
    return Field.withDefault(
        name,
        Types.choice(
            Version.TLS_1_2.word(), Version.TLS_1_2, Version.TLS_1_3.word(), Version.TLS_1_3),
        standard,
        standard.word(),
        doc);
  }
}
