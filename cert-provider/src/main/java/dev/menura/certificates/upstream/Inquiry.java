package dev.menura.certificates.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.menura.certificates.path.MalformedException;
import dev.menura.certificates.path.Way;
import dev.menura.certificates.path.X509;
import dev.menura.certificates.upstream.Validator.Judgement;
import dev.menura.certificates.x509.OriginName;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;

/// Judges what was seen at an origin, and asks the issuers what the verdict lacks: certificates
/// that the origin did not send (RFC 5280 4.2.2.1), and whether one was revoked. What is learnt
/// stays in the [Knowledge]. Blocks on the network for a bounded time.
final class Inquiry {
  private static final int FETCHES_MAX = 4;
  private static final int ISSUER_BYTES_MAX = 64 * 1024;
  private static final int ANSWER_BYTES_MAX = 64 * 1024;
  private static final int LIST_BYTES_MAX = 4 * 1024 * 1024;
  private static final int ISSUERS_MAX = 10;
  private static final int ADDRESSES_MAX = 2;

  /// For all questions about one chain.
  static final Duration TIME = Duration.ofSeconds(2);

  private static final int SILENT_MAX = 1_000;
  private static final Duration SILENT_FOR = Duration.ofMinutes(1);

  private final Knowledge knowledge;
  private final Clock clock;
  private volatile Fetch fetch = Fetch.NONE;

  /// Addresses that gave nothing lately; they are not waited for again and again.
  private final Cache<String, Boolean> silent =
      Caffeine.newBuilder()
          .executor(Runnable::run)
          .maximumSize(SILENT_MAX)
          .expireAfterWrite(SILENT_FOR)
          .build();

  Inquiry(Knowledge knowledge, Clock clock) {
    this.knowledge = knowledge;
    this.clock = clock;
  }

  void fetch(Fetch next) {
    fetch = next;
  }

  Verdict judge(Validator validator, OriginName name, Captured captured) {
    var deadline = new Deadline(TIME);
    Judgement judgement = validator.judge(name, captured.chain());
    for (int i = 0; i < FETCHES_MAX; i++) {
      Optional<X509> unresolved = judgement.unresolved();
      if (unresolved.isEmpty() || !fetchIssuer(unresolved.get(), deadline)) {
        break;
      }
      judgement = validator.judge(name, captured.chain());
    }
    Problem problem = judgement.verdict().problem();
    boolean open = problem == Problem.NONE || problem == Problem.REVOCATION_UNKNOWN;
    Optional<Way> way = judgement.way();
    if (open && way.isPresent() && asks(way.get(), captured.staple(), deadline)) {
      judgement = validator.judge(name, captured.chain());
    }
    return judgement.verdict();
  }

  private Optional<byte[]> got(
      String address, Optional<Fetch.Body> body, int bytesMax, Deadline deadline) {
    if (silent.getIfPresent(address) != null) {
      return Optional.empty();
    }
    Optional<byte[]> got = fetch.from(address, body, bytesMax, deadline);
    if (got.isEmpty()) {
      silent.put(address, true);
    }
    return got;
  }

  /// Whether something new is known.
  private boolean fetchIssuer(X509 certificate, Deadline deadline) {
    boolean learnt = false;
    for (String address : certificate.issuerUris().stream().limit(ADDRESSES_MAX).toList()) {
      if (!knowledge.intermediates().has(address)) {
        Optional<byte[]> got = got(address, Optional.empty(), ISSUER_BYTES_MAX, deadline);
        if (got.isPresent()) {
          knowledge.intermediates().add(address, issuers(got.get()));
          learnt = true;
        }
      }
    }
    return learnt;
  }

  /// RFC 5280 4.2.2.1: one certificate in DER, or several in a CMS message without signatures.
  private List<X509> issuers(byte[] bytes) {
    var found = new ArrayList<X509>();
    try {
      found.add(knowledge.parse(bytes));
      return found;
    } catch (MalformedException e) {
      // Then it is the other form, or nothing.
    }
    try {
      ContentInfo info = ContentInfo.getInstance(ASN1Sequence.fromByteArray(bytes));
      ASN1Set certificates =
          info.getContentType().equals(CMSObjectIdentifiers.signedData)
              ? SignedData.getInstance(info.getContent()).getCertificates()
              : null;
      if (certificates == null) {
        return found;
      }
      for (ASN1Encodable each : certificates) {
        if (found.size() < ISSUERS_MAX) {
          found.add(knowledge.parse(each.toASN1Primitive().getEncoded("DER")));
        }
      }
    } catch (IOException
        | MalformedException
        | IllegalArgumentException
        | IllegalStateException
        | ClassCastException e) {
      return found;
    }
    return found;
  }

  /// Whether something may be known now that was not before.
  private boolean asks(Way way, Optional<Staple> staple, Deadline deadline) {
    Revocations revocations = knowledge.revocations();
    if (revocations.mode() == RevocationMode.OFF) {
      return false;
    }
    Instant now = clock.instant();
    X509 leaf = way.certificates().getFirst();
    boolean settled =
        staple.isPresent()
            && revocations.learnAnswer(staple.get().encoded(), leaf, way.issuerOf(0), true, now);
    int count = revocations.mode() == RevocationMode.HARD ? way.certificates().size() : 1;
    for (int i = settled ? 1 : 0; i < count; i++) {
      ask(way.certificates().get(i), way.issuerOf(i), now, deadline);
    }
    return true;
  }

  private void ask(X509 certificate, X509 issuer, Instant now, Deadline deadline) {
    Revocations revocations = knowledge.revocations();
    Revocation known = revocations.of(certificate, issuer, now).revocation();
    if (known == Revocation.GOOD || known == Revocation.REVOKED) {
      return;
    }
    for (String address : certificate.ocspUris().stream().limit(ADDRESSES_MAX).toList()) {
      var body =
          new Fetch.Body(StatusAnswer.MEDIA_TYPE, StatusAnswer.question(certificate, issuer));
      Optional<byte[]> got = got(address, Optional.of(body), ANSWER_BYTES_MAX, deadline);
      if (got.isPresent() && revocations.learnAnswer(got.get(), certificate, issuer, false, now)) {
        return;
      }
    }
    for (String address : certificate.crlUris().stream().limit(ADDRESSES_MAX).toList()) {
      if (!revocations.hasList(address, now)) {
        got(address, Optional.empty(), LIST_BYTES_MAX, deadline)
            .ifPresent(got -> revocations.learnList(got, issuer, address));
      }
    }
  }
}
