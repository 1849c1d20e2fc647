package dev.menura.sidecar.demo;

import dev.menura.sidecar.demo.DemoClient.Visit;
import dev.menura.sidecar.demo.EventReader.Told;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The visits of the demo, one after the other, each held against what should come of it.
final class DemoScenario {
  private static final String CARDS = "4111 1111 1111 1111, 5500-0055-5555-5559, 378282246310005\n";
  private static final String NOTE = "Nothing but a friendly note.\n";
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final Duration EDIT_LIMIT = Duration.ofSeconds(10);

  private final DemoOrigins origins;
  private final DemoPolicy policy;
  private final InetSocketAddress proxy;
  private final List<X509Certificate> roots;
  private final String mimicIssuer;
  private final String originIssuer;
  private final EventReader events;

  /// @param authority the gateway's certificate authority
  DemoScenario(
      DemoOrigins origins,
      DemoPolicy policy,
      InetSocketAddress proxy,
      X509Certificate authority,
      EventReader events) {
    this.origins = origins;
    this.policy = policy;
    this.proxy = proxy;
    this.roots = List.of(authority, origins.root());
    this.mimicIssuer = commonName(authority);
    this.originIssuer = commonName(origins.root());
    this.events = events;
  }

  private static String commonName(X509Certificate certificate) {
    String name = certificate.getSubjectX500Principal().getName();
    return name.replaceFirst("^.*?CN=", "").replaceFirst(",.*$", "");
  }

  private interface Request {
    Visit of(DemoClient client) throws InterruptedException;
  }

  /// What should have come of a visit.
  private static final class Wanted {
    private final List<String> problems = new ArrayList<>();

    void same(String what, Object expected, Object seen) {
      if (!expected.equals(seen)) {
        problems.add(what + ": expected " + expected + ", seen " + seen);
      }
    }

    void holds(String what, boolean truth) {
      if (!truth) {
        problems.add(what);
      }
    }
  }

  private record Seen(Visit visit, Told told, long bytesAtOrigin, Wanted wanted) {}

  /// @param each told of each row as soon as it is known
  List<DemoRow> run(Consumer<DemoRow> each)
      throws IOException, GeneralSecurityException, InterruptedException, ExecutionException {
    List<DemoRow> rows = new ArrayList<>();
    Consumer<DemoRow> add =
        row -> {
          rows.add(row);
          each.accept(row);
        };
    add.accept(allowedPage());
    add.accept(bank());
    add.accept(gambling());
    add.accept(cards());
    add.accept(note());
    add.accept(expired());
    add.accept(webSocket());
    add.accept(webSocketWithCards());
    edit(add);
    return rows;
  }

  private Seen visit(DemoOrigin origin, String eventType, Request request)
      throws IOException, GeneralSecurityException, InterruptedException {
    events.mark();
    long before = origin.bytesReceived();
    try (DemoClient client = new DemoClient(proxy, roots)) {
      Visit visit = request.of(client);
      Told told = events.await(eventType, origin.host(), origin.port());
      return new Seen(visit, told, origin.bytesReceived() - before, new Wanted());
    }
  }

  private static DemoRow row(String request, Seen seen, String noted) {
    return new DemoRow(
        request,
        seen.told.decision(),
        seen.told.rule(),
        seen.visit.issuer(),
        seen.visit.status(),
        seen.visit.millis(),
        noted,
        seen.wanted.problems);
  }

  private static void expect(Seen seen, String decision, String rule, String issuer, int status) {
    seen.wanted.same("decision", decision, seen.told.decision());
    seen.wanted.same("rule", rule, seen.told.rule());
    seen.wanted.same("issuer", issuer, seen.visit.issuer());
    seen.wanted.same("status", status, seen.visit.status());
  }

  private DemoRow allowedPage() throws IOException, GeneralSecurityException, InterruptedException {
    DemoOrigin origin = origins.shop;
    Seen seen = visit(origin, "exchange", client -> client.get(origin.url("/")));
    expect(seen, "allow", "everything-else", mimicIssuer, 200);
    seen.wanted.same("page", "Hello from shop.demo.test.\n", seen.visit.body());
    seen.wanted.same("requests at the origin", 1, origin.requests().size());
    return row("GET " + origin.host(), seen, "page came, decrypted on its way");
  }

  private DemoRow bank() throws IOException, GeneralSecurityException, InterruptedException {
    DemoOrigin origin = origins.bank;
    Seen seen = visit(origin, "connection", client -> client.get(origin.url("/account")));
    expect(seen, "passthrough", "banks-stay-private", originIssuer, 200);
    return row("GET " + origin.host(), seen, "the origin's own certificate");
  }

  private DemoRow gambling() throws IOException, GeneralSecurityException, InterruptedException {
    DemoOrigin origin = origins.bets;
    Seen seen = visit(origin, "connection", client -> client.get(origin.url("/")));
    expect(seen, "block", "no-gambling", mimicIssuer, 403);
    boolean page = seen.visit.body().contains("Gambling sites are not allowed at work");
    seen.wanted.holds("the page does not give the reason", page);
    seen.wanted.same("bytes at the origin", 0L, seen.bytesAtOrigin);
    return row("GET " + origin.host(), seen, page ? "page with the reason" : "no page");
  }

  private DemoRow cards() throws IOException, GeneralSecurityException, InterruptedException {
    DemoOrigin origin = origins.drop;
    Seen seen = visit(origin, "exchange", client -> client.post(origin.url("/upload"), CARDS));
    expect(seen, "block", "card-numbers-stay-here", mimicIssuer, 403);
    seen.wanted.same("bytes at the origin", 0L, seen.bytesAtOrigin);
    return row(
        "POST " + origin.host() + " (cards)", seen, "origin got " + seen.bytesAtOrigin + " bytes");
  }

