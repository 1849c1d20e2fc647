package dev.menura.certificates.path;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

/// What a certificate's extensions say (RFC 5280 4.2). Those that are understood here are read when
/// the certificate is, so that none of them can be broken unnoticed.
final class Extensions {
  static final String SUBJECT_KEY = "2.5.29.14";
  static final String KEY_USAGE = "2.5.29.15";
  static final String ALTERNATIVE_NAMES = "2.5.29.17";
  static final String BASIC_CONSTRAINTS = "2.5.29.19";
  static final String NAME_CONSTRAINTS = "2.5.29.30";
  static final String CRL_POINTS = "2.5.29.31";
  static final String POLICIES = "2.5.29.32";
  static final String POLICY_MAPPINGS = "2.5.29.33";
  static final String AUTHORITY_KEY = "2.5.29.35";
  static final String POLICY_CONSTRAINTS = "2.5.29.36";
  static final String PURPOSES = "2.5.29.37";
  static final String INHIBIT_ANY_POLICY = "2.5.29.54";
  static final String AUTHORITY_ACCESS = "1.3.6.1.5.5.7.1.1";

  /// RFC 7633: with the value 5 in it, a server must staple.
  static final String TLS_FEATURES = "1.3.6.1.5.5.7.1.24";

  static final int DIGITAL_SIGNATURE = 0;
  static final int KEY_CERT_SIGN = 5;
  static final int CRL_SIGN = 6;

  private static final String CA_ISSUERS = "1.3.6.1.5.5.7.48.2";
  private static final String OCSP = "1.3.6.1.5.5.7.48.1";
  private static final Set<String> UNDERSTOOD =
      Set.of(
          SUBJECT_KEY,
          KEY_USAGE,
          ALTERNATIVE_NAMES,
          BASIC_CONSTRAINTS,
          NAME_CONSTRAINTS,
          CRL_POINTS,
          POLICIES,
          POLICY_MAPPINGS,
          AUTHORITY_KEY,
          POLICY_CONSTRAINTS,
          PURPOSES,
          INHIBIT_ANY_POLICY,
          AUTHORITY_ACCESS,
          TLS_FEATURES);

  /// @param pathLength how many authorities may follow; empty where any number may
  record Basic(boolean authority, @Nullable Integer pathLength) {}

  /// @param key the key's name, empty where it is missing
  /// @param issuer whether the issuer's issuer is named
  /// @param serial whether the issuer's serial is named
  record AuthorityKey(List<Byte> key, boolean issuer, boolean serial) {}

  record PolicyLimits(@Nullable Integer explicit, @Nullable Integer mapping) {}

  record Mapping(String issuers, String subjects) {}

  private final Map<String, X509.Extension> all;
  private @Nullable Basic basic;
  private @Nullable Integer usage;
  private @Nullable List<String> purposes;
  private List<GeneralName> names = List.of();
  private @Nullable NameConstraints constraints;
  private @Nullable AuthorityKey authorityKey;
  private @Nullable List<Byte> subjectKey;
  private final List<String> issuerUris = new ArrayList<>();
  private final List<String> ocspUris = new ArrayList<>();
  private final List<String> crlUris = new ArrayList<>();
  private @Nullable Set<String> policies;
  private final List<Mapping> mappings = new ArrayList<>();
  private @Nullable PolicyLimits policyLimits;
  private @Nullable Integer inhibitAny;
  private boolean mustStaple;

  private Extensions(Map<String, X509.Extension> all) {
    this.all = all;
  }

  static Extensions of(Map<String, X509.Extension> all) throws MalformedException, IOException {
    var read = new Extensions(all);
    for (var entry : all.entrySet()) {
      String oid = entry.getKey();
      if (UNDERSTOOD.contains(oid)) {
        byte[] value = entry.getValue().value();
        Der.check(value);
        try {
          read.read(oid, ASN1Primitive.fromByteArray(value));
        } catch (IllegalArgumentException
            | IllegalStateException
            | ArithmeticException
            | IndexOutOfBoundsException
            | ClassCastException e) {
          throw new MalformedException("its extension " + oid + " cannot be read", e);
        }
      }
    }
    return read;
  }

