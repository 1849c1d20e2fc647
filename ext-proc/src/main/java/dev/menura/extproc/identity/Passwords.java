package dev.menura.extproc.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.menura.extproc.gate.Callers.Reason;
import dev.menura.policy.Clients;
import dev.menura.policy.PasswordHash;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Checks user names and passwords (RFC 7617) against the users of one policy. What was right is
/// remembered for a short time, by its fingerprint. An unknown user costs what a known one does.
/// Thread-safe.
final class Passwords {
  /// How long a credential may be, in its base64 form.
  static final int CREDENTIAL_CHARS_MAX = 2048;

  /// How many right credentials are remembered.
  static final int REMEMBERED_MAX = 10_000;

  static final Duration REMEMBERED_FOR = Duration.ofMinutes(5);

  private final Clients.Basic users;
  private final List<PasswordHash> hashes;
  private final Fingerprints fingerprints;
  private final Failures failures;
  private final HashTurns turns;
  private final Cache<String, Identity> remembered;

  Passwords(
      Clients.Basic users,
      Fingerprints fingerprints,
      Failures failures,
      HashTurns turns,
      Clock clock) {
    this.users = users;
    this.hashes = List.copyOf(users.passwords().values());
    this.fingerprints = fingerprints;
    this.failures = failures;
    this.turns = turns;
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(REMEMBERED_MAX)
            .expireAfterWrite(REMEMBERED_FOR)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  /// The question that a client is asked.
  String challenge() {
    return "Basic realm=\"" + users.realm() + "\", charset=\"UTF-8\"";
  }

  /// @param credential what follows the scheme
  Check check(String credential, InetAddress client) {
    if (credential.length() > CREDENTIAL_CHARS_MAX) {
      return new Check.Failed(Reason.MALFORMED);
    }
    String fingerprint = fingerprints.of(credential);
    Identity known = remembered.getIfPresent(fingerprint);
    if (known != null) {
      return new Check.Proved(known);
    }
    Optional<Pair> pair = Pair.parse(credential);
    if (pair.isEmpty()) {
      return new Check.Failed(Reason.MALFORMED);
    }
    return turns.take(() -> tried(fingerprint, pair.get(), client));
  }

  private Check tried(String fingerprint, Pair pair, InetAddress client) {
    // Another request of the same client may have been faster.
    Identity known = remembered.getIfPresent(fingerprint);
    if (known != null) {
      return new Check.Proved(known);
    }
    if (failures.tooMany(client)) {
      return new Check.Failed(Reason.TOO_MANY);
    }
    PasswordHash own = users.passwords().get(pair.user());
    PasswordHash hash =
        own != null ? own : hashes.get(fingerprints.number(pair.user(), hashes.size()));
    boolean right = PasswordHashes.matches(hash, pair.password().getBytes(StandardCharsets.UTF_8));
    if (!right || own == null) {
      failures.count(client);
      return new Check.Failed(Reason.WRONG);
    }
    Identity identity =
        Identity.of(pair.user(), users.groups().getOrDefault(pair.user(), Set.of()));
    remembered.put(fingerprint, identity);
    return new Check.Proved(identity);
  }

  /// A user and a password. Never printed.
  private record Pair(String user, String password) {
    static Optional<Pair> parse(String credential) {
      try {
        byte[] bytes = Base64.getDecoder().decode(credential);
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        int colon = text.indexOf(':');
        return colon < 0
            ? Optional.empty()
            : Optional.of(new Pair(text.substring(0, colon), text.substring(colon + 1)));
      } catch (IllegalArgumentException | CharacterCodingException _) {
        return Optional.empty();
      }
    }

    @Override
    public String toString() {
      return "Pair[]";
    }
  }
}
