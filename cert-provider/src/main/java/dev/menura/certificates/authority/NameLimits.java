package dev.menura.certificates.authority;

import dev.menura.certificates.x509.OriginName;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;

/// The names for which an authority may vouch (RFC 5280 4.2.1.10). A client refuses a leaf for one
/// name outside of them, so a mimic leaves such names out; only the name that was asked for stays,
/// for the client to refuse.
final class NameLimits {
  private static final int IPV4 = 4;

  private final List<NameConstraints> constraints;

  private NameLimits(List<NameConstraints> constraints) {
    this.constraints = constraints;
  }

  /// @param path the issuing certificate and those above it
  static NameLimits of(List<X509Certificate> path) {
    return new NameLimits(
        path.stream()
            .map(certificate -> certificate.getExtensionValue(Extension.nameConstraints.getId()))
            .filter(java.util.Objects::nonNull)
            .map(value ->
                NameConstraints.getInstance(ASN1OctetString.getInstance(value).getOctets()))
            .toList());
  }

  List<GeneralName> without(List<GeneralName> names, OriginName asked) {
    return constraints.isEmpty()
        ? names
        : names.stream().filter(name -> is(name, asked) || allows(name)).toList();
  }

  boolean allows(GeneralName name) {
    for (NameConstraints each : constraints) {
      var validator = new PKIXNameConstraintValidator();
      GeneralSubtree[] permitted = each.getPermittedSubtrees();
      GeneralSubtree[] excluded = each.getExcludedSubtrees();
      try {
        if (permitted != null) {
          validator.intersectPermittedSubtree(permitted);
        }
        if (excluded != null) {
          for (GeneralSubtree subtree : excluded) {
            validator.addExcludedSubtree(subtree);
          }
        }
        validator.checkPermitted(name);
        validator.checkExcluded(name);
      } catch (NameConstraintValidatorException e) {
        return false;
      }
    }
    return true;
  }

  private static boolean is(GeneralName name, OriginName asked) {
    return switch (name.getTagNo()) {
      case GeneralName.dNSName ->
          !asked.isAddress() && covers(name.getName().toString(), asked.text());
      case GeneralName.iPAddress -> {
        byte[] octets = ASN1OctetString.getInstance(name.getName()).getOctets();
        yield asked.isAddress()
            && octets.length >= IPV4
            && java.util.Arrays.equals(octets, asked.address().getAddress());
      }
      default -> false;
    };
  }

  private static boolean covers(String pattern, String name) {
    String lower = pattern.toLowerCase(java.util.Locale.ROOT);
    int dot = name.indexOf('.');
    return lower.equals(name)
        || (lower.startsWith("*.") && dot > 0 && name.substring(dot).equals(lower.substring(1)));
  }
}
