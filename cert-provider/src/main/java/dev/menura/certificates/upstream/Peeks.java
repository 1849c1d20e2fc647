package dev.menura.certificates.upstream;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.menura.certificates.upstream.Look.Reason;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Look.Unreachable;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.InetSocketAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Looks at origins, and remembers for a while what was seen. Callers that ask for the same origin
/// at the same time share one connection.
public final class Peeks implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final int MEMORY_PER_DER_BYTE = 4;
  private static final int MEMORY_PER_LOOK = 1024;

  private final PeekLimits limits;
  private volatile Validator validator;
  private final Clock clock;
  private final Meters meters;
  private final Inquiry inquiry;
  private final Probe probe;
  private final Semaphore underWay;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AsyncCache<Origin, Look> looks;

  private record Origin(OriginName name, InetSocketAddress address) {}

  public Peeks(
      PeekLimits limits, Validator validator, Clock clock, Ticker ticker, MeterRegistry registry) {
    this(TlsOffer.STANDARD, limits, validator, clock, ticker, registry);
  }

  /// @param offer what origins are offered
  public Peeks(
      TlsOffer offer,
      PeekLimits limits,
      Validator validator,
      Clock clock,
      Ticker ticker,
      MeterRegistry registry) {
    this.limits = limits;
    this.validator = validator;
    this.clock = clock;
    this.meters = new Meters(registry);
    this.inquiry = new Inquiry(validator.knowledge(), clock);
    this.probe = new Probe(offer, limits.deadline(), limits.bytesMax());
    this.underWay = new Semaphore(limits.concurrentMax());
    this.looks =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .ticker(ticker)
            .maximumWeight(limits.cacheBytesMax())
            .<Origin, Look>weigher((_, look) -> memory(look))
            .expireAfter(Expiry.<Origin, Look>creating((_, look) -> lifetime(look)))
            .buildAsync();
  }

  /// Judges by other roots from now on, and forgets what was judged by the former ones.
  public void trust(Validator next) {
    validator = next;
    looks.synchronous().invalidateAll();
  }

  /// Asks issuers, from now on, for what origins do not send, and whether certificates were
  /// revoked.
  public void ask(AllowedAddresses addresses) {
    inquiry.fetch(new HttpFetch(addresses));
  }

  /// Forgets what was judged by former rules.
  public void forget() {
    looks.synchronous().invalidateAll();
  }

  /// Blocks for at most the deadline, the time for questions to issuers, and a second. Fit for
  /// virtual threads only.
  public Look peek(OriginName name, InetSocketAddress address) {
    CompletableFuture<Look> look =
        looks.get(
            new Origin(name, address),
            (origin, _) -> CompletableFuture.supplyAsync(() -> look(origin), threads));
    try {
      return look.get(
          limits.deadline().plus(Inquiry.TIME).plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new Unreachable(Reason.TIMEOUT, "looking at the origin took too long");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unreachable(Reason.TIMEOUT, "looking at the origin was interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the origin could not be looked at", e.getCause());
    }
  }

  private Look look(Origin origin) {
    long start = System.nanoTime();
    Look look = measured(origin);
    meters.record(look, Duration.ofNanos(System.nanoTime() - start));
    return look;
  }

  private Look measured(Origin origin) {
    boolean admitted = false;
    try {
      admitted = underWay.tryAcquire(limits.deadline().toMillis(), TimeUnit.MILLISECONDS);
      return admitted
          ? judged(origin)
          : new Unreachable(Reason.TIMEOUT, "too many origins are being looked at");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unreachable(Reason.TIMEOUT, "looking at the origin was interrupted");
    } finally {
      if (admitted) {
        underWay.release();
      }
    }
  }

  private Look judged(Origin origin) {
    return switch (probe.probe(origin.name(), origin.address())) {
      case Probe.Result.Failed failed -> new Unreachable(failed.reason(), failed.detail());
      case Probe.Result.Chain chain -> {
        Captured captured = chain.captured();
        Verdict verdict = inquiry.judge(validator, origin.name(), captured);
        // Where the origin asks for a client certificate it ends the handshake itself, and what it
        // presented still counts. Where we ended it, the origin did not prove to have the key.
        yield chain.failure().isEmpty() || chain.byPeer() || !verdict.isValid()
            ? seen(captured, verdict)
            : new Unreachable(Reason.TLS_ALERT, chain.failure());
      }
    };
  }

  /// Only what Java can read too is handed on; whatever is not is refused.
  private static Look seen(Captured captured, Verdict verdict) {
    List<X509Certificate> chain = captured.chain().readable();
    return new Seen(chain, captured.tlsVersion(), captured.alpn(), verdict, captured.request());
  }

  private Duration lifetime(Look look) {
    return switch (look) {
      case Seen seen when seen.verdict().isValid() -> {
        var left = Duration.between(clock.instant(), seen.leaf().getNotAfter().toInstant());
        yield left.compareTo(limits.validFor()) < 0 ? left : limits.validFor();
      }
      case Seen _ -> limits.problemFor();
      case Unreachable _ -> limits.unreachableFor();
    };
  }

  private static int memory(Look look) {
    long der = 0;
    if (look instanceof Seen seen) {
      for (X509Certificate certificate : seen.chain()) {
        try {
          der += certificate.getEncoded().length;
        } catch (CertificateEncodingException e) {
          throw new IllegalStateException("a parsed certificate has no encoding", e);
        }
      }
    }
    return (int) Math.min(Integer.MAX_VALUE, MEMORY_PER_LOOK + der * MEMORY_PER_DER_BYTE);
  }

  /// How many looks are remembered.
  public long size() {
    return looks.synchronous().estimatedSize();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /// Times of peeks by what came of them.
  private static final class Meters {
    private final Map<Problem, Timer> seen = new EnumMap<>(Problem.class);
    private final Map<Reason, Timer> unreachable = new EnumMap<>(Reason.class);

    Meters(MeterRegistry registry) {
      for (Problem problem : Problem.values()) {
        seen.put(problem, timer(registry, problem == Problem.NONE ? "valid" : problem.word()));
      }
      for (Reason reason : Reason.values()) {
        unreachable.put(reason, timer(registry, reason.word()));
      }
    }

    private static Timer timer(MeterRegistry registry, String result) {
      return Timer.builder("menura.certificates.peek")
          .description("looks at origins, by what came of them")
          .tag("result", result)
          .register(registry);
    }

    void record(Look look, Duration took) {
      Timer timer =
          switch (look) {
            case Seen seen -> this.seen.get(seen.verdict().problem());
            case Unreachable gone -> unreachable.get(gone.reason());
          };
      if (timer != null) {
        timer.record(took);
      }
    }
  }
}
