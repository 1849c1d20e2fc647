package dev.menura.certificates.path;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UniversalString;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/// A distinguished name, with the form in which it is compared (RFC 5280 7.1): letters in lower
/// case, blanks at the ends dropped and those inside joined, whatever the kind of string.
///
/// @param parts the comparable relative names, most general first
/// @param text as RFC 4514 writes it, for people
record Name(List<String> parts, String text, List<Attribute> attributes) {
  static final ASN1ObjectIdentifier COMMON_NAME = BCStyle.CN;
  static final ASN1ObjectIdentifier EMAIL = BCStyle.EmailAddress;

  /// One attribute's text.
  record Attribute(ASN1ObjectIdentifier type, String text) {}

  Name {
    parts = List.copyOf(parts);
    attributes = List.copyOf(attributes);
  }

  static Name of(ASN1Encodable value) throws MalformedException {
    try {
      X500Name name = X500Name.getInstance(value);
      var parts = new ArrayList<String>();
      var attributes = new ArrayList<Attribute>();
      for (RDN part : name.getRDNs()) {
        var comparable = new ArrayList<String>();
        if (part.size() == 0) {
          throw new MalformedException("it holds an empty relative name");
        }
        for (AttributeTypeAndValue attribute : part.getTypesAndValues()) {
          comparable.add(attribute.getType().getId() + "=" + comparable(attribute.getValue()));
          if (attribute.getValue() instanceof ASN1String text) {
            attributes.add(new Attribute(attribute.getType(), text.getString()));
          }
        }
        comparable.sort(null);
        parts.add(String.join("+", comparable));
      }
      return new Name(parts, BCStyle.INSTANCE.toString(reversed(name)), attributes);
    } catch (IllegalArgumentException
        | IllegalStateException
        | ClassCastException
        | IOException e) {
      throw new MalformedException("a name of its cannot be read", e);
    }
  }

  /// RFC 4514 2.1 writes the most specific part first.
  private static X500Name reversed(X500Name name) {
    RDN[] parts = name.getRDNs();
    var reversed = new RDN[parts.length];
    for (int i = 0; i < parts.length; i++) {
      reversed[i] = parts[parts.length - 1 - i];
    }
    return new X500Name(reversed);
  }

  private static String comparable(ASN1Encodable value) throws IOException {
    if (value instanceof ASN1String text
        && !(value instanceof ASN1UniversalString)
        && !(value instanceof ASN1BitString)) {
      return text.getString().strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }
    return "#" + HexFormat.of().formatHex(value.toASN1Primitive().getEncoded("DER"));
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  boolean isWithin(Name other) {
    return parts.size() >= other.parts.size()
        && parts.subList(0, other.parts.size()).equals(other.parts);
  }

  List<String> texts(ASN1ObjectIdentifier type) {
    return attributes.stream().filter(a -> a.type().equals(type)).map(Attribute::text).toList();
  }

  /// Names are equal where their comparable forms are.
  @Override
  public boolean equals(Object other) {
    return other instanceof Name name && parts.equals(name.parts);
  }

  @Override
  public int hashCode() {
    return parts.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
