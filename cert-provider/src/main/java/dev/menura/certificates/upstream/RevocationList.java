package dev.menura.certificates.upstream;

import dev.menura.certificates.path.Der;
import dev.menura.certificates.path.MalformedException;
import dev.menura.certificates.path.Signatures;
import dev.menura.certificates.path.X509;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.CertificateList;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.TBSCertList;

/// An issuer's list of revoked certificates (RFC 5280 5 and 6.3), with its signature checked.
///
/// @param revoked when each serial was taken back
/// @param forServers whether it speaks of leaves
/// @param forAuthorities whether it speaks of authorities
/// @param bytes how large it was
record RevocationList(
    Instant thisUpdate,
    Instant nextUpdate,
    Map<BigInteger, Instant> revoked,
    boolean forServers,
    boolean forAuthorities,
    int bytes) {
  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD =
      Set.of(Extension.issuingDistributionPoint);

  RevocationList {
    revoked = Map.copyOf(revoked);
  }

  /// @param address where it was fetched from, empty where it was given
  /// @throws MalformedException where it cannot be used: it is broken, another one's, or of a kind
  ///   that is not understood
  static RevocationList read(byte[] der, X509 issuer, String address) throws MalformedException {
    Der.check(der);
    try {
      CertificateList list = CertificateList.getInstance(ASN1Primitive.fromByteArray(der));
      TBSCertList tbs = list.getTBSCertList();
      if (tbs.getNextUpdate() == null || tbs.getVersionNumber() != 2) {
        throw new MalformedException("the list is not of version 2 or says not when it ends");
      }
      if (!Arrays.equals(
          tbs.getSignature().getEncoded("DER"), list.getSignatureAlgorithm().getEncoded("DER"))) {
        throw new MalformedException("the list names two signature algorithms");
      }
      if (!issuer.isNamed(list.getIssuer().getEncoded("DER"))
          || !issuer.maySignLists()
          || !Signatures.isSound(
              list.getSignatureAlgorithm().getEncoded("DER"),
              tbs.getEncoded("DER"),
              list.getSignature().getOctets(),
              issuer.key())) {
        throw new MalformedException("the list is not its issuer's");
      }
      Optional<IssuingDistributionPoint> scope = scope(tbs.getExtensions(), address);
      return new RevocationList(
          tbs.getThisUpdate().getDate().toInstant(),
          tbs.getNextUpdate().getDate().toInstant(),
          revoked(tbs),
          scope.filter(IssuingDistributionPoint::onlyContainsCACerts).isEmpty(),
          scope.filter(IssuingDistributionPoint::onlyContainsUserCerts).isEmpty(),
          der.length);
    } catch (IOException
        | IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | ClassCastException e) {
      throw new MalformedException("the list cannot be read", e);
    }
  }

  private static Optional<IssuingDistributionPoint> scope(Extensions extensions, String address)
      throws MalformedException {
    if (extensions == null) {
      return Optional.empty();
    }
    for (ASN1ObjectIdentifier oid : extensions.getCriticalExtensionOIDs()) {
      if (!UNDERSTOOD.contains(oid)) {
        throw new MalformedException("the list has a critical extension that is not understood");
      }
    }
    if (extensions.getExtension(Extension.deltaCRLIndicator) != null) {
      throw new MalformedException("the list is a delta");
    }
    Extension found = extensions.getExtension(Extension.issuingDistributionPoint);
    if (found == null) {
      return Optional.empty();
    }
    IssuingDistributionPoint point = IssuingDistributionPoint.getInstance(found.getParsedValue());
    if (point.isIndirectCRL()
        || point.getOnlySomeReasons() != null
        || point.onlyContainsAttributeCerts()
        || !isOf(point.getDistributionPoint(), address)) {
      throw new MalformedException("the list is for something else");
    }
    return Optional.of(point);
  }

  /// A list that is one of several says which one; it must be the one that was asked for.
  private static boolean isOf(DistributionPointName name, String address) {
    if (name == null) {
      return true;
    }
    if (name.getType() != DistributionPointName.FULL_NAME) {
      return false;
    }
    return Arrays.stream(GeneralNames.getInstance(name.getName()).getNames())
        .anyMatch(each ->
            each.getTagNo() == GeneralName.uniformResourceIdentifier
                && each.getName().toString().equals(address));
  }

  private static Map<BigInteger, Instant> revoked(TBSCertList tbs) throws MalformedException {
    var revoked = new HashMap<BigInteger, Instant>();
    for (Enumeration<?> all = tbs.getRevokedCertificateEnumeration(); all.hasMoreElements(); ) {
      var entry = (TBSCertList.CRLEntry) all.nextElement();
      if (entry.hasExtensions() && entry.getExtensions().hasAnyCriticalExtensions()) {
        throw new MalformedException("an entry of the list is of a kind that is not understood");
      }
      revoked.put(
          entry.getUserCertificate().getValue(), entry.getRevocationDate().getDate().toInstant());
    }
    return revoked;
  }

  boolean isCurrent(Instant now) {
    return !now.isBefore(thisUpdate) && !now.isAfter(nextUpdate);
  }

  boolean speaksOf(X509 certificate) {
    return certificate.isAuthority() ? forAuthorities : forServers;
  }
}
