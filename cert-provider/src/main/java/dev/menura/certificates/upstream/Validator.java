package dev.menura.certificates.upstream;

import dev.menura.certificates.path.Anchors;
import dev.menura.certificates.path.Budget;
import dev.menura.certificates.path.Fault;
import dev.menura.certificates.path.MalformedException;
import dev.menura.certificates.path.PathFinder;
import dev.menura.certificates.path.PathFinder.Result;
import dev.menura.certificates.path.ServerNames;
import dev.menura.certificates.path.Way;
import dev.menura.certificates.path.X509;
import dev.menura.certificates.x509.OriginName;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// Says whether a chain is valid for a name (RFC 5280, RFC 9525): it leads to a trusted root by a
/// way that keeps all rules of the root's profile, it is for that name, and nothing that is known
/// about revocation speaks against it. It does no I/O: what it knows beside the chain was learnt
/// before. The work is bounded, whatever was sent. Thread-safe.
public final class Validator {
  /// How many certificates a chain may have.
  static final int CHAIN_LENGTH_MAX = 100;

  /// How many bytes they may take together.
  static final int CHAIN_BYTES_MAX = 64 * 1024;

  /// How many certificates that were not sent may be added to a chain, one above the other.
  private static final int SUPPLIED_DEPTH_MAX = 4;

  private final Anchors anchors;
  private final List<X509> own;
  private final Clock clock;
  private final Knowledge knowledge;
  private final PathFinder finder;

  /// As with all that was learnt so far unknown.
  ///
  /// @param own the gateway's own authority
  public Validator(Roots roots, X509Certificate own, Clock clock) {
    this(roots, List.of(own), clock, new Knowledge(RevocationMode.OFF));
  }

  /// @param own the gateway's own authorities; an origin that presents what one of them issued is
  ///   always refused, and none of them is a root
  /// @param knowledge what was learnt before; it is shared by all validators of a provider
  public Validator(Roots roots, List<X509Certificate> own, Clock clock, Knowledge knowledge) {
    this(roots, own, clock, knowledge, Budget.Limits.DEFAULT);
  }

  Validator(
      Roots roots,
      List<X509Certificate> own,
      Clock clock,
      Knowledge knowledge,
      Budget.Limits limits) {
    this.anchors = roots.without(own).anchors();
    this.own = own.stream().map(Validator::parsed).toList();
    this.clock = clock;
    this.knowledge = knowledge;
    this.finder = new PathFinder(anchors, knowledge.signatures(), limits);
  }

  private static X509 parsed(X509Certificate certificate) {
    try {
      return X509.parse(certificate.getEncoded());
    } catch (MalformedException | CertificateEncodingException e) {
      throw new IllegalArgumentException("the own authority's certificate is malformed", e);
    }
  }

  /// @param chain as it was sent, leaf first, never empty
  public Verdict validate(OriginName name, List<X509Certificate> chain) {
    return judge(name, SentChain.of(chain)).verdict();
  }

  Knowledge knowledge() {
    return knowledge;
  }

  /// What was judged, and what may help to judge better.
  ///
  /// @param unresolved the certificate whose issuer is missing; empty where none is
  record Judgement(Verdict verdict, Optional<X509> unresolved, Optional<Way> way) {
    static Judgement of(Verdict verdict) {
      return new Judgement(verdict, Optional.empty(), Optional.empty());
    }
  }

  Judgement judge(OriginName name, SentChain chain) {
    Optional<Verdict> size = tooLarge(chain);
    if (size.isPresent()) {
      return Judgement.of(size.get());
    }
    X509 leaf;
    try {
      leaf = knowledge.parse(chain.certificates().getFirst());
    } catch (MalformedException e) {
      return Judgement.of(
          new Verdict(Problem.MALFORMED, "the certificate is malformed: " + e.getMessage()));
    }
    Optional<String> odd = ServerNames.unprintable(leaf);
    if (odd.isPresent()) {
      return Judgement.of(
          about(
              Problem.MALFORMED,
              leaf,
              "the certificate " + Wording.of(leaf) + " is malformed: " + odd.get()));
    }
    var others = new ArrayList<X509>();
    String malformed = "";
    for (byte[] der : chain.certificates().subList(1, chain.certificates().size())) {
      try {
        others.add(knowledge.parse(der));
      } catch (MalformedException e) {
        malformed = String.valueOf(e.getMessage());
      }
    }
    var all = new ArrayList<>(others);
    all.addFirst(leaf);
    Optional<Verdict> refused = own(all).or(() -> denied(all));
    return refused.isPresent()
        ? Judgement.of(refused.get())
        : search(name, leaf, others, malformed);
  }

  private static Optional<Verdict> tooLarge(SentChain chain) {
    int count = chain.certificates().size();
    if (count > CHAIN_LENGTH_MAX) {
      return Optional.of(
          new Verdict(
              Problem.MALFORMED,
              "the chain has " + count + " certificates, more than " + CHAIN_LENGTH_MAX));
    }
    int bytes = chain.certificates().stream().mapToInt(der -> der.length).sum();
    return bytes > CHAIN_BYTES_MAX
        ? Optional.of(
            new Verdict(
                Problem.MALFORMED,
                "the chain takes " + bytes + " bytes, more than " + CHAIN_BYTES_MAX))
        : Optional.empty();
  }

