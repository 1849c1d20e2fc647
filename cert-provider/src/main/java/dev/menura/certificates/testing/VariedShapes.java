package dev.menura.certificates.testing;

import dev.menura.certificates.testing.CertificateShape.KeyType;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.OtherName;
import org.bouncycastle.asn1.x509.PolicyInformation;

/// Server certificates as they are found in the world, each with something that the others do not
/// have: what a mimic is to be faithful to.
public final class VariedShapes {
  private final String host;

  private VariedShapes(String host) {
    this.host = host;
  }

  private CertificateShape shape() {
    return CertificateShape.forNames(host);
  }

  private CertificateShape named(GeneralName... more) throws IOException {
    var names = new ArrayList<>(List.of(new GeneralName(GeneralName.dNSName, host)));
    names.addAll(List.of(more));
    return shape()
        .extension(
            "2.5.29.17", false, new GeneralNames(names.toArray(GeneralName[]::new)).getEncoded());
  }

  private static GeneralName other(String type, String value) {
    return new GeneralName(
        GeneralName.otherName,
        new OtherName(new ASN1ObjectIdentifier(type), new DERUTF8String(value)));
  }

  private CertificateShape used(KeyType key, int bits) throws IOException {
    return shape().key(key).extension("2.5.29.15", true, new KeyUsage(bits).getEncoded());
  }

  private CertificateShape purposes(boolean critical, KeyPurposeId... all) throws IOException {
    return shape().extension("2.5.29.37", critical, new ExtendedKeyUsage(all).getEncoded());
  }

  /// What varies, and a shape with it.
  ///
  /// @param host the first of the names
  /// @param clock from which those that do not live long are valid
  public static Map<String, CertificateShape> of(String host, Clock clock) throws IOException {
    return new VariedShapes(host).all(clock);
  }

  private Map<String, CertificateShape> all(Clock clock) throws IOException {
    Map<String, CertificateShape> all = new LinkedHashMap<>();
    all.put("domain validated", shape());
    all.put(
        "RSA 2048", used(KeyType.RSA_2048, KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
    all.put(
        "RSA 3072", used(KeyType.RSA_3072, KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
    all.put("RSA 4096", used(KeyType.RSA_4096, KeyUsage.digitalSignature));
    all.put("P-384", shape().key(KeyType.P384));
    all.put("P-521", shape().key(KeyType.P521));
    all.put("Ed25519", shape().key(KeyType.ED25519));
    all.put(
        "organisation validated", shape().subject("CN=" + host + ",O=A GmbH,L=Köln,ST=NRW,C=DE"));
    all.put(
        "extended validation",
        shape()
            .subject(
                "1.3.6.1.4.1.311.60.2.1.3=DE,2.5.4.15=Private Organization,SERIALNUMBER=HRB 1,"
                    + "CN="
                    + host
                    + ",O=Größe \\, Söhne,STREET=Weg 1,PostalCode=50667,C=DE"));
    all.put(
        "attributes of one kind", shape().subject("CN=" + host + ",OU=a,OU=b,OU=c,DC=a,DC=test"));
    all.put("several in one RDN", shape().subject("CN=" + host + "+OU=x,O=y+L=z"));
    all.put(
        "other kinds of string", shape().subject("CN=" + host + ",O=#1303616263,OU=#1e0400410042"));
    all.put("mail in the subject", shape().subject("E=x@a.test,CN=" + host));
    all.put("common name of 64", shape().subject("CN=" + "x".repeat(64)));
    all.put("no subject", shape().subject(""));
    all.put("wildcard", CertificateShape.forNames(host, "*.a.test", "*.b.a.test"));
    all.put("international names", CertificateShape.forNames(host, "xn--mnchen-3ya.test"));
    all.put(
        "a hundred names",
        CertificateShape.forNames(
            IntStream.range(0, 100)
                .mapToObj(i -> i == 0 ? host : "n" + i + ".test")
                .toArray(String[]::new)));
    all.put("addresses", CertificateShape.forNames(host, "192.0.2.1", "2001:db8::1"));
    all.put(
        "URI", named(new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://a.test/x")));
    all.put("mailbox", named(new GeneralName(GeneralName.rfc822Name, "x@a.test")));
    all.put("directory name", named(new GeneralName(GeneralName.directoryName, "CN=x,O=y")));
    all.put("registered identifier", named(new GeneralName(GeneralName.registeredID, "1.2.3.4")));
    all.put("service name", named(other("1.3.6.1.5.5.7.8.7", "_https.a.test")));
    all.put("name of a person", named(other("1.3.6.1.4.1.311.20.2.3", "x@corp.internal")));
    all.put(
        "server and client",
        purposes(false, KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth));
    all.put("critical purpose", purposes(true, KeyPurposeId.id_kp_serverAuth));
    all.put(
        "unusual usage",
        used(
            KeyType.RSA_2048,
            KeyUsage.digitalSignature | KeyUsage.nonRepudiation | KeyUsage.keyAgreement));
    all.put(
        "constraints not critical",
        shape().extension("2.5.29.19", false, new BasicConstraints(false).getEncoded()));
    all.put("valid for an hour", shape().validUntil(clock.instant().plus(Duration.ofHours(1))));
    var site = new GeneralName(GeneralName.uniformResourceIdentifier, "http://issuer.test/");
    var lists = new DistributionPointName(new GeneralNames(site));
    var points = new DistributionPoint[] {new DistributionPoint(lists, null, null)};
    var policy = new PolicyInformation(new ASN1ObjectIdentifier("2.23.140.1.2.1"));
    all.put(
        "all about its issuer",
        shape()
            .extension(
                "1.3.6.1.5.5.7.1.1",
                false,
                new AuthorityInformationAccess(AccessDescription.id_ad_ocsp, site).getEncoded())
            .extension("2.5.29.31", false, new CRLDistPoint(points).getEncoded())
            .extension("2.5.29.32", false, new CertificatePolicies(policy).getEncoded())
            // No timestamps (RFC 6962 3.3), and no features (RFC 7633).
            .extension(
                "1.3.6.1.4.1.11129.2.4.2", false, new DEROctetString(new byte[2]).getEncoded())
            .extension("1.3.6.1.5.5.7.1.24", false, new DERSequence().getEncoded()));
    return all;
  }
}
