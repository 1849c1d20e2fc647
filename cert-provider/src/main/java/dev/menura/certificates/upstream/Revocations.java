package dev.menura.certificates.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.menura.certificates.path.MalformedException;
import dev.menura.certificates.path.Way;
import dev.menura.certificates.path.X509;
import dev.menura.certificates.upstream.StatusAnswer.State;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What issuers said about revocation, as far as it is remembered. Bounded; thread-safe.
final class Revocations {
  private static final int ANSWERS_MAX = 10_000;
  private static final long LIST_BYTES_MAX = 32L * 1024 * 1024;
  private static final int OVERHEAD = 2048;

  private volatile RevocationMode mode;
  private final Cache<Asked, Answered> answers =
      Caffeine.newBuilder().executor(Runnable::run).maximumSize(ANSWERS_MAX).build();

  /// By the address that a list was fetched from; one that was given is kept by its issuer's key.
  private final Cache<String, Listed> lists =
      Caffeine.newBuilder()
          .executor(Runnable::run)
          .maximumWeight(LIST_BYTES_MAX)
          .<String, Listed>weigher(
              (_, listed) -> OVERHEAD + 4 * listed.list().map(RevocationList::bytes).orElse(0))
          .build();

  private record Asked(String certificate, String issuerKey) {}

  private record Answered(StatusAnswer answer, boolean stapled) {}

  /// @param list empty where it could not be used
  /// @param issuerKey whose it is
  private record Listed(Optional<RevocationList> list, String issuerKey) {}

  Revocations(RevocationMode mode) {
    this.mode = mode;
  }

  void mode(RevocationMode next) {
    mode = next;
  }

  RevocationMode mode() {
    return mode;
  }

  /// Whether the answer can be used now.
  boolean learnAnswer(byte[] der, X509 certificate, X509 issuer, boolean stapled, Instant now) {
    try {
      StatusAnswer answer = StatusAnswer.read(der, certificate, issuer, now);
      var asked = new Asked(certificate.fingerprint(), issuer.key().spkiSha256());
      // A revocation is final: no later answer takes it back.
      Answered known = answers.getIfPresent(asked);
      if (known == null || known.answer().state() != State.REVOKED) {
        answers.put(asked, new Answered(answer, stapled));
      }
      return answer.isCurrent(now) && answer.state() != State.UNKNOWN;
    } catch (MalformedException e) {
      return false;
    }
  }

  /// @param address where the list was fetched from; empty where it was given
  void learnList(byte[] der, X509 issuer, String address) {
    String key = address.isEmpty() ? issuer.key().spkiSha256() : address;
    Optional<RevocationList> list;
    try {
      list = Optional.of(RevocationList.read(der, issuer, address));
    } catch (MalformedException e) {
      list = Optional.empty();
    }
    lists.put(key, new Listed(list, issuer.key().spkiSha256()));
  }

  /// Whether a current list of this address is here.
  boolean hasList(String address, Instant now) {
    Listed listed = lists.getIfPresent(address);
    return listed != null && listed.list().filter(list -> list.isCurrent(now)).isPresent();
  }

  /// What is known about one certificate.
  ///
  /// @param at when it was revoked, or else the epoch
  record Known(Revocation revocation, Instant at, boolean stapled) {}

  Known of(X509 certificate, X509 issuer, Instant now) {
    Answered answered =
        answers.getIfPresent(new Asked(certificate.fingerprint(), issuer.key().spkiSha256()));
    if (answered != null && answered.answer().state() == State.REVOKED) {
      return new Known(Revocation.REVOKED, answered.answer().revokedAt(), answered.stapled());
    }
    boolean good =
        answered != null
            && answered.answer().state() == State.GOOD
            && answered.answer().isCurrent(now);
    boolean unusable = answered != null && !good;
    for (Listed listed : listsOf(certificate, issuer)) {
      Optional<RevocationList> list = listed.list().filter(one -> one.speaksOf(certificate));
      Instant revokedAt = list.map(one -> one.revoked().get(certificate.serial())).orElse(null);
      if (revokedAt != null) {
        return new Known(Revocation.REVOKED, revokedAt, false);
      }
      good |= list.filter(one -> one.isCurrent(now)).isPresent();
      unusable = true;
    }
    boolean offered = !certificate.ocspUris().isEmpty() || !certificate.crlUris().isEmpty();
    Revocation revocation =
        good ? Revocation.GOOD : offered || unusable ? Revocation.UNKNOWN : Revocation.NOT_OFFERED;
    return new Known(revocation, Instant.EPOCH, good && answered != null && answered.stapled());
  }

  private List<Listed> listsOf(X509 certificate, X509 issuer) {
    String key = issuer.key().spkiSha256();
    return Stream.concat(certificate.crlUris().stream(), Stream.of(key))
        .map(lists::getIfPresent)
        .filter(listed -> listed != null && listed.issuerKey().equals(key))
        .toList();
  }

  Verdict judge(Way way, Instant now, List<X509Certificate> supplied) {
    if (mode == RevocationMode.OFF) {
      return new Verdict(Problem.NONE, "", "", "", Revocation.NOT_ASKED, supplied);
    }
    Known leaf = of(way.certificates().getFirst(), way.issuerOf(0), now);
    Revocation worst = leaf.revocation();
    X509 unknown = way.certificates().getFirst();
    for (int i = 0; i < way.certificates().size(); i++) {
      X509 certificate = way.certificates().get(i);
      Known known = of(certificate, way.issuerOf(i), now);
      if (known.revocation() == Revocation.REVOKED) {
        return revoked(certificate, known.at());
      }
      if (known.revocation() == Revocation.UNKNOWN && worst != Revocation.UNKNOWN && isHard()) {
        worst = Revocation.UNKNOWN;
        unknown = certificate;
      }
    }
    if (way.certificates().getFirst().mustStaple() && !leaf.stapled()) {
      return refused(
          way.certificates().getFirst(),
          " promises an answer about its revocation with each handshake, and none came that holds",
          leaf.revocation());
    }
    return worst == Revocation.UNKNOWN && isHard()
        ? refused(unknown, " may have been revoked: its issuer could not be asked", worst)
        : new Verdict(Problem.NONE, "", "", "", worst, supplied);
  }

  private boolean isHard() {
    return mode == RevocationMode.HARD;
  }

  private static Verdict revoked(X509 certificate, Instant at) {
    return new Verdict(
        Problem.REVOKED,
        "the certificate " + Wording.of(certificate) + " was revoked on " + at,
        Wording.clean(certificate.subject()),
        at.toString(),
        Revocation.REVOKED,
        List.of());
  }

  private static Verdict refused(X509 certificate, String what, Revocation revocation) {
    return new Verdict(
        Problem.REVOCATION_UNKNOWN,
        "the certificate " + Wording.of(certificate) + what,
        Wording.clean(certificate.subject()),
        "",
        revocation,
        List.of());
  }
}
