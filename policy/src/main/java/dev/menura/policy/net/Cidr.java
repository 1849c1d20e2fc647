package dev.menura.policy.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/// A block of addresses (RFC 4632), or a single one.
///
/// @param network the first address
/// @param prefix how many leading bits the addresses share
public record Cidr(InetAddress network, int prefix) {
  private static final Pattern IPV4 =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
  private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");

  /// Reads `10.0.0.0/8`, `fd00::/8`, or a single address.
  public static Optional<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    Optional<InetAddress> address = address(slash < 0 ? text : text.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    int bits = address.get().getAddress().length * 8;
    if (slash < 0) {
      return Optional.of(new Cidr(address.get(), bits));
    }
    String prefix = text.substring(slash + 1);
    if (!PREFIX.matcher(prefix).matches() || Integer.parseInt(prefix) > bits) {
      return Optional.empty();
    }
    return Optional.of(new Cidr(address.get(), Integer.parseInt(prefix)).masked());
  }

  /// Reads an address in its usual form. Never asks a resolver, and takes no octal or short forms.
  public static Optional<InetAddress> address(String text) {
    boolean possible =
        IPV4.matcher(text).matches() || (text.contains(":") && IPV6.matcher(text).matches());
    if (!possible) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    byte[] own = network.getAddress();
    if (bytes.length != own.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit += 8) {
      int mask = prefix - bit >= 8 ? 0xff : 0xff << (8 - (prefix - bit));
      if (((bytes[bit / 8] ^ own[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  private Cidr masked() {
    byte[] bytes = network.getAddress();
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      if (bit >= prefix) {
        bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
      }
    }
    try {
      return new Cidr(InetAddress.getByAddress(bytes), prefix);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // the length has not changed
    }
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefix;
  }
}
