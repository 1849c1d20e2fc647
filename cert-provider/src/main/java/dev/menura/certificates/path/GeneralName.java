package dev.menura.certificates.path;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;

/// One name of a certificate beside its subject (RFC 5280 4.2.1.6).
sealed interface GeneralName {
  /// A DNS name as it was written.
  record Dns(String text) implements GeneralName {}

  /// A mailbox.
  record Email(String text) implements GeneralName {}

  record Uri(String text) implements GeneralName {}

  record Directory(Name name) implements GeneralName {}

  /// Four or sixteen bytes; twice as many in a constraint.
  record Address(List<Byte> bytes) implements GeneralName {
    public Address {
      bytes = List.copyOf(bytes);
    }

    int at(int index) {
      return bytes.get(index) & 0xff;
    }

    /// As RFC 3986 3.2.2 writes IPv4 and RFC 5952 IPv6.
    String text() {
      byte[] raw = new byte[bytes.size()];
      for (int i = 0; i < raw.length; i++) {
        raw[i] = bytes.get(i);
      }
      try {
        return raw.length == 4 ? InetAddress.getByAddress(raw).getHostAddress() : compressed(raw);
      } catch (UnknownHostException e) {
        throw new IllegalStateException("an address of four bytes is one", e);
      }
    }

    boolean matches(InetAddress address) {
      byte[] raw = address.getAddress();
      if (raw.length != bytes.size()) {
        return false;
      }
      for (int i = 0; i < raw.length; i++) {
        if (raw[i] != bytes.get(i)) {
          return false;
        }
      }
      return true;
    }

    /// RFC 5952 4: no leading zeros, the first of the longest runs of zeros left out.
    private static String compressed(byte[] raw) {
      int[] groups = new int[8];
      for (int i = 0; i < 8; i++) {
        groups[i] = ((raw[2 * i] & 0xff) << 8) | (raw[2 * i + 1] & 0xff);
      }
      int from = -1;
      int length = 1;
      for (int i = 0; i < 8; i++) {
        int end = i;
        while (end < 8 && groups[end] == 0) {
          end++;
        }
        if (end - i > length) {
          from = i;
          length = end - i;
        }
      }
      var text = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        if (i == from) {
          text.append("::");
          i += length - 1;
          continue;
        }
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
      return text.toString();
    }
  }

  /// A kind that has no meaning here; only its number counts.
  record Other(int tag) implements GeneralName {}

  static List<GeneralName> listOf(ASN1Sequence sequence) throws MalformedException {
    var names = new ArrayList<GeneralName>();
    for (ASN1Encodable element : sequence) {
      names.add(of(element));
    }
    return names;
  }

  static GeneralName of(ASN1Encodable element) throws MalformedException {
    ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(element);
    if (!tagged.hasContextTag() || tagged.getTagNo() > 8) {
      throw new MalformedException("it holds a name of an unknown kind");
    }
    return switch (tagged.getTagNo()) {
      case 1 -> new Email(text(tagged));
      case 2 -> new Dns(text(tagged));
      case 4 -> new Directory(Name.of(tagged.getExplicitBaseObject()));
      case 6 -> new Uri(text(tagged));
      case 7 -> {
        var bytes = new ArrayList<Byte>();
        for (byte b : ASN1OctetString.getInstance(tagged, false).getOctets()) {
          bytes.add(b);
        }
        yield new Address(bytes);
      }
      default -> new Other(tagged.getTagNo());
    };
  }

  private static String text(ASN1TaggedObject tagged) {
    return ASN1IA5String.getInstance(tagged, false).getString();
  }

  /// Labels of a DNS name in lower case, most specific first.
  static List<String> labels(String dns) {
    return dns.isEmpty() ? List.of() : Arrays.asList(dns.toLowerCase(Locale.ROOT).split("\\.", -1));
  }
}
