package dev.menura.extproc.exchange;

import dev.menura.extproc.inspect.BodyScan;
import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Limits;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Rule;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One direction of an exchange. While its verdict is open it has the body inspected, asks the
/// policy again where the answer may have changed, and lets go what the waiting rule's `hold` lets
/// go; afterwards everything goes as it comes.
final class Side {
  /// What a side asks of its exchange.
  interface Bench {
    /// Whether this side's message may go.
    Outcome ask();

    /// Whether this side's message may go if streams without end ended here.
    Outcome askSoFar();

    /// The reply that lets this side's head go.
    Reply head();

    /// A fresh inspection of this side's body, from its first byte.
    BodyScan scan();

    /// The kinds of finding that the inspection looks for.
    Set<String> kinds();

    /// Takes note that so many more bytes of the body were given to the inspection.
    void inspected(int bytes);

    /// A number that grows with everything that can change the policy's answer.
    long progress();

    /// Why content of these phases will never be known as a whole.
    Optional<BodyScan.Stop> stopped(Set<Phase> needs);

    /// Why these phases cannot become known any more, where that is so.
    Optional<Refusal> deadEnd(Set<Phase> needs);

    /// Takes note of a verdict that lets this side's message go, and says whether somebody still
    /// wants to see its body.
    ///
    /// @param limit the limit at which a rule's `on-limit` gave the verdict
    boolean allowed(Decision decision, Optional<String> limit);

    /// Whether the other side's verdict may yet end this side's stream. It must be known then where
    /// messages end.
    boolean mayBeEnded();

    /// Why a decision that lets the message go is not enough.
    Optional<Refusal> unexcused(Decision decision);

    void refuse(Refusal refusal);
  }

  private final Part part;
  private final Passage passage;
  private final Limits limits;
  private final Bench bench;

  private boolean begun;
  private boolean endless;
  private boolean settled;
  private boolean inspecting;
  private @Nullable BodyScan scan;
  private @Nullable Outcome outcome;
  private @Nullable Outcome soFar;
  private long progressAsked;
  private long boundary;

  Side(Part part, Passage passage, Limits limits, Bench bench) {
    this.part = part;
    this.passage = passage;
    this.limits = limits;
    this.bench = bench;
  }

  Part part() {
    return part;
  }

  Passage passage() {
    return passage;
  }

  /// Whether this side's head has come.
  boolean begun() {
    return begun;
  }

  boolean settled() {
    return settled;
  }

  Optional<BodyScan> scanned() {
    return Optional.ofNullable(scan);
  }

  /// Whether more of the body would be inspected.
  boolean inspecting() {
    return inspecting;
  }

  /// Whether what has gone of a stream of messages ends with a whole one, so that another can
  /// follow. Envoy 1.40 takes nothing of ours before it has sent anything itself.
  boolean takesMessage() {
    return passage.headReleased()
        && passage.held() + passage.released() > 0
        && (passage.released() == 0 || passage.released() == boundary);
  }

  /// The head has come.
  ///
  /// @param last true where nothing follows it
  /// @param streamed true where Envoy sends the body
  /// @param withoutEnd true where what follows is a stream that may never end
  void begin(boolean last, boolean streamed, boolean withoutEnd) {
    begun = true;
    endless = withoutEnd;
    passage.head(last);
    inspecting = !last && streamed;
    consider();
  }

  /// The head has come, of a message that is no concern of the policy's.
  void beginFree(boolean last) {
    begun = true;
    settled = true;
    passage.head(last);
    passage.releaseHead(bench::head);
    passage.releaseAll();
  }

  void bytes(ByteBuffer chunk, boolean last) {
    inspect(chunk, last);
    passage.bytes(chunk, last);
  }

  void trailers(Map<String, String> fields) {
    inspect(ByteBuffer.allocate(0), true);
    if (inspecting && scan != null) {
      scan.trailers(fields);
    }
    passage.trailers();
  }

  private void inspect(ByteBuffer chunk, boolean last) {
    if (!inspecting) {
      return;
    }
    if (scan == null) {
      scan = bench.scan();
    }
    scan.write(chunk.duplicate(), last);
    bench.inspected(chunk.remaining());
  }

  /// Ends the inspection. What was found stays known.
  private void stopInspecting() {
    inspecting = false;
    if (scan != null) {
      scan.close();
    }
  }

  /// A stream without end is over: what the policy says of it so far stands.
  void lapse() {
    if (begun
        && endless
        && !settled
        && bench.askSoFar() instanceof Outcome.Decided(Decision decision)) {
      settle(decision, Optional.empty());
    }
  }

  /// Drops what waits, and inspects no more.
  void end() {
    passage.discard();
    stopInspecting();
  }

  /// Does what can be done with what is known now.
  void consider() {
    if (settled) {
      passage.releaseAll();
      noteBoundary();
      return;
    }
    long progress = bench.progress();
    if (outcome == null || progress != progressAsked) {
      progressAsked = progress;
      outcome = bench.ask();
      soFar = endless ? bench.askSoFar() : null;
    }
    switch (outcome) {
      case Outcome.Decided(Decision decision) -> settle(decision, Optional.empty());
      case Outcome.Waiting waiting -> await(waiting);
    }
  }

