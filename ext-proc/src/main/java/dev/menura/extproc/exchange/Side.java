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

    /// Why a decision that lets the message go is not enough.
    Optional<Refusal> unexcused(Decision decision);

    void refuse(Refusal refusal);
  }

  private final Part part;
  private final Passage passage;
  private final Limits limits;
  private final Bench bench;

  private boolean begun;
  private boolean settled;
  private boolean inspecting;
  private @Nullable BodyScan scan;
  private @Nullable Outcome outcome;
  private long progressAsked;

  Side(Part part, Passage passage, Limits limits, Bench bench) {
    this.part = part;
    this.passage = passage;
    this.limits = limits;
    this.bench = bench;
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

  /// The head has come.
  ///
  /// @param last true where nothing follows it
  /// @param streamed true where Envoy sends the body
  void begin(boolean last, boolean streamed) {
    begun = true;
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

  void trailers() {
    inspect(ByteBuffer.allocate(0), true);
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

  /// Drops what waits, and inspects no more.
  void end() {
    passage.discard();
    stopInspecting();
  }

  /// Does what can be done with what is known now.
  void consider() {
    if (settled) {
      passage.releaseAll();
      return;
    }
    long progress = bench.progress();
    if (outcome == null || progress != progressAsked) {
      progressAsked = progress;
      outcome = bench.ask();
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
        if (!bench.allowed(decision, limit)) {
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
      limit(waiting.rule(), stop.get().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    } else if (deadEnd.isPresent()) {
      bench.refuse(deadEnd.get());
    } else {
      hold(waiting);
    }
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
