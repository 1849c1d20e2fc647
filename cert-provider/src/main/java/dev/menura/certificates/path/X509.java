package dev.menura.certificates.path;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTCTime;

/// A certificate (RFC 5280 4.1), read strictly from its bytes. Immutable.
public final class X509 {
  private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");
  private static final Pattern UTC_TIME = Pattern.compile("[0-9]{12}Z");
  private static final Pattern GENERALIZED_TIME = Pattern.compile("[0-9]{14}Z");

  private final byte[] encoded;
  private final String fingerprint;
  private final int version;
  private final BigInteger serial;
  private final byte[] signatureAlgorithm;
  private final byte[] signature;
  private final byte[] signed;
  private final Name issuer;
  private final Name subject;
  private final byte[] issuerEncoded;
  private final Instant notBefore;
  private final Instant notAfter;
  private final boolean unusualTime;
  private final boolean uniqueIds;
  private final SubjectKey key;
  private final Map<String, Extension> byOid;
  private final Extensions extensions;

  /// One extension, whatever it says.
  static final class Extension {
    private final boolean critical;
    private final byte[] value;

    Extension(boolean critical, byte[] value) {
      this.critical = critical;
      this.value = value;
    }

    boolean critical() {
      return critical;
    }

    /// Its own encoding, not wrapped in an octet string.
    byte[] value() {
      return value;
    }
  }

  private X509(byte[] encoded, ASN1Sequence outer) throws MalformedException, IOException {
    this.encoded = encoded;
    this.fingerprint = sha256(encoded);
    if (outer.size() != 3) {
      throw new MalformedException("it has not the three parts of a certificate");
    }
    ASN1Sequence tbs = ASN1Sequence.getInstance(outer.getObjectAt(0));
    this.signed = Der.first(encoded);
    ASN1Sequence algorithm = ASN1Sequence.getInstance(outer.getObjectAt(1));
    this.signatureAlgorithm = algorithm.getEncoded("DER");
    ASN1BitString bits = ASN1BitString.getInstance(outer.getObjectAt(2));
    if (bits.getPadBits() != 0) {
      throw new MalformedException("its signature is no whole number of bytes");
    }
    this.signature = bits.getOctets();
    int at = 0;
    int versionNumber = 1;
    if (tbs.getObjectAt(0) instanceof ASN1TaggedObject tagged) {
      expect(tagged.hasContextTag(0), "its version");
      versionNumber = ASN1Integer.getInstance(tagged, true).intValueExact() + 1;
      // DER leaves out a value that is the default one.
      expect(versionNumber == 2 || versionNumber == 3, "its version");
      at++;
    }
    this.version = versionNumber;
    this.serial = ASN1Integer.getInstance(tbs.getObjectAt(at++)).getValue();
    byte[] inner = ASN1Sequence.getInstance(tbs.getObjectAt(at++)).getEncoded("DER");
    if (!Arrays.equals(inner, signatureAlgorithm)) {
      throw new MalformedException("it names two signature algorithms");
    }
    this.issuerEncoded = tbs.getObjectAt(at).toASN1Primitive().getEncoded("DER");
    this.issuer = Name.of(tbs.getObjectAt(at++));
    ASN1Sequence validity = ASN1Sequence.getInstance(tbs.getObjectAt(at++));
    expect(validity.size() == 2, "its validity");
    this.notBefore = time(validity.getObjectAt(0));
    this.notAfter = time(validity.getObjectAt(1));
    this.unusualTime = isUnusual(validity.getObjectAt(0)) || isUnusual(validity.getObjectAt(1));
    this.subject = Name.of(tbs.getObjectAt(at++));
    this.key = SubjectKey.of(ASN1Sequence.getInstance(tbs.getObjectAt(at++)));
    boolean unique = false;
    Map<String, Extension> found = Map.of();
    int last = 0;
    for (; at < tbs.size(); at++) {
      ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(tbs.getObjectAt(at));
      int number = tagged.getTagNo();
      expect(tagged.hasContextTag() && number > last && number <= 3, "its last fields");
      expect(version >= (number == 3 ? 3 : 2), "fields that its version does not have");
      last = number;
      unique |= number < 3;
      if (number == 3) {
        found = extensions(ASN1Sequence.getInstance(tagged, true));
      }
    }
    this.uniqueIds = unique;
    this.byOid = found;
    this.extensions = Extensions.of(found);
  }

