package dev.menura.certificates.upstream;

import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsEncryptor;
import org.bouncycastle.tls.crypto.TlsVerifier;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/// Cryptography of one handshake that keeps a server's certificates as they came: one that cannot
/// be read ends the handshake only where its key is needed, after all of them are here.
final class RawCrypto extends BcTlsCrypto {
  private final List<byte[]> certificates = new ArrayList<>();

  RawCrypto(SecureRandom random) {
    super(random);
  }

  /// All that came so far, leaf first.
  List<byte[]> certificates() {
    return List.copyOf(certificates);
  }

  @Override
  public TlsCertificate createCertificate(short type, byte[] encoding) {
    certificates.add(encoding.clone());
    return new Raw(encoding);
  }

  private final class Raw implements TlsCertificate {
    private final byte[] encoded;
    private @Nullable TlsCertificate read;

    Raw(byte[] encoded) {
      this.encoded = encoded;
    }

    private TlsCertificate read() throws IOException {
      if (read == null) {
        try {
          read = new BcTlsCertificate(RawCrypto.this, encoded);
        } catch (IllegalArgumentException | ClassCastException | IllegalStateException e) {
          throw new TlsFatalAlert(AlertDescription.bad_certificate, e);
        }
      }
      return read;
    }

    @Override
    public TlsEncryptor createEncryptor(int role) throws IOException {
      return read().createEncryptor(role);
    }

    @Override
    public TlsVerifier createVerifier(short algorithm) throws IOException {
      return read().createVerifier(algorithm);
    }

    @Override
    public Tls13Verifier createVerifier(int scheme) throws IOException {
      return read().createVerifier(scheme);
    }

    @Override
    public byte[] getEncoded() {
      return encoded.clone();
    }

    /// Only asked for the features of TLS that a certificate promises, which the verdict is about.
    @Override
    public byte @Nullable [] getExtension(ASN1ObjectIdentifier oid) {
      return null;
    }

    @Override
    public BigInteger getSerialNumber() {
      try {
        return read().getSerialNumber();
      } catch (IOException e) {
        return BigInteger.ZERO;
      }
    }

    @Override
    public String getSigAlgOID() {
      try {
        return read().getSigAlgOID();
      } catch (IOException e) {
        return "";
      }
    }

    @Override
    public @Nullable ASN1Encodable getSigAlgParams() throws IOException {
      return read().getSigAlgParams();
    }

    @Override
    public short getLegacySignatureAlgorithm() throws IOException {
      return read().getLegacySignatureAlgorithm();
    }

    @Override
    public boolean supportsSignatureAlgorithm(short algorithm) throws IOException {
      return read().supportsSignatureAlgorithm(algorithm);
    }

    @Override
    public boolean supportsSignatureAlgorithmCA(short algorithm) throws IOException {
      return read().supportsSignatureAlgorithmCA(algorithm);
    }

    @Override
    public TlsCertificate checkUsageInRole(int role) throws IOException {
      return read().checkUsageInRole(role);
    }
  }
}
