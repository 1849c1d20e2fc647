package dev.menura.extproc.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the wrong credentials that come from each address, so that guessing is slow. An IPv6
/// network of 64 bits counts as one address. Thread-safe.
final class Failures {
  /// How many wrong credentials an address may present in one period.
  static final int MAX = 20;

  static final Duration PERIOD = Duration.ofMinutes(1);

  /// How many addresses are counted at the same time.
  static final int ADDRESSES_MAX = 50_000;

  private static final int NETWORK_BYTES = 8;

  private final Cache<String, AtomicInteger> counts;

  Failures(Clock clock) {
    this.counts =
        Caffeine.newBuilder()
            .maximumSize(ADDRESSES_MAX)
            .expireAfterWrite(PERIOD)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  boolean tooMany(InetAddress address) {
    AtomicInteger count = counts.getIfPresent(key(address));
    return count != null && count.get() >= MAX;
  }

  void count(InetAddress address) {
    counts.get(key(address), _ -> new AtomicInteger()).incrementAndGet();
  }

  private static String key(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of()
        .formatHex(bytes.length > NETWORK_BYTES ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
  }
}
