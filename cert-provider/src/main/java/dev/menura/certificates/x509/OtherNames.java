package dev.menura.certificates.x509;

import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.OtherName;

/// Alternative names that are no address of a server (RFC 5280 4.2.1.6), and which of them a mimic
/// may repeat: those that name a service or a directory entry. Names of persons (as the principal
/// name that a logon uses) are not repeated: a client could take the holder for one.
public final class OtherNames {
  private static final Set<ASN1ObjectIdentifier> SERVICES =
      Set.of(
          new ASN1ObjectIdentifier("1.3.6.1.5.5.7.8.5"), // XmppAddr, RFC 6120 13.7.1.4
          new ASN1ObjectIdentifier("1.3.6.1.5.5.7.8.7"), // SRVName, RFC 4985
          new ASN1ObjectIdentifier("1.3.6.1.5.5.7.8.9")); // SmtpUTF8Mailbox, RFC 9598

  private OtherNames() {}

  static boolean areRepeated(GeneralName name) {
    try {
      return isSafe(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isSafe(GeneralName name) {
    return switch (name.getTagNo()) {
      case GeneralName.registeredID -> true;
      case GeneralName.directoryName -> isPlain(X500Name.getInstance(name.getName()));
      case GeneralName.otherName -> isService(OtherName.getInstance(name.getName()));
      default -> false;
    };
  }

  private static boolean isService(OtherName name) {
    return SERVICES.contains(name.getTypeID())
        && name.getValue() instanceof ASN1String text
        && isPlain(text.getString());
  }

  /// Whether no text of the name holds a control character.
  public static boolean isPlain(X500Name name) {
    for (RDN rdn : name.getRDNs()) {
      if (!isPlain(rdn)) {
        return false;
      }
    }
    return true;
  }

  /// As [#isPlain(X500Name)].
  public static boolean isPlain(RDN rdn) {
    for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
      if (attribute.getValue() instanceof ASN1String text && !isPlain(text.getString())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(String text) {
    return text.chars().noneMatch(Character::isISOControl);
  }
}
