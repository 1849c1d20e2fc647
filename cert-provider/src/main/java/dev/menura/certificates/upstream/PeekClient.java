package dev.menura.certificates.upstream;

import dev.menura.certificates.x509.OriginName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatus;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.CertificateStatusType;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.OCSPStatusRequest;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.jspecify.annotations.Nullable;

/// The client side of a peek: TLS as browsers speak it, so that a server that offers less is not
/// spoken to. It judges no certificate, and takes those with weak signatures, which the verdict
/// names.
final class PeekClient extends AbstractTlsClient {
  private static final int CERTIFICATES_MAX = 1_000;
  private static final Integer STATUS_REQUEST = ExtensionType.status_request;

  private final RawCrypto crypto;
  private final OriginName name;
  private final TlsOffer offer;
  private final int messageBytesMax;
  private Optional<Staple> staple = Optional.empty();
  private Look.Request request = Look.Request.NONE;

  PeekClient(RawCrypto crypto, OriginName name, TlsOffer offer, int messageBytesMax) {
    super(crypto);
    this.crypto = crypto;
    this.name = name;
    this.offer = offer;
    this.messageBytesMax = messageBytesMax;
  }

  /// Empty where no certificate came.
  Optional<Captured> captured() {
    if (crypto.certificates().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Captured(new SentChain(crypto.certificates()), version(), protocol(), staple, request));
  }

  /// Whether HTTP/2 was chosen with a suite that it forbids.
  boolean isBelowHttp2() {
    return protocol().equals(ProtocolName.HTTP_2_TLS.getUtf8Decoding())
        && !TlsOffer.carriesHttp2(context.getSecurityParameters().getCipherSuite());
  }

  private String version() {
    ProtocolVersion version = context.getSecurityParameters().getNegotiatedVersion();
    return version == null ? "" : version.getName().replace(" ", "v");
  }

  private String protocol() {
    ProtocolName chosen = context.getSecurityParameters().getApplicationProtocol();
    return chosen == null ? "" : chosen.getUtf8Decoding();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return offer.suites();
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return offer.versions();
  }

  @Override
  @SuppressWarnings("rawtypes") // The library's own signature.
  protected Vector<Integer> getSupportedGroups(Vector roles) {
    return new Vector<>(offer.groups());
  }

  @Override
  public Vector<Integer> getEarlyKeyShareGroups() {
    return new Vector<>(offer.earlyGroups());
  }

  @Override
  protected Vector<SignatureAndHashAlgorithm> getSupportedSignatureAlgorithmsCert() {
    Vector<SignatureAndHashAlgorithm> all =
        new Vector<>(sound(super.getSupportedSignatureAlgorithms()));
    all.add(SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha1, SignatureAlgorithm.rsa));
    all.add(SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha1, SignatureAlgorithm.ecdsa));
    return all;
  }

  @Override
  protected Vector<SignatureAndHashAlgorithm> getSupportedSignatureAlgorithms() {
    return new Vector<>(offer.signatures());
  }

  private static List<SignatureAndHashAlgorithm> sound(Vector<?> offered) {
    return offered.stream()
        .map(SignatureAndHashAlgorithm.class::cast)
        .filter(each ->
            each.getHash() != HashAlgorithm.sha1
                && each.getHash() != HashAlgorithm.sha224
                && each.getSignature() != SignatureAlgorithm.dsa)
        .toList();
  }

  @Override
  protected @Nullable Vector<ServerName> getSNIServerNames() {
    return name.isAddress()
        ? null
        : new Vector<>(
            List.of(
                new ServerName(
                    NameType.host_name, name.text().getBytes(StandardCharsets.US_ASCII))));
  }

  @Override
  protected Vector<ProtocolName> getProtocolNames() {
    return new Vector<>(Arrays.asList(ProtocolName.HTTP_2_TLS, ProtocolName.HTTP_1_1));
  }

  @Override
  protected CertificateStatusRequest getCertificateStatusRequest() {
    return new CertificateStatusRequest(
        CertificateStatusType.ocsp, new OCSPStatusRequest(null, null));
  }

  @Override
  public int getMaxCertificateChainLength() {
    // The bytes bound them; whether they are too many is for the verdict to say.
    return CERTIFICATES_MAX;
  }

  @Override
  public int getMaxHandshakeMessageSize() {
    return messageBytesMax;
  }

  @Override
  public boolean shouldCheckSigAlgOfPeerCerts() {
    return false;
  }

  @Override
  public TlsAuthentication getAuthentication() {
    return new TlsAuthentication() {
      @Override
      public void notifyServerCertificate(TlsServerCertificate presented) throws IOException {
        CertificateStatus status = presented.getCertificateStatus();
        if (status == null) {
          status = besideTheLeaf(presented);
        }
        if (status != null && status.getStatusType() == CertificateStatusType.ocsp) {
          staple = Optional.of(new Staple(status.getOCSPResponse().getEncoded()));
        }
      }

      @Override
      public @Nullable TlsCredentials getClientCredentials(CertificateRequest asked) {
        request = Look.Request.ASKED;
        return null;
      }
    };
  }

  /// RFC 8446 4.4.2.1: in TLS 1.3 the staple is an extension of the certificate's entry.
  private @Nullable CertificateStatus besideTheLeaf(TlsServerCertificate presented)
      throws IOException {
    if (presented.getCertificate().isEmpty()) {
      return null;
    }
    Hashtable<?, ?> extensions =
        presented.getCertificate().getCertificateEntryAt(0).getExtensions();
    return extensions != null && extensions.get(STATUS_REQUEST) instanceof byte[] data
        ? CertificateStatus.parse(context, new ByteArrayInputStream(data))
        : null;
  }
}