  private void read(String oid, ASN1Primitive value) throws MalformedException, IOException {
    switch (oid) {
      case SUBJECT_KEY -> subjectKey = bytes(ASN1OctetString.getInstance(value).getOctets());
      case KEY_USAGE -> usage = bits(ASN1BitString.getInstance(value));
      case ALTERNATIVE_NAMES -> names = GeneralName.listOf(filled(value));
      case BASIC_CONSTRAINTS -> basic = basic(ASN1Sequence.getInstance(value));
      case NAME_CONSTRAINTS -> constraints = NameConstraints.of(ASN1Sequence.getInstance(value));
      case CRL_POINTS -> crlPoints(filled(value));
      case POLICIES -> policies = policies(filled(value));
      case POLICY_MAPPINGS -> mappings(filled(value));
      case AUTHORITY_KEY -> authorityKey = authorityKey(ASN1Sequence.getInstance(value));
      case POLICY_CONSTRAINTS -> policyLimits = policyLimits(ASN1Sequence.getInstance(value));
      case PURPOSES -> purposes = oids(filled(value));
      case INHIBIT_ANY_POLICY -> inhibitAny = natural(ASN1Integer.getInstance(value));
      case AUTHORITY_ACCESS -> access(filled(value));
      case TLS_FEATURES -> {
        for (ASN1Encodable feature : ASN1Sequence.getInstance(value)) {
          mustStaple |= ASN1Integer.getInstance(feature).intValueExact() == 5;
        }
      }
      default -> throw new IllegalStateException("no reader for the extension " + oid);
    }
  }

  private static ASN1Sequence filled(ASN1Primitive value) throws MalformedException {
    ASN1Sequence sequence = ASN1Sequence.getInstance(value);
    if (sequence.size() == 0) {
      throw new MalformedException("an extension of its is empty");
    }
    return sequence;
  }

  private static List<Byte> bytes(byte[] raw) {
    var list = new ArrayList<Byte>();
    for (byte b : raw) {
      list.add(b);
    }
    return List.copyOf(list);
  }

  /// Bit n of the result is the bit n of the bit string, the first one being zero.
  private static int bits(ASN1BitString string) {
    int sum = 0;
    byte[] raw = string.getBytes();
    for (int bit = 0; bit < Math.min(raw.length * 8, 16); bit++) {
      if ((raw[bit / 8] & (0x80 >> (bit % 8))) != 0) {
        sum |= 1 << bit;
      }
    }
    return sum;
  }

  private static Basic basic(ASN1Sequence value) throws MalformedException {
    int at = 0;
    boolean authority = false;
    if (at < value.size() && value.getObjectAt(at) instanceof ASN1Boolean flag) {
      authority = flag.isTrue();
      // DER leaves out a value that is the default one; some authorities write it all the same.
      at++;
    }
    Integer length = null;
    if (at < value.size()) {
      length = natural(ASN1Integer.getInstance(value.getObjectAt(at++)));
    }
    if (at != value.size()) {
      throw new MalformedException("its basic constraints cannot be read");
    }
    return new Basic(authority, length);
  }

  private static int natural(ASN1Integer value) throws MalformedException {
    if (value.getValue().signum() < 0) {
      throw new MalformedException("it holds a number below zero");
    }
    return value.getValue().bitLength() > 30 ? Integer.MAX_VALUE : value.intValueExact();
  }

  private static AuthorityKey authorityKey(ASN1Sequence value) throws MalformedException {
    List<Byte> key = List.of();
    boolean issuer = false;
    boolean serial = false;
    int last = -1;
    for (ASN1Encodable element : value) {
      ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(element);
      if (!tagged.hasContextTag() || tagged.getTagNo() <= last || tagged.getTagNo() > 2) {
        throw new MalformedException("its authority key identifier cannot be read");
      }
      last = tagged.getTagNo();
      switch (last) {
        case 0 -> key = bytes(ASN1OctetString.getInstance(tagged, false).getOctets());
        case 1 -> issuer = !GeneralName.listOf(ASN1Sequence.getInstance(tagged, false)).isEmpty();
        default -> serial = ASN1Integer.getInstance(tagged, false).getValue() != null;
      }
    }
    return new AuthorityKey(key, issuer, serial);
  }

  private static PolicyLimits policyLimits(ASN1Sequence value) throws MalformedException {
    Integer explicit = null;
    Integer mapping = null;
    for (ASN1Encodable element : value) {
      ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(element);
      int number = natural(ASN1Integer.getInstance(tagged, false));
      switch (tagged.getTagNo()) {
        case 0 -> explicit = number;
        case 1 -> mapping = number;
        default -> throw new MalformedException("its policy constraints cannot be read");
      }
    }
    return new PolicyLimits(explicit, mapping);
  }

