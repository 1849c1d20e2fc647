package dev.menura.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.TlsRules;
import dev.menura.policy.TlsRules.ClientVersions;
import dev.menura.policy.TlsRules.Restriction;
import dev.menura.policy.TlsRules.Version;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.CompliancePolicy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import org.junit.jupiter.api.Test;

class TlsSettingsTest {
  private static TlsSettings settings(Version client, Version upstream, Restriction restriction) {
    return new TlsSettings(new TlsRules(ClientVersions.AS_ORIGIN, client, upstream, restriction));
  }

  @Test
  void setsEachSidesMinimum() {
    var tls = settings(Version.TLS_1_3, Version.TLS_1_2, Restriction.NONE);
    assertThat(tls.towardsClients(TlsProtocol.TLSv1_3).getTlsMinimumProtocolVersion())
        .isEqualTo(TlsProtocol.TLSv1_3);
    assertThat(tls.towardsOrigins().getTlsMinimumProtocolVersion()).isEqualTo(TlsProtocol.TLSv1_2);
    assertThat(
            settings(Version.TLS_1_2, Version.TLS_1_3, Restriction.NONE)
                .towardsOrigins()
                .getTlsMinimumProtocolVersion())
        .isEqualTo(TlsProtocol.TLSv1_3);
  }

  @Test
  void hasNoChainsOfTls12BelowAMinimumOf13() {
    var tls = settings(Version.TLS_1_3, Version.TLS_1_2, Restriction.NONE);
    assertThat(DecryptListener.of(tls).getFilterChainsList())
        .isNotEmpty()
        .noneMatch(chain -> chain.getName().endsWith("-tls12"));
  }

  @Test
  void leavesTheCompliancePolicyOutWhereItWouldRaiseTheVersion() {
    var tls = settings(Version.TLS_1_2, Version.TLS_1_2, Restriction.FIPS);
    assertThat(tls.towardsClients(TlsProtocol.TLSv1_3).getCompliancePoliciesList())
        .containsExactly(CompliancePolicy.FIPS_202205);
    var old = tls.towardsClients(TlsProtocol.TLSv1_2);
    assertThat(old.getCompliancePoliciesList()).isEmpty();
    assertThat(old.getEcdhCurvesList()).containsExactly("P-256", "P-384");
    assertThat(old.getCipherSuitesList()).isNotEmpty().allMatch(suite -> suite.contains("GCM"));
  }

  @Test
  void offersThePostQuantumGroupFirstUnlessRestricted() {
    var tls = new TlsSettings(TlsRules.STANDARD);
    assertThat(tls.towardsOrigins().getEcdhCurves(0)).isEqualTo("X25519MLKEM768");
    assertThat(tls.towardsClients(TlsProtocol.TLSv1_3).getEcdhCurves(0))
        .isEqualTo("X25519MLKEM768");
  }

  @Test
  void speaksWhatBrowsersSpeakWithOriginsTheSoundFirst() {
    var tls = new TlsSettings(TlsRules.STANDARD);
    assertThat(tls.towardsOrigins().getCipherSuitesList())
        .containsExactly(
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-RSA-AES128-SHA",
            "ECDHE-RSA-AES256-SHA",
            "AES128-GCM-SHA256",
            "AES256-GCM-SHA384",
            "AES128-SHA",
            "AES256-SHA");
    assertThat(
            settings(Version.TLS_1_2, Version.TLS_1_2, Restriction.FIPS)
                .towardsOrigins()
                .getCipherSuitesList())
        .hasSize(4)
        .allMatch(suite -> suite.startsWith("ECDHE-") && suite.contains("GCM"));
  }

  @Test
  void offersClientsNothingBelowEnvoysOwnSuites() {
    var tls = new TlsSettings(TlsRules.STANDARD);
    assertThat(tls.towardsClients(TlsProtocol.TLSv1_3).getCipherSuitesList()).isEmpty();
    assertThat(tls.towardsClients(TlsProtocol.TLSv1_2).getCipherSuitesList()).isEmpty();
  }
}
