package dev.menura.policy;

import dev.menura.policy.net.Cidr;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Which addresses an origin may have: those of the public Internet, and those that the operator
/// names.
///
/// An IPv6 address that stands for an IPv4 one (mapped, NAT64 of RFC 6052, 6to4 of RFC 3056) is
/// judged by that one, so that it is no way around.
///
/// @param named the blocks of `spec.upstream.allow-addresses`
public record AddressRules(List<Cidr> named) {
  /// Blocks that are not of the public Internet (the IANA special-purpose registries). Those for
  /// documentation are left out: nothing answers there.
  private static final List<Cidr> REFUSED =
      List.of(
          block("0.0.0.0/8"),
          block("10.0.0.0/8"),
          block("100.64.0.0/10"),
          block("127.0.0.0/8"),
          block("169.254.0.0/16"),
          block("172.16.0.0/12"),
          block("192.0.0.0/24"),
          block("192.168.0.0/16"),
          block("198.18.0.0/15"),
          block("224.0.0.0/4"),
          block("240.0.0.0/4"),
          block("::/128"),
          block("::1/128"),
          block("64:ff9b:1::/48"),
          block("100::/64"),
          block("2001::/32"),
          block("fc00::/7"),
          block("fe80::/10"),
          block("fec0::/10"),
          block("ff00::/8"));

  private static final Cidr NAT64 = block("64:ff9b::/96");
  private static final Cidr SIX_TO_FOUR = block("2002::/16");
  private static final Cidr COMPATIBLE = block("::/96");

  public AddressRules {
    named = List.copyOf(named);
  }

  /// Whether an origin may be dialled at this address.
  public boolean allowed(InetAddress address) {
    if (contains(named, address)) {
      return true;
    }
    if (contains(REFUSED, address)) {
      return false;
    }
    return embedded(address).map(this::allowed).orElse(true);
  }

  private static boolean contains(List<Cidr> blocks, InetAddress address) {
    for (Cidr block : blocks) {
      if (block.contains(address)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<InetAddress> embedded(InetAddress address) {
    if (address instanceof Inet4Address) {
      return Optional.empty();
    }
    if (NAT64.contains(address) || COMPATIBLE.contains(address)) {
      return Optional.of(part(address, 12));
    }
    return SIX_TO_FOUR.contains(address) ? Optional.of(part(address, 2)) : Optional.empty();
  }

  private static InetAddress part(InetAddress address, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(address.getAddress(), from, from + 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // four bytes are always an address
    }
  }

  private static Cidr block(String text) {
    return Cidr.parse(text).orElseThrow();
  }
}
