package dev.menura.certificates.x509;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/// The names for which a certificate is good: its subject alternative names (RFC 5280 4.2.1.6),
/// read strictly. The common name does not count (RFC 9525 2).
public final class AlternativeNames {
  private static final int NAME_LENGTH_MAX = 255;
  private final List<GeneralName> entries;

  private AlternativeNames(List<GeneralName> entries) {
    this.entries = entries;
  }

  /// @throws CertificateException where the extension cannot be read or holds a name with bytes
  ///   that such a name may not have; the message is safe to show
  public static AlternativeNames of(X509Certificate certificate) throws CertificateException {
    byte[] extension = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
    if (extension == null) {
      return new AlternativeNames(List.of());
    }
    GeneralName[] names;
    try {
      names =
          GeneralNames.getInstance(ASN1OctetString.getInstance(extension).getOctets()).getNames();
      for (GeneralName name : names) {
        check(name);
      }
    } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
      throw new CertificateException("its subject alternative names cannot be read", e);
    }
    return new AlternativeNames(List.of(names));
  }

  private static void check(GeneralName name) throws CertificateException {
    switch (name.getTagNo()) {
      case GeneralName.dNSName, GeneralName.uniformResourceIdentifier, GeneralName.rfc822Name -> {
        String text = text(name);
        boolean dns = name.getTagNo() == GeneralName.dNSName;
        if (dns && (text.isEmpty() || text.length() > NAME_LENGTH_MAX)) {
          throw new CertificateException("it holds a DNS name of " + text.length() + " bytes");
        }
        if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
          throw new CertificateException(
              "it holds a name with a blank, a control or a non-ASCII character");
        }
      }
      case GeneralName.iPAddress -> {
        int length = ASN1OctetString.getInstance(name.getName()).getOctetsLength();
        if (length != 4 && length != 16) {
          throw new CertificateException("it holds an IP address of " + length + " bytes");
        }
      }
      default -> {
        // Other kinds of name are not matched.
      }
    }
  }

  /// Whether the certificate is for this name (RFC 9525 6.3, 6.5): an address by its bytes, a DNS
  /// name letter by letter or by a wildcard that is the whole leftmost label.
  public boolean match(OriginName name) {
    return entries.stream().anyMatch(entry -> matches(entry, name));
  }

  /// The names that a mimic carries, in their order: DNS names, addresses, URIs, mailboxes, and
  /// other names that are safe to repeat. Of more than the maximum, those for the name that was
  /// asked for stay, and the first of the others.
  public List<GeneralName> copied(OriginName asked, int countMax, int bytesMax) {
    var copied = new ArrayList<GeneralName>();
    var left = new Room(countMax, bytesMax);
    List<GeneralName> matching =
        entries.stream().filter(entry -> matches(entry, asked)).limit(2).toList();
    matching.forEach(left::takes);
    for (GeneralName entry : entries) {
      if (matching.contains(entry) || (isCopied(entry) && left.takes(entry))) {
        copied.add(entry);
      }
    }
    return List.copyOf(copied);
  }

  /// How many names a mimic would carry if there were no maximum.
  public int count() {
    return (int) entries.stream().filter(AlternativeNames::isCopied).count();
  }

  private static boolean isCopied(GeneralName entry) {
    return switch (entry.getTagNo()) {
      case GeneralName.dNSName,
          GeneralName.iPAddress,
          GeneralName.uniformResourceIdentifier,
          GeneralName.rfc822Name ->
          true;
      default -> OtherNames.areRepeated(entry);
    };
  }

  private static boolean matches(GeneralName entry, OriginName name) {
    if (name.isAddress()) {
      return entry.getTagNo() == GeneralName.iPAddress
          && Arrays.equals(
              ASN1OctetString.getInstance(entry.getName()).getOctets(),
              name.address().getAddress());
    }
    if (entry.getTagNo() != GeneralName.dNSName) {
      return false;
    }
    String pattern = text(entry).toLowerCase(Locale.ROOT);
    return pattern.startsWith("*.")
        ? matchesWildcard(pattern.substring(1), name.text())
        : pattern.equals(name.text());
  }

  /// @param suffix what follows the star; it must be more than a top-level domain
  private static boolean matchesWildcard(String suffix, String name) {
    int firstDot = name.indexOf('.');
    return firstDot > 0
        && suffix.indexOf('.', 1) > 0
        && suffix.indexOf('*') < 0
        && name.substring(firstDot).equals(suffix);
  }

  private static String text(GeneralName name) {
    return ASN1IA5String.getInstance(name.getName()).getString();
  }

  private static final class Room {
    private int count;
    private int bytes;

    Room(int count, int bytes) {
      this.count = count;
      this.bytes = bytes;
    }

    boolean takes(GeneralName entry) {
      int length = entry.getName().toString().length() + 4;
      if (count < 1 || bytes < length) {
        return false;
      }
      count--;
      bytes -= length;
      return true;
    }
  }
}
