package dev.menura.certificates.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.menura.certificates.path.X509;
import java.util.List;

/// Certificates of authorities that origins did not send and that were fetched, by the address that
/// they were fetched from. They prove nothing by being here: a way over them is held to every rule.
/// Bounded; thread-safe.
final class Intermediates {
  private static final long BYTES_MAX = 4L * 1024 * 1024;
  private static final int OVERHEAD = 2048;

  private final Cache<String, List<X509>> byAddress =
      Caffeine.newBuilder()
          .executor(Runnable::run)
          .maximumWeight(BYTES_MAX)
          .<String, List<X509>>weigher(
              (_, found) -> OVERHEAD + found.stream().mapToInt(one -> 3 * one.size()).sum())
          .build();

  void add(String address, List<X509> found) {
    byAddress.put(address, List.copyOf(found));
  }

  boolean has(String address) {
    return byAddress.getIfPresent(address) != null;
  }

  /// What was fetched from the addresses that a certificate names for its issuer.
  List<X509> issuersOf(X509 certificate) {
    return certificate.issuerUris().stream()
        .flatMap(address -> {
          List<X509> found = byAddress.getIfPresent(address);
          return found == null ? java.util.stream.Stream.empty() : found.stream();
        })
        .toList();
  }
}
