package dev.menura.certificates.authority;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.OtherName;

/// Whom a certificate names that is presented to origins. Two are equal where their certificates
/// would say the same, byte by byte.
public final class ClientSubject {
  /// RFC 5280 A.1: the upper bound of a common name.
  public static final int NAME_CHARS_MAX = 64;

  /// The name by which directories of persons know who signs in.
  private static final ASN1ObjectIdentifier PRINCIPAL =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3");

  private final X500Name subject;
  private final List<GeneralName> names;
  private final String encoded;

  private ClientSubject(X500Name subject, List<GeneralName> names) {
    this.subject = subject;
    this.names = List.copyOf(names);
    this.encoded = encoded(subject, names);
  }

  /// A user of whom no more than the name is known, which becomes the common name.
  ///
  /// @throws IllegalArgumentException where it is empty, too long or holds control characters
  public static ClientSubject named(String user) {
    if (user.isBlank()
        || user.codePointCount(0, user.length()) > NAME_CHARS_MAX
        || user.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "expected a name of at most " + NAME_CHARS_MAX + " characters, none of them a control");
    }
    var subject = new X500NameBuilder().addRDN(BCStyle.CN, new DERUTF8String(user)).build();
    return new ClientSubject(subject, List.of());
  }

  /// The holder of a certificate. Attributes with control characters are left out, and so are names
  /// of other kinds than DNS, mail, URI, IP and principal.
  ///
  /// @param subject the DER of its subject
  /// @param names the DER of its subject alternative names (RFC 5280 4.2.1.6) in an OCTET STRING,
  ///   as an extension holds them; empty where there are none
  /// @throws IllegalArgumentException where they cannot be read, or nothing of them can be said
  public static ClientSubject holder(byte[] subject, byte[] names) {
    try {
      var copied =
          names.length == 0
              ? List.<GeneralName>of()
              : Arrays.stream(
                      GeneralNames.getInstance(ASN1OctetString.getInstance(names).getOctets())
                          .getNames())
                  .filter(ClientSubject::isCopied)
                  .toList();
      var likeness = Likeness.ofClient(X500Name.getInstance(subject), copied);
      if (likeness.subject().getRDNs().length == 0 && copied.isEmpty()) {
        throw new IllegalArgumentException("expected a certificate that names its holder");
      }
      return new ClientSubject(likeness.subject(), copied);
    } catch (IllegalStateException | ClassCastException e) {
      throw new IllegalArgumentException("expected names that can be read", e);
    }
  }

  private static boolean isCopied(GeneralName name) {
    return switch (name.getTagNo()) {
      case GeneralName.dNSName, GeneralName.uniformResourceIdentifier, GeneralName.rfc822Name ->
          ASN1IA5String.getInstance(name.getName())
              .getString()
              .chars()
              .allMatch(c -> c > ' ' && c < 0x7f);
      case GeneralName.iPAddress -> {
        int length = ASN1OctetString.getInstance(name.getName()).getOctetsLength();
        yield length == 4 || length == 16;
      }
      case GeneralName.otherName -> isPrincipal(OtherName.getInstance(name.getName()));
      default -> false;
    };
  }

  private static boolean isPrincipal(OtherName name) {
    return name.getTypeID().equals(PRINCIPAL)
        && name.getValue() instanceof ASN1UTF8String text
        && text.getString().chars().noneMatch(Character::isISOControl);
  }

  private static String encoded(X500Name subject, List<GeneralName> names) {
    try {
      var text = new StringBuilder(HexFormat.of().formatHex(subject.getEncoded(ASN1Encoding.DER)));
      for (GeneralName name : names) {
        text.append('/').append(HexFormat.of().formatHex(name.getEncoded(ASN1Encoding.DER)));
      }
      return text.toString();
    } catch (IOException e) {
      throw new IllegalArgumentException("expected names that have an encoding", e);
    }
  }

  Likeness likeness() {
    return Likeness.ofClient(subject, names);
  }

  /// What its certificate would say, as text.
  public String encoded() {
    return encoded;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClientSubject that && that.encoded.equals(encoded);
  }

  @Override
  public int hashCode() {
    return encoded.hashCode();
  }

  @Override
  public String toString() {
    return subject.toString();
  }
}
