package dev.menura.certificates.authority;

import dev.menura.certificates.x509.KeyKind;
import dev.menura.certificates.x509.OtherNames;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;

/// What a leaf says of its holder: what a mimic copies of an original.
///
/// @param subject attributes, order and kinds of string as they were encoded
/// @param names the subject alternative names
/// @param usage what the key may be used for; [Usage#none] where the original does not say
/// @param critical the extensions that are marked critical
/// @param purpose what it authenticates
record Likeness(
    X500Name subject,
    List<GeneralName> names,
    Usage usage,
    Critical critical,
    Remit.Purpose purpose) {
  private static final int SUBJECT_BYTES_MAX = 4 * 1024;
  private static final int ATTRIBUTES_MAX = 64;

  /// Bits of no use to a server's key: a leaf of ours issues nothing.
  private static final int NEVER = KeyUsage.keyCertSign | KeyUsage.cRLSign;

  /// RFC 8813 3: an elliptic-curve key enciphers nothing.
  private static final int RSA_ONLY = KeyUsage.keyEncipherment | KeyUsage.dataEncipherment;

  /// RFC 3279 2.3.1: an RSA key agrees on nothing.
  private static final int AGREEMENT =
      KeyUsage.keyAgreement | KeyUsage.encipherOnly | KeyUsage.decipherOnly;

  Likeness {
    names = List.copyOf(names);
  }

  /// Of a server.
  private Likeness(X500Name subject, List<GeneralName> names, Usage usage, Critical critical) {
    this(subject, names, usage, critical, Remit.Purpose.SERVERS);
  }

  /// Of a client.
  static Likeness ofClient(X500Name subject, List<GeneralName> names) {
    return new Likeness(
        bounded(subject),
        names,
        new Usage(true, KeyUsage.digitalSignature),
        Critical.USUAL,
        Remit.Purpose.CLIENTS);
  }

  /// The key usage (RFC 5280 4.2.1.3) as its bits.
  record Usage(boolean present, int bits) {
    static Usage none() {
      return new Usage(false, 0);
    }

    /// The bits for a key of our making. A signature is what a handshake needs of it, whatever the
    /// original's key was for.
    int bitsFor(KeyKind key) {
      int left = bits & ~NEVER & ~(key.isRsa() ? AGREEMENT : RSA_ONLY);
      return left | KeyUsage.digitalSignature;
    }
  }

  /// Which extensions a client must understand (RFC 5280 4.2).
  record Critical(boolean constraints, boolean usage, boolean purposes, boolean names) {
    /// As RFC 5280 recommends.
    static final Critical USUAL = new Critical(true, true, false, false);
  }

  /// Of what the gateway itself serves.
  static Likeness ofOurs(X500Name subject, List<GeneralName> names) {
    return new Likeness(subject, names, new Usage(true, KeyUsage.digitalSignature), Critical.USUAL);
  }

  /// @param names the names that are copied
  static Likeness of(X509Certificate original, List<GeneralName> names) {
    var subject = X500Name.getInstance(original.getSubjectX500Principal().getEncoded());
    return new Likeness(bounded(subject), names, usage(original), critical(original));
  }

  private static Usage usage(X509Certificate original) {
    byte[] extension = original.getExtensionValue(Extension.keyUsage.getId());
    if (extension == null) {
      return Usage.none();
    }
    byte[] value = ASN1OctetString.getInstance(extension).getOctets();
    byte[] bytes = ASN1BitString.getInstance(value).getBytes();
    int bits = bytes.length == 0 ? 0 : bytes[0] & 0xff;
    return new Usage(true, bytes.length > 1 ? bits | (bytes[1] & 0xff) << 8 : bits);
  }

  private static Critical critical(X509Certificate original) {
    Set<String> critical =
        Optional.ofNullable(original.getCriticalExtensionOIDs()).orElse(Set.of());
    return new Critical(
        critical.contains(Extension.basicConstraints.getId())
            || original.getExtensionValue(Extension.basicConstraints.getId()) == null,
        critical.contains(Extension.keyUsage.getId()),
        critical.contains(Extension.extendedKeyUsage.getId()),
        critical.contains(Extension.subjectAlternativeName.getId()));
  }

  /// The name as it is, or without the attributes that hold control characters or go beyond the
  /// bounds.
  private static X500Name bounded(X500Name subject) {
    RDN[] all = subject.getRDNs();
    if (all.length <= ATTRIBUTES_MAX
        && length(subject) <= SUBJECT_BYTES_MAX
        && OtherNames.isPlain(subject)) {
      return subject;
    }
    var kept = new ArrayList<RDN>();
    int left = SUBJECT_BYTES_MAX;
    for (RDN rdn : all) {
      int length = length(rdn);
      if (kept.size() < ATTRIBUTES_MAX && length <= left && OtherNames.isPlain(rdn)) {
        kept.add(rdn);
        left -= length;
      }
    }
    return new X500Name(kept.toArray(RDN[]::new));
  }

  private static int length(org.bouncycastle.asn1.ASN1Object part) {
    try {
      return part.getEncoded().length;
    } catch (IOException e) {
      throw new IllegalStateException("a parsed name has no encoding", e);
    }
  }
}
