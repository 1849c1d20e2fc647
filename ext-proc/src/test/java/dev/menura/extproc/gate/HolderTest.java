package dev.menura.extproc.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.gate.Callers.Answer;
import dev.menura.gate.v1.Connection;
import dev.menura.gate.v1.Holder;
import dev.menura.policy.Facts;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/// What of a client's certificate travels with the connection.
class HolderTest {
  private static final Facts.Client ANN =
      new Facts.Client("198.51.100.7", "ann", List.of(), "", Facts.Workload.NONE);

  private static X509Certificate certificate(String... uris) throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    var key = generator.generateKeyPair();
    var from = Instant.parse("2026-01-01T00:00:00Z");
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=Clients"),
            BigInteger.ONE,
            Date.from(from),
            Date.from(from.plusSeconds(3600)),
            new X500Name("CN=ann"),
            key.getPublic());
    if (uris.length > 0) {
      var names =
          IntStream.range(0, uris.length)
              .mapToObj(i -> new GeneralName(GeneralName.uniformResourceIdentifier, uris[i]))
              .toArray(GeneralName[]::new);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate());
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }

  private static Holder carried(X509Certificate certificate) {
    var connection = Connection.newBuilder();
    Ticket.put(new Answer.Known(ANN, Optional.of(certificate)), connection);
    return Ticket.decode(Ticket.encode(connection.build())).orElseThrow().getClient().getHolder();
  }

  @Test
  void subjectAndNamesAreCarriedByteForByte() throws Exception {
    var certificate = certificate("spiffe://a.test/b");
    var holder = carried(certificate);
    assertThat(holder.getSubject().toByteArray())
        .isEqualTo(certificate.getSubjectX500Principal().getEncoded());
    assertThat(holder.getNames().toByteArray())
        .isEqualTo(certificate.getExtensionValue("2.5.29.17"));
    assertThat(carried(certificate()).getNames().isEmpty()).isTrue();
  }

  @Test
  void whatIsTooLongIsSaidToBe() throws Exception {
    int rest = lengths(certificate("x".repeat(1024))) - 1024;
    var most = certificate("x".repeat(Ticket.HOLDER_BYTES_MAX - rest));
    assertThat(lengths(most)).isEqualTo(Ticket.HOLDER_BYTES_MAX);
    assertThat(carried(most).getTooLong()).isFalse();
    assertThat(carried(most).getNames().isEmpty()).isFalse();
    var more = certificate("x".repeat(Ticket.HOLDER_BYTES_MAX - rest + 1));
    assertThat(carried(more)).isEqualTo(Holder.newBuilder().setTooLong(true).build());
  }

  private static int lengths(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getEncoded().length
        + certificate.getExtensionValue("2.5.29.17").length;
  }

  @Test
  void aUserWhoCameWithoutOneIsNobodysHolder() {
    var connection = Connection.newBuilder();
    Ticket.put(new Answer.Known(ANN), connection);
    assertThat(connection.getClient().hasHolder()).isFalse();
  }
}