  private Judgement search(OriginName name, X509 leaf, List<X509> sent, String malformed) {
    var known = new LinkedHashSet<X509>(sent);
    known.addAll(supplied(leaf, sent));
    boolean matches =
        name.isAddress()
            ? ServerNames.match(leaf, name.address())
            : ServerNames.match(leaf, name.text());
    return switch (finder.find(leaf, List.copyOf(known), clock.instant())) {
      case Result.Found found -> {
        Way way = found.way();
        List<X509> ends = List.of(way.anchor().certificate());
        Verdict verdict =
            denied(ends)
                .or(() -> denied(way.certificates()))
                .or(() -> matches ? Optional.empty() : Optional.of(wrongHost(name, leaf)))
                .orElseGet(() -> revocation(way, sent));
        yield new Judgement(verdict, Optional.empty(), Optional.of(way));
      }
      case Result.Broken broken -> {
        Verdict verdict = of(broken.fault());
        boolean graver = verdict.problem().compareTo(Problem.WRONG_HOST) < 0;
        yield Judgement.of(matches || graver ? verdict : wrongHost(name, leaf));
      }
      case Result.DeadEnd end ->
          malformed.isEmpty()
              ? new Judgement(explain(end), Optional.of(end.end()), Optional.empty())
              : new Judgement(
                  about(
                      Problem.MALFORMED,
                      leaf,
                      "a certificate of the chain is malformed: " + malformed),
                  Optional.of(end.end()),
                  Optional.empty());
    };
  }

  /// What was fetched for this chain, or for another one, and leads on from it.
  private List<X509> supplied(X509 leaf, List<X509> sent) {
    var found = new LinkedHashSet<X509>();
    var level = new ArrayList<>(sent);
    level.addFirst(leaf);
    for (int i = 0; i < SUPPLIED_DEPTH_MAX && !level.isEmpty(); i++) {
      var next = new ArrayList<X509>();
      for (X509 certificate : level) {
        for (X509 issuer : knowledge.intermediates().issuersOf(certificate)) {
          if (found.add(issuer)) {
            next.add(issuer);
          }
        }
      }
      level = next;
    }
    return List.copyOf(found);
  }

  private Verdict revocation(Way way, List<X509> sent) {
    List<X509Certificate> supplied =
        way.intermediates().stream()
            .filter(certificate -> !isFirstOfItsName(certificate, sent))
            .map(Validator::java)
            .toList();
    return knowledge.revocations().judge(way, clock.instant(), supplied);
  }

  /// Envoy takes the first issuer of that name that was sent, and looks no further.
  private static boolean isFirstOfItsName(X509 certificate, List<X509> sent) {
    return sent.stream()
        .filter(other -> other.subject().equals(certificate.subject()))
        .findFirst()
        .filter(certificate::equals)
        .isPresent();
  }

  private static X509Certificate java(X509 certificate) {
    try {
      return certificate.java();
    } catch (CertificateException e) {
      throw new IllegalStateException("Java cannot read a certificate of a sound way", e);
    }
  }

  private static Verdict wrongHost(OriginName name, X509 leaf) {
    return about(
        Problem.WRONG_HOST, leaf, "the certificate " + Wording.of(leaf) + " is not for " + name);
  }

  private static Verdict of(Fault fault) {
    X509 certificate = fault.certificate();
    String date =
        switch (fault.flaw()) {
          case EXPIRED -> certificate.notAfter().toString();
          case NOT_YET_VALID -> certificate.notBefore().toString();
          default -> "";
        };
    return new Verdict(
        Problem.of(fault.flaw()),
        "the certificate " + Wording.of(certificate) + " " + fault.what(),
        Wording.clean(certificate.subject()),
        date,
        Revocation.NOT_ASKED,
        List.of());
  }

  static Verdict about(Problem problem, X509 certificate, String detail) {
    return new Verdict(
        problem, detail, Wording.clean(certificate.subject()), "", Revocation.NOT_ASKED, List.of());
  }

  private static Verdict explain(Result.DeadEnd end) {
    X509 last = end.end();
    boolean alone = end.last().size() == 1;
    String name = Wording.of(last);
    if (last.isSelfIssued() && !end.forged()) {
      return alone
          ? about(
              Problem.SELF_SIGNED, last, "the certificate " + name + " is signed by itself alone")
          : about(
              Problem.UNTRUSTED_ROOT, last, "the chain ends at " + name + ", which is not trusted");
    }
    String issuer = Wording.issuerOf(last);
    if (end.forged()) {
      return about(
          Problem.UNTRUSTED,
          last,
          "the certificate "
              + name
              + " names "
              + issuer
              + " as its issuer, whose key did not sign it");
    }
    return alone
        ? about(
            Problem.INCOMPLETE_CHAIN,
            last,
            "the issuer "
                + issuer
                + " of "
                + name
                + " is not trusted, nor was its certificate sent")
        : about(
            Problem.UNTRUSTED_ROOT,
            last,
            "the chain ends at the issuer " + issuer + " of " + name + ", which is not trusted");
  }

  private Optional<Verdict> own(List<X509> chain) {
    return chain.stream()
        .filter(this::isOurs)
        .findFirst()
        .map(certificate ->
            about(
                Problem.OWN_CA,
                certificate,
                "the certificate "
                    + Wording.of(certificate)
                    + " comes from this gateway's own authority"));
  }

  private boolean isOurs(X509 certificate) {
    return own.stream()
        .anyMatch(authority ->
            certificate.key().equals(authority.key())
                || knowledge.signatures().isIssuedBy(certificate, authority));
  }

  private Optional<Verdict> denied(List<X509> certificates) {
    for (X509 certificate : certificates) {
      Optional<String> who = knowledge.denied().nameOf(certificate);
      if (who.isPresent()) {
        return Optional.of(
            about(
                Problem.KNOWN_INTERCEPTION,
                certificate,
                "the certificate "
                    + Wording.of(certificate)
                    + " has a key that is known for interception: "
                    + who.get()));
      }
    }
    return Optional.empty();
  }
}
