package dev.menura.extproc.gate;

import java.util.regex.Pattern;

/// What the host of a target must look like, beyond its characters, to be resolved and to have a
/// certificate. An address is written in one way alone: resolvers read `0x7f.1`, `127.1` and
/// `0177.0.0.1` each in their own manner, so a name that ends in a number is an address in the
/// usual notation or nothing (as in the URL standard, "ends in a number").
final class TargetName {
  private static final int CHARS_MAX = 253;
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

  /// RFC 1035 2.3.1 and 2.3.4, with underscores, which are in use.
  private static final Pattern LABELS =
      Pattern.compile(
          "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

  private static final Pattern ENDS_IN_A_NUMBER = Pattern.compile("(.*\\.)?([0-9]+|0x[0-9a-f]*)");

  private TargetName() {}

  /// @param host in lower case, without a trailing dot or brackets
  static boolean isSound(String host) {
    if (host.indexOf(':') >= 0 || IPV4.matcher(host).matches()) {
      return true;
    }
    return host.length() <= CHARS_MAX
        && !ENDS_IN_A_NUMBER.matcher(host).matches()
        && LABELS.matcher(host).matches();
  }
}
