package dev.menura.certificates.authority;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;

/// Which names an authority of ours may vouch for, in the words of the operator: DNS domains, each
/// with all below it, and address blocks.
///
/// @param permitted where there is any, nothing else of its kind is allowed
/// @param excluded never allowed
public record NameScope(List<String> permitted, List<String> excluded) {
  public static final NameScope ALL = new NameScope(List.of(), List.of());

  private static final int BYTE = 8;

  public NameScope {
    permitted = List.copyOf(permitted);
    excluded = List.copyOf(excluded);
    // What is wrong shows here, not when the first certificate is made.
    Stream.concat(permitted.stream(), excluded.stream()).forEach(NameScope::subtree);
  }

  Optional<NameConstraints> constraints() {
    return permitted.isEmpty() && excluded.isEmpty()
        ? Optional.empty()
        : Optional.of(new NameConstraints(subtrees(permitted), subtrees(excluded)));
  }

  /// Null where there is none: an empty list is no sequence.
  private static GeneralSubtree @Nullable [] subtrees(List<String> names) {
    return names.isEmpty()
        ? null
        : names.stream().map(NameScope::subtree).toArray(GeneralSubtree[]::new);
  }

  private static GeneralSubtree subtree(String name) {
    if (name.isEmpty() || name.contains("*")) {
      throw new IllegalArgumentException("expected a domain or an address block");
    }
    int slash = name.indexOf('/');
    return new GeneralSubtree(
        slash < 0
            ? new GeneralName(GeneralName.dNSName, name)
            : new GeneralName(
                GeneralName.iPAddress,
                new DEROctetString(
                    block(
                        InetAddress.ofLiteral(name.substring(0, slash)).getAddress(),
                        Integer.parseInt(name.substring(slash + 1))))));
  }

  /// The address and its mask (RFC 5280 4.2.1.10).
  private static byte[] block(byte[] address, int length) {
    if (length < 0 || length > address.length * BYTE) {
      throw new IllegalArgumentException("expected a prefix length of the address's kind");
    }
    byte[] both = new byte[address.length * 2];
    for (int bit = 0; bit < length; bit++) {
      both[address.length + bit / BYTE] |= (byte) (0x80 >> bit % BYTE);
    }
    for (int i = 0; i < address.length; i++) {
      both[i] = (byte) (address[i] & both[address.length + i]);
    }
    return both;
  }
}
