package dev.menura.certificates.upstream;

import dev.menura.certificates.path.Way;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// What issuers said about revocation.
final class Revocations {
  private final RevocationMode mode;

  Revocations(RevocationMode mode) {
    this.mode = mode;
  }

  Verdict judge(Way way, Instant now, List<X509Certificate> supplied) {
    return new Verdict(
        Problem.NONE,
        "",
        "",
        "",
        mode == RevocationMode.OFF ? Revocation.NOT_ASKED : Revocation.UNKNOWN,
        supplied);
  }
}