  private static Set<String> policies(ASN1Sequence value) throws MalformedException {
    var found = new HashSet<String>();
    for (ASN1Encodable element : value) {
      ASN1Sequence policy = ASN1Sequence.getInstance(element);
      if (!found.add(ASN1ObjectIdentifier.getInstance(policy.getObjectAt(0)).getId())) {
        throw new MalformedException("it names a policy twice");
      }
    }
    return Set.copyOf(found);
  }

  private void mappings(ASN1Sequence value) {
    for (ASN1Encodable element : value) {
      List<String> pair = oids(ASN1Sequence.getInstance(element));
      mappings.add(new Mapping(pair.get(0), pair.get(1)));
    }
  }

  private static List<String> oids(ASN1Sequence value) {
    var found = new ArrayList<String>();
    for (ASN1Encodable element : value) {
      found.add(ASN1ObjectIdentifier.getInstance(element).getId());
    }
    return List.copyOf(found);
  }

  private void access(ASN1Sequence value) throws MalformedException {
    for (ASN1Encodable element : value) {
      ASN1Sequence description = ASN1Sequence.getInstance(element);
      if (description.size() != 2) {
        throw new MalformedException("its authority information access cannot be read");
      }
      String method = ASN1ObjectIdentifier.getInstance(description.getObjectAt(0)).getId();
      if (GeneralName.of(description.getObjectAt(1)) instanceof GeneralName.Uri uri) {
        switch (method) {
          case CA_ISSUERS -> issuerUris.add(uri.text());
          case OCSP -> ocspUris.add(uri.text());
          default -> {
            // Other services are of no use here.
          }
        }
      }
    }
  }

  private void crlPoints(ASN1Sequence value) throws MalformedException {
    for (DistributionPoint point : CRLDistPoint.getInstance(value).getDistributionPoints()) {
      DistributionPointName name = point.getDistributionPoint();
      if (name != null
          && name.getType() == DistributionPointName.FULL_NAME
          && point.getCRLIssuer() == null
          && point.getReasons() == null) {
        ASN1Sequence names =
            ASN1Sequence.getInstance(GeneralNames.getInstance(name.getName()).toASN1Primitive());
        for (GeneralName entry : GeneralName.listOf(names)) {
          if (entry instanceof GeneralName.Uri uri) {
            crlUris.add(uri.text());
          }
        }
      }
    }
  }

  boolean has(String oid) {
    return all.containsKey(oid);
  }

  boolean isCritical(String oid) {
    X509.Extension found = all.get(oid);
    return found != null && found.critical();
  }

  Optional<String> unknownCritical() {
    return all.entrySet().stream()
        .filter(entry -> entry.getValue().critical() && !UNDERSTOOD.contains(entry.getKey()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  boolean isAuthority() {
    return basic != null && basic.authority();
  }

  @Nullable Integer pathLength() {
    return basic == null ? null : basic.pathLength();
  }

  boolean hasUsage() {
    return usage != null;
  }

  /// Whether the key may be used so; where nothing is said it may.
  boolean allows(int bit) {
    return usage == null || (usage & (1 << bit)) != 0;
  }

  boolean hasEmptyUsage() {
    return usage != null && usage == 0;
  }

  Optional<List<String>> purposes() {
    return Optional.ofNullable(purposes);
  }

  List<GeneralName> names() {
    return names;
  }

  Optional<NameConstraints> constraints() {
    return Optional.ofNullable(constraints);
  }

  Optional<AuthorityKey> authorityKey() {
    return Optional.ofNullable(authorityKey);
  }

  Optional<List<Byte>> subjectKey() {
    return Optional.ofNullable(subjectKey);
  }

  List<String> issuerUris() {
    return issuerUris;
  }

  List<String> ocspUris() {
    return ocspUris;
  }

  List<String> crlUris() {
    return crlUris;
  }

  Optional<Set<String>> policies() {
    return Optional.ofNullable(policies);
  }

  List<Mapping> mappings() {
    return mappings;
  }

  Optional<PolicyLimits> policyLimits() {
    return Optional.ofNullable(policyLimits);
  }

  @Nullable Integer inhibitAny() {
    return inhibitAny;
  }

  boolean mustStaple() {
    return mustStaple;
  }
}
