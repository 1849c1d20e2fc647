package dev.menura.certificates.custody;

import java.time.Duration;

/// How much the two ends ask of each other.
///
/// @param signWithin how long the gateway waits for a signature
/// @param startWithin how long a gateway waits at its start for the process to answer
/// @param retryEvery how long the gateway waits before it tries to reach the process again
/// @param callsMax signatures that are worked on at once; more are refused
/// @param watchersMax gateways that are told of changes at once; more are refused
public record CustodyLimits(
    Duration signWithin, Duration startWithin, Duration retryEvery, int callsMax, int watchersMax) {
  public static final CustodyLimits DEFAULT =
      new CustodyLimits(
          Duration.ofSeconds(3), Duration.ofSeconds(30), Duration.ofSeconds(1), 256, 64);

  /// What a message may take: a chain has at most 64 KiB, a name and a key little more.
  public static final int MESSAGE_BYTES_MAX = 256 * 1024;
}
