package dev.menura.extproc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Events in an order that makes no sense: whatever Envoy sends, an exchange keeps its own order,
/// ends once, and leaves nothing behind.
class AnyOrderTest {
  static LongStream seeds() {
    return LongStream.range(0, 1000);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void exchangeKeepsItsOrder(long seed) {
    GeneratedExchange given = GeneratedExchange.from(seed);
    SplittableRandom random = new SplittableRandom(seed);
    Playbook book = Playbook.playbook(new ListPolicy(given.rules(), given.limits()));
    if (given.responseBodiesAlways()) {
      book.responseBodiesAlways();
    } else if (!given.requestBodiesStreamed()) {
      book.headersOnly();
    }
    Wire wire = new Wire(false, false);
    List<String> trace = new ArrayList<>();
    int length = random.nextInt(12);
    for (int i = 0; i < length; i++) {
      Event event = i == 0 && random.nextInt(4) > 0 ? head() : any(random);
      trace.add(event.toString());
      List<Reply> replies = book.exchange().on(event);
      replies.forEach(reply -> trace.add("    " + Playbook.words(reply)));
      wire.take(replies);
    }
    book.exchange().on(new Event.Closed());
    assertThat(book.heldNow()).as("%s", trace).isZero();
    assertThat(book.events()).as("%s", trace).hasSize(1);
    assertThat(book.exchange().on(head())).as("%s", trace).isEmpty();
  }

  private static Event head() {
    return Playbook.requestHeaders("POST", "/");
  }

  private static Event any(SplittableRandom random) {
    String text = "x".repeat(random.nextInt(40)) + (random.nextInt(3) == 0 ? " #1111 " : "");
    return switch (random.nextInt(10)) {
      case 0 -> head();
      case 1, 2, 3 -> Playbook.body(text);
      case 4 -> Playbook.lastBody(text);
      case 5 -> Playbook.requestTrailers();
      case 6, 7 -> Playbook.responseHeaders(random.nextBoolean() ? 200 : 404);
      case 8 -> random.nextBoolean() ? Playbook.answer(text) : Playbook.lastAnswer(text);
      default -> random.nextInt(5) == 0 ? Playbook.closed() : Playbook.responseTrailers();
    };
  }
}
