package dev.menura.e2e;

import com.sun.net.httpserver.HttpServer;
import dev.menura.e2e.Forged.Draft;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/// Where issuers publish: their own certificate, whether one was revoked, and the list of those
/// that were.
final class IssuerSite implements AutoCloseable {
  private final Instant from = Instant.now().minus(Duration.ofHours(1));
  private final Instant until = Instant.now().plus(Duration.ofDays(2));

  private final HttpServer server;

  IssuerSite() {
    try {
      server =
          HttpServer.create(
              new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), /* backlog= */ 0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    server.start();
  }

  private GeneralName address(String path) {
    return new GeneralName(
        GeneralName.uniformResourceIdentifier,
        "http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private void publish(String path, byte[] content) {
    server.createContext(
        path,
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content);
          exchange.close();
        });
  }

  /// Says where the issuer's certificate is, and publishes it there.
  void issuedBy(Draft draft, Forged issuer) {
    publish("/issuer", issuer.der);
    draft.set(
        Extension.authorityInfoAccess,
        false,
        new AuthorityInformationAccess(
            new AccessDescription(AccessDescription.id_ad_caIssuers, address("/issuer"))));
  }

  void askedByOcsp(Draft draft) {
    draft.set(
        Extension.authorityInfoAccess,
        false,
        new AuthorityInformationAccess(
            new AccessDescription(AccessDescription.id_ad_ocsp, address("/ocsp"))));
  }

  void listed(Draft draft) {
    draft.set(
        Extension.cRLDistributionPoints,
        false,
        new CRLDistPoint(
            new DistributionPoint[] {
              new DistributionPoint(
                  new DistributionPointName(new GeneralNames(address("/crl"))), null, null)
            }));
  }

  /// What the issuer says of a certificate.
  byte[] answer(Forged issuer, Forged leaf, boolean revoked) {
    try {
      var digests = new JcaDigestCalculatorProviderBuilder().build();
      var builder = new BasicOCSPRespBuilder(new RespID(issuer.name));
      builder.addResponse(
          new CertificateID(
              digests.get(CertificateID.HASH_SHA1),
              new X509CertificateHolder(issuer.der),
              new X509CertificateHolder(leaf.der).getSerialNumber()),
          revoked
              ? new RevokedStatus(Date.from(from), CRLReason.keyCompromise)
              : CertificateStatus.GOOD,
          Date.from(from),
          Date.from(until));
      var basic = builder.build(signer(issuer.key.getPrivate()), null, Date.from(from));
      return new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded();
    } catch (OCSPException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Answers those who ask that the certificate was revoked.
  void revokes(Forged issuer, Forged leaf) {
    publish("/ocsp", answer(issuer, leaf, true));
  }

  /// Publishes a list with the certificate on it.
  void lists(Forged issuer, Forged leaf) {
    try {
      var list = new X509v2CRLBuilder(issuer.name, Date.from(from));
      list.setNextUpdate(Date.from(until));
      list.addCRLEntry(
          new X509CertificateHolder(leaf.der).getSerialNumber(),
          Date.from(from),
          CRLReason.keyCompromise);
      publish("/crl", list.build(signer(issuer.key.getPrivate())).getEncoded());
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
    return new JcaContentSignerBuilder("SHA256withECDSA").build(key);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