  private DemoRow note() throws IOException, GeneralSecurityException, InterruptedException {
    DemoOrigin origin = origins.drop;
    Seen seen = visit(origin, "exchange", client -> client.post(origin.url("/upload"), NOTE));
    expect(seen, "allow", "everything-else", mimicIssuer, 200);
    seen.wanted.same(
        "bytes of the body at the origin", (long) NOTE.length(), origin.bodyBytesReceived());
    return row(
        "POST " + origin.host() + " (note)",
        seen,
        "origin got " + origin.bodyBytesReceived() + " bytes of it");
  }

  private DemoRow expired() throws IOException, GeneralSecurityException, InterruptedException {
    DemoOrigin origin = origins.expired;
    Seen seen = visit(origin, "connection", client -> client.get(origin.url("/")));
    seen.wanted.same("decision", "block", seen.told.decision());
    seen.wanted.same("issuer", mimicIssuer, seen.visit.issuer());
    seen.wanted.holds("status: expected an error", seen.visit.status() >= 400);
    boolean named = seen.visit.body().contains("expired");
    seen.wanted.holds("the page does not say that the certificate has expired", named);
    seen.wanted.same("bytes at the origin", 0L, seen.bytesAtOrigin);
    return row("GET " + origin.host(), seen, named ? "page names the expiry" : "no reason");
  }

  private DemoRow webSocket() throws IOException, GeneralSecurityException, InterruptedException {
    DemoOrigin origin = origins.echo;
    String url = "wss://" + origin.authority() + "/";
    Seen seen = visit(origin, "exchange", client -> client.echo(url, "lyrebird"));
    expect(seen, "allow", "everything-else", mimicIssuer, 101);
    seen.wanted.same("echo", "lyrebird", seen.visit.body());
    return row("WebSocket " + origin.host(), seen, "echo: " + seen.visit.body());
  }

  private DemoRow webSocketWithCards()
      throws IOException, GeneralSecurityException, InterruptedException {
    DemoOrigin origin = origins.echo;
    String url = "wss://" + origin.authority() + "/";
    Seen seen = visit(origin, "exchange", client -> client.echo(url, "lyrebird", CARDS));
    expect(seen, "block", "card-numbers-stay-here", mimicIssuer, 101);
    boolean closed =
        seen.visit.body().startsWith("closed with 1008, blocked by card-numbers-stay-here");
    seen.wanted.holds("not closed for the policy: " + seen.visit.body(), closed);
    return row(
        "WebSocket " + origin.host() + " (cards)",
        seen,
        closed ? "closed: policy violation" : "not closed");
  }

  /// A download goes on while the policy is edited and the edit takes effect.
  private void edit(Consumer<DemoRow> add)
      throws IOException, GeneralSecurityException, InterruptedException, ExecutionException {
    DemoOrigin news = origins.news;
    Seen before = visit(news, "exchange", client -> client.get(news.url("/")));
    expect(before, "allow", "everything-else", mimicIssuer, 200);
    add.accept(row("GET " + news.host(), before, "before the edit"));

    DemoOrigin files = origins.files;
    EventReader ofDownload = events.fork();
    CompletableFuture<Visit> download = download(files);
    long beforeDownload = files.bytesReceived();
    boolean halfCame = files.awaitHalf(LIMIT);
    policy.blockNews();
    long edited = System.nanoTime();
    Seen after = untilBlocked(news, edited);
    long took = millisSince(edited);
    expect(after, "block", "no-news", mimicIssuer, 403);
    add.accept(row("GET " + news.host(), after, "blocked " + took + " ms after the edit"));

    files.sendOtherHalf();
    Visit whole = download.get();
    Told told = ofDownload.await("exchange", files.host(), files.port());
    Seen seen = new Seen(whole, told, files.bytesReceived() - beforeDownload, new Wanted());
    expect(seen, "allow", "everything-else", mimicIssuer, 200);
    seen.wanted.holds("the download had not begun before the edit", halfCame);
    seen.wanted.same("bytes of the download", DemoOrigin.DOWNLOAD_BYTES, whole.body().length());
    add.accept(row("GET " + files.host() + " (long)", seen, "undisturbed by the edit"));
  }

  private CompletableFuture<Visit> download(DemoOrigin files)
      throws GeneralSecurityException, IOException {
    DemoClient client = new DemoClient(proxy, roots);
    CompletableFuture<Visit> visit = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (client) {
            visit.complete(client.get(files.url("/download")));
          } catch (InterruptedException e) {
            visit.completeExceptionally(e);
          }
        });
    return visit;
  }

  /// Visits again and again, each time over a connection of its own, until the edit shows.
  private Seen untilBlocked(DemoOrigin news, long edited)
      throws IOException, GeneralSecurityException, InterruptedException {
    while (true) {
      events.mark();
      try (DemoClient client = new DemoClient(proxy, roots)) {
        Visit visit = client.get(news.url("/"));
        // The edit can fall between the connection and its request, so that only the event of the
        // exchange tells. Each
        // visit's event is waited for, so that none of them is taken for a later one's.
        Told told = events.await("exchange", news.host(), news.port());
        if (visit.status() != 200 || millisSince(edited) > EDIT_LIMIT.toMillis()) {
          return new Seen(visit, told, 0, new Wanted());
        }
      }
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