  /// @throws MalformedException where the bytes are not exactly one certificate in DER
  public static X509 parse(byte[] der) throws MalformedException {
    byte[] bytes = der.clone();
    Der.check(bytes);
    try {
      return new X509(bytes, ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(bytes)));
    } catch (IOException
        | IllegalArgumentException
        | IllegalStateException
        | ArithmeticException
        | IndexOutOfBoundsException
        | ClassCastException e) {
      throw new MalformedException("it cannot be read", e);
    }
  }

  private static Map<String, Extension> extensions(ASN1Sequence sequence)
      throws MalformedException {
    expect(sequence.size() > 0, "its extensions");
    var found = new LinkedHashMap<String, Extension>();
    for (ASN1Encodable element : sequence) {
      ASN1Sequence parts = ASN1Sequence.getInstance(element);
      expect(parts.size() == 2 || parts.size() == 3, "an extension of its");
      String oid = ASN1ObjectIdentifier.getInstance(parts.getObjectAt(0)).getId();
      boolean critical = false;
      if (parts.size() == 3) {
        critical = ASN1Boolean.getInstance(parts.getObjectAt(1)).isTrue();
        expect(critical, "an extension of its");
      }
      byte[] value = ASN1OctetString.getInstance(parts.getObjectAt(parts.size() - 1)).getOctets();
      if (found.put(oid, new Extension(critical, value)) != null) {
        throw new MalformedException("it has the extension " + oid + " twice");
      }
    }
    return found;
  }

  private static void expect(boolean condition, String what) throws MalformedException {
    if (!condition) {
      throw new MalformedException(what + " cannot be read");
    }
  }

  /// RFC 5280 4.1.2.5: seconds always, no fractions, always UTC.
  private static Instant time(ASN1Encodable value) throws MalformedException {
    try {
      byte[] encoding = value.toASN1Primitive().getEncoded();
      // The library's own text is tidied up; a time's tag and length take two bytes.
      var text = new String(encoding, 2, encoding.length - 2, StandardCharsets.US_ASCII);
      return switch (value) {
        case ASN1UTCTime utc -> {
          expect(UTC_TIME.matcher(text).matches(), "its validity");
          yield utc.getAdjustedDate().toInstant();
        }
        case ASN1GeneralizedTime general -> {
          expect(GENERALIZED_TIME.matcher(text).matches(), "its validity");
          yield general.getDate().toInstant();
        }
        default -> throw new MalformedException("its validity cannot be read");
      };
    } catch (ParseException | IOException e) {
      throw new MalformedException("its validity cannot be read", e);
    }
  }

  /// RFC 5280 4.1.2.5: years before 2050 are written with two digits.
  private static boolean isUnusual(ASN1Encodable value) throws MalformedException {
    return value instanceof ASN1GeneralizedTime && time(value).isBefore(YEAR_2050);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /// The same certificate as Java has it.
  ///
  /// @throws CertificateException where Java cannot read it
  public X509Certificate java() throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  public byte[] encoded() {
    return encoded.clone();
  }

  public int size() {
    return encoded.length;
  }

  /// The SHA-256 of the encoding in hexadecimal.
  public String fingerprint() {
    return fingerprint;
  }

  int version() {
    return version;
  }

  public BigInteger serial() {
    return serial;
  }

  byte[] signatureAlgorithm() {
    return signatureAlgorithm;
  }

  byte[] signature() {
    return signature;
  }

  byte[] signed() {
    return signed;
  }

  Name issuerName() {
    return issuer;
  }

  Name subjectName() {
    return subject;
  }

  /// The issuer as RFC 4514 writes it.
  public String issuer() {
    return issuer.text();
  }

  /// The subject as RFC 4514 writes it.
  public String subject() {
    return subject.text();
  }

  /// The issuer's name in DER.
  public byte[] issuerEncoded() {
    return issuerEncoded.clone();
  }

  /// Whether this is its subject, as names are compared (RFC 5280 7.1).
  ///
  /// @param der a name in DER
  public boolean isNamed(byte[] der) throws MalformedException {
    try {
      return subject.equals(Name.of(ASN1Primitive.fromByteArray(der)));
    } catch (IOException e) {
      throw new MalformedException("a name cannot be read", e);
    }
  }

  /// Whether the certificate says that it is for this purpose.
  public boolean hasPurpose(String oid) {
    return extensions.purposes().filter(purposes -> purposes.contains(oid)).isPresent();
  }

  /// Whether its key may sign lists of revoked certificates (RFC 5280 6.3.3 (f)).
  public boolean maySignLists() {
    return extensions.allows(Extensions.CRL_SIGN);
  }

  /// Whether it is of an authority.
  public boolean isAuthority() {
    return extensions.isAuthority();
  }

  public Instant notBefore() {
    return notBefore;
  }

  public Instant notAfter() {
    return notAfter;
  }

  boolean hasUnusualTime() {
    return unusualTime;
  }

  boolean hasUniqueIds() {
    return uniqueIds;
  }

  public SubjectKey key() {
    return key;
  }

  Extensions extensions() {
    return extensions;
  }

  /// Where the issuer's certificate is to be had (RFC 5280 4.2.2.1).
  public List<String> issuerUris() {
    return List.copyOf(extensions.issuerUris());
  }

  /// Where the issuer answers about revocation by OCSP (RFC 6960).
  public List<String> ocspUris() {
    return List.copyOf(extensions.ocspUris());
  }

  /// Where the issuer's list of revoked certificates is to be had (RFC 5280 4.2.1.13).
  public List<String> crlUris() {
    return List.copyOf(extensions.crlUris());
  }

  /// Whether its server promises to staple an answer about revocation (RFC 7633).
  public boolean mustStaple() {
    return extensions.mustStaple();
  }

  /// The extension's value, not wrapped in an octet string.
  public Optional<byte[]> extension(String oid) {
    return Optional.ofNullable(byOid.get(oid)).map(found -> found.value().clone());
  }

  /// Whether it names itself as its issuer.
  public boolean isSelfIssued() {
    return subject.equals(issuer);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof X509 that && Arrays.equals(encoded, that.encoded);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  @Override
  public String toString() {
    return subject.text();
  }
}
