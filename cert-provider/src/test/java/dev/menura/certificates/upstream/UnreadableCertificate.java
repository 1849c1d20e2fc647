package dev.menura.certificates.upstream;

import java.math.BigInteger;
import java.security.Principal;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A certificate that a Java server takes for sound and sends in another form.
final class UnreadableCertificate extends X509Certificate {
  private final X509Certificate sound;
  private final byte[] sent;

  UnreadableCertificate(X509Certificate sound, byte[] sent) {
    this.sound = sound;
    this.sent = sent;
  }

  @Override
  public byte[] getEncoded() {
    return sent.clone();
  }

  @Override
  public void checkValidity() throws CertificateExpiredException, CertificateNotYetValidException {
    sound.checkValidity();
  }

  @Override
  public void checkValidity(Date date)
      throws CertificateExpiredException, CertificateNotYetValidException {
    sound.checkValidity(date);
  }

  @Override
  public int getVersion() {
    return sound.getVersion();
  }

  @Override
  public BigInteger getSerialNumber() {
    return sound.getSerialNumber();
  }

  @Override
  @SuppressWarnings("deprecation") // Abstract in the class that is extended.
  public Principal getIssuerDN() {
    return sound.getIssuerDN();
  }

  @Override
  @SuppressWarnings("deprecation") // Abstract in the class that is extended.
  public Principal getSubjectDN() {
    return sound.getSubjectDN();
  }

  @Override
  public Date getNotBefore() {
    return sound.getNotBefore();
  }

  @Override
  public Date getNotAfter() {
    return sound.getNotAfter();
  }

  @Override
  public byte[] getTBSCertificate() throws CertificateEncodingException {
    return sound.getTBSCertificate();
  }

  @Override
  public byte[] getSignature() {
    return sound.getSignature();
  }

  @Override
  public String getSigAlgName() {
    return sound.getSigAlgName();
  }

  @Override
  public String getSigAlgOID() {
    return sound.getSigAlgOID();
  }

  @Override
  public byte @Nullable [] getSigAlgParams() {
    return sound.getSigAlgParams();
  }

  @Override
  public boolean @Nullable [] getIssuerUniqueID() {
    return sound.getIssuerUniqueID();
  }

  @Override
  public boolean @Nullable [] getSubjectUniqueID() {
    return sound.getSubjectUniqueID();
  }

  @Override
  public boolean @Nullable [] getKeyUsage() {
    return sound.getKeyUsage();
  }

  @Override
  public int getBasicConstraints() {
    return sound.getBasicConstraints();
  }

  @Override
  public void verify(PublicKey key) {
    throw new UnsupportedOperationException("servers verify nothing");
  }

  @Override
  public void verify(PublicKey key, String provider) {
    throw new UnsupportedOperationException("servers verify nothing");
  }

  @Override
  public String toString() {
    return sound.toString();
  }

  @Override
  public PublicKey getPublicKey() {
    return sound.getPublicKey();
  }

  @Override
  public boolean hasUnsupportedCriticalExtension() {
    return false;
  }

  @Override
  public @Nullable Set<String> getCriticalExtensionOIDs() {
    return sound.getCriticalExtensionOIDs();
  }

  @Override
  public @Nullable Set<String> getNonCriticalExtensionOIDs() {
    return sound.getNonCriticalExtensionOIDs();
  }

  @Override
  public byte @Nullable [] getExtensionValue(String oid) {
    return sound.getExtensionValue(oid);
  }
}
