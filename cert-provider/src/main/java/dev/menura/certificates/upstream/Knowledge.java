package dev.menura.certificates.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.menura.certificates.path.MalformedException;
import dev.menura.certificates.path.Signatures;
import dev.menura.certificates.path.X509;
import java.util.Arrays;

/// What was learnt from former chains and outlives a change of roots: certificates that were read,
/// signatures that were checked, intermediates that were fetched, and answers about revocation.
/// Every part is bounded. Thread-safe.
public final class Knowledge {
  private static final long PARSED_BYTES_MAX = 8L * 1024 * 1024;
  private static final int OVERHEAD = 2048;

  private final Signatures signatures = new Signatures();
  private final Intermediates intermediates = new Intermediates();
  private final Denied denied = Denied.shipped();
  private final Revocations revocations;
  private final Cache<Encoded, X509> parsed =
      Caffeine.newBuilder()
          .executor(Runnable::run)
          .maximumWeight(PARSED_BYTES_MAX)
          .<Encoded, X509>weigher((_, one) -> OVERHEAD + 3 * one.size())
          .build();

  public Knowledge(RevocationMode mode) {
    this.revocations = new Revocations(mode);
  }

  /// Bytes that are equal where their content is.
  private static final class Encoded {
    private final byte[] bytes;
    private final int hash;

    Encoded(byte[] bytes) {
      this.bytes = bytes;
      this.hash = Arrays.hashCode(bytes);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Encoded that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /// What is done, from now on, where nothing can be learnt about revocation.
  public void revocation(RevocationMode mode) {
    revocations.mode(mode);
  }

  X509 parse(byte[] der) throws MalformedException {
    var key = new Encoded(der);
    X509 known = parsed.getIfPresent(key);
    if (known == null) {
      known = X509.parse(der);
      parsed.put(key, known);
    }
    return known;
  }

  Signatures signatures() {
    return signatures;
  }

  Intermediates intermediates() {
    return intermediates;
  }

  Denied denied() {
    return denied;
  }

  Revocations revocations() {
    return revocations;
  }
}
