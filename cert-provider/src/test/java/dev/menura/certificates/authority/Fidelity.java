package dev.menura.certificates.authority;

import dev.menura.certificates.x509.KeyKind;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/// The fields of an original that a mimic could copy, each beside the mimic's.
final class Fidelity {
  private static final String NAMES = "2.5.29.17";
  private static final List<String> BITS =
      List.of(
          "digitalSignature",
          "nonRepudiation",
          "keyEncipherment",
          "dataEncipherment",
          "keyAgreement",
          "keyCertSign",
          "cRLSign",
          "encipherOnly",
          "decipherOnly");

  private Fidelity() {}

  /// @param explained why a difference is wanted; empty where it is not
  record Row(String field, String original, String mimic, String explained) {
    boolean isCopied() {
      return original.equals(mimic);
    }
  }

  /// One row for each field that either certificate has.
  static List<Row> compare(X509Certificate original, X509Certificate mimic) throws Exception {
    Map<String, String> left = fields(original);
    Map<String, String> right = fields(mimic);
    var rows = new ArrayList<Row>();
    for (var field : left.entrySet()) {
      String copy = right.getOrDefault(field.getKey(), "");
      rows.add(
          new Row(
              field.getKey(),
              field.getValue(),
              copy,
              field.getValue().equals(copy)
                  ? ""
                  : explained(field.getKey(), field.getValue(), copy)));
    }
    return rows;
  }

  private static String explained(String field, String original, String copy) {
    if (field.startsWith("usage ")) {
      return field.endsWith("CertSign") || field.endsWith("cRLSign")
          ? "K9: a leaf of ours issues nothing"
          : "RFC 3279, RFC 8813: not for a key of this kind";
    }
    if (field.startsWith("purpose ")) {
      return "K9: for servers only";
    }
    if (field.startsWith("name otherName")) {
      return "names of persons are not repeated";
    }
    return switch (field) {
      case "key" ->
          List.of("P-521>P-384", "Ed25519>P-256", "RSA-2560>RSA-3072")
                  .contains(original + ">" + copy)
              ? "clients accept no such key, or we make none"
              : "";
      case "not-before", "not-after" -> "inside the original's dates and the limit";
      case "subject" -> copy.isEmpty() ? "" : "control characters are not repeated";
      default -> "";
    };
  }

  private static Map<String, String> fields(X509Certificate certificate) throws Exception {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(
        "subject", HexFormat.of().formatHex(certificate.getSubjectX500Principal().getEncoded()));
    fields.put("key", KeyKind.describe(certificate.getPublicKey()));
    fields.put("not-before", certificate.getNotBefore().toInstant().toString());
    fields.put("not-after", certificate.getNotAfter().toInstant().toString());
    byte[] names = certificate.getExtensionValue(NAMES);
    if (names != null) {
      int place = 0;
      for (GeneralName name :
          GeneralNames.getInstance(ASN1OctetString.getInstance(names).getOctets()).getNames()) {
        fields.put(
            "name " + kind(name) + " " + place++, HexFormat.of().formatHex(name.getEncoded()));
      }
      fields.put("names critical", String.valueOf(isCritical(certificate, NAMES)));
    }
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null) {
      IntStream.range(0, usage.length)
          .filter(i -> usage[i])
          .forEach(i -> fields.put("usage " + BITS.get(i), "yes"));
      fields.put("usage critical", String.valueOf(isCritical(certificate, "2.5.29.15")));
    }
    List<String> purposes = certificate.getExtendedKeyUsage();
    if (purposes != null) {
      purposes.forEach(purpose -> fields.put("purpose " + purpose, "yes"));
      fields.put("purposes critical", String.valueOf(isCritical(certificate, "2.5.29.37")));
    }
    if (certificate.getExtensionValue("2.5.29.19") != null) {
      fields.put("authority", String.valueOf(certificate.getBasicConstraints() >= 0));
      fields.put("authority critical", String.valueOf(isCritical(certificate, "2.5.29.19")));
    }
    return fields;
  }

  private static boolean isCritical(X509Certificate certificate, String oid) {
    return Objects.requireNonNull(certificate.getCriticalExtensionOIDs()).contains(oid);
  }

  private static String kind(GeneralName name) {
    return switch (name.getTagNo()) {
      case GeneralName.dNSName -> "dNSName";
      case GeneralName.iPAddress -> "iPAddress";
      case GeneralName.uniformResourceIdentifier -> "URI";
      case GeneralName.rfc822Name -> "rfc822Name";
      case GeneralName.directoryName -> "directoryName";
      case GeneralName.registeredID -> "registeredID";
      default -> "otherName";
    };
  }
}
