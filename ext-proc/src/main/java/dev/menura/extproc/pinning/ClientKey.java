package dev.menura.extproc.pinning;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/// Whom a rejection counts for: an IPv4 address, or the first 64 bits of an IPv6 address, since one
/// machine may have any number of addresses below them (RFC 4291 2.5.1, RFC 8981).
final class ClientKey {
  private static final int PREFIX_BYTES = 8;

  private ClientKey() {}

  /// @param address in its textual form
  static String of(String address) {
    try {
      var parsed = InetAddress.ofLiteral(address);
      return parsed instanceof Inet6Address
          ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), PREFIX_BYTES))
          : parsed.getHostAddress();
    } catch (IllegalArgumentException e) {
      return address;
    }
  }
}