  private void settle(Decision decision, Optional<String> limit) {
    settled = true;
    switch (decision.action()) {
      case Action.Block block -> bench.refuse(Refusal.byPolicy(decision, block));
      case Action.Allow _, Action.Passthrough _, Action.Distrust _ -> {
        Optional<Refusal> unexcused =
            limit.isEmpty() ? bench.unexcused(decision) : Optional.empty();
        if (unexcused.isPresent()) {
          bench.refuse(unexcused.get());
          return;
        }
        boolean wanted = bench.allowed(decision, limit);
        if (!wanted && !(endless && bench.mayBeEnded())) {
          stopInspecting();
        }
        passage.releaseHead(bench::head);
        passage.releaseAll();
      }
    }
  }

  private void await(Outcome.Waiting waiting) {
    Optional<BodyScan.Stop> stop = bench.stopped(waiting.needs());
    Optional<Refusal> deadEnd = bench.deadEnd(waiting.needs());
    if (stop.isPresent()) {
      limit(waiting.rule(), word(stop.get()));
    } else if (deadEnd.isPresent()) {
      bench.refuse(deadEnd.get());
    } else if (soFar != null) {
      follow(waiting, soFar);
    } else {
      hold(waiting);
    }
  }

  /// Lets a stream without end go as far as the policy lets what it holds so far go.
  private void follow(Outcome.Waiting waiting, Outcome known) {
    switch (known) {
      case Outcome.Decided(Decision decision) when decision.action() instanceof Action.Block ->
          settle(decision, Optional.empty());
      case Outcome.Decided(Decision decision) -> {
        Optional<Refusal> unexcused = bench.unexcused(decision);
        if (unexcused.isPresent()) {
          bench.refuse(unexcused.get());
        } else {
          passage.releaseHead(bench::head);
          releaseMessages(waiting);
        }
      }
      case Outcome.Waiting later ->
          bench
              .stopped(later.needs())
              .ifPresentOrElse(
                  stop -> limit(later.rule(), word(stop)),
                  () -> bound(later.rule(), limits.heldBytes()));
    }
  }

  /// Lets messages go that were inspected, each as a whole, or as far as `hold` holds them.
  private void releaseMessages(Outcome.Waiting waiting) {
    if (scan == null) {
      return;
    }
    if (bench.kinds().isEmpty()) {
      passage.releaseTo(Long.MAX_VALUE);
      noteBoundary();
      return;
    }
    passage.releaseTo(scan.whole());
    long most =
        switch (waiting.rule().hold()) {
          case Rule.Hold.All() -> limits.heldBytes();
          case Rule.Hold.Window() -> 0;
          case Rule.Hold.UpTo(long bytes) -> Math.min(bytes, limits.heldBytes());
        };
    boolean own = waiting.needs().contains(part.body());
    if (passage.held() > most && !(own && waiting.rule().hold() instanceof Rule.Hold.All)) {
      passage.releaseTo(scan.clearable(bench.kinds()));
    }
    noteBoundary();
    bound(waiting.rule(), limits.heldBytes());
  }

  /// Takes note of where the last whole message ended that has gone.
  private void noteBoundary() {
    if (endless && scan != null && passage.released() >= scan.whole()) {
      boundary = scan.whole();
    }
  }

  private static String word(BodyScan.Stop stop) {
    return stop.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void hold(Outcome.Waiting waiting) {
    // A rule that waits for the other side's body says nothing about what may leave of this one.
    Rule.Hold hold =
        waiting.needs().contains(part.body()) ? waiting.rule().hold() : new Rule.Hold.All();
    switch (hold) {
      case Rule.Hold.All() -> bound(waiting.rule(), limits.heldBytes());
      case Rule.Hold.Window() -> window(waiting, limits.heldBytes());
      case Rule.Hold.UpTo(long bytes) -> {
        long most = Math.min(bytes, limits.heldBytes());
        if (passage.headReleased() || passage.held() > most) {
          window(waiting, most);
        }
      }
    }
  }

  /// Lets go what no finding can reach any more. The rest waits, up to the bound.
  private void window(Outcome.Waiting waiting, long most) {
    passage.releaseHead(bench::head);
    if (scan != null) {
      Set<String> counted = new HashSet<>(waiting.kinds());
      counted.retainAll(bench.kinds());
      passage.releaseTo(scan.clearable(counted));
    }
    bound(waiting.rule(), most);
  }

  private void bound(Rule rule, long most) {
    if (passage.held() > most) {
      limit(rule, most < limits.heldBytes() ? "hold" : "held-bytes");
    }
  }

  private void limit(Rule rule, String limit) {
    switch (rule.onLimit()) {
      case BLOCK -> bench.refuse(Refusal.byLimit(rule, limit));
      case ALLOW -> {
        Decision decision = new Decision(Optional.of(rule), new Action.Allow(), Optional.empty());
        settle(decision, Optional.of(limit));
      }
    }
  }
}
