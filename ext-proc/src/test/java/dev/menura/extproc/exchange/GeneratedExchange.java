package dev.menura.extproc.exchange;

import dev.menura.policy.Action;
import dev.menura.policy.Limits;
import dev.menura.policy.Phase;
import dev.menura.policy.Rule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/// A policy and an exchange made from a seed, with everything that an oracle has to know of them.
///
/// @param tight whether the limits can be met by what is sent
/// @param early after how many pieces of the request's body the response begins, if its head has
///   gone by then; never where that is more pieces than there are
record GeneratedExchange(
    List<ListPolicy.Entry> rules,
    Limits limits,
    boolean tight,
    String method,
    int code,
    Message request,
    Message response,
    boolean requestBodiesStreamed,
    boolean responseBodiesAlways,
    int early) {
  static final List<String> CARDS =
      List.of("4111111111111111", "5555555555554444", "378282246310005");

  /// One message of the exchange.
  ///
  /// @param whole true where there is neither body nor trailers
  /// @param pieces the body as sent
  /// @param trailers whether trailers end it
  /// @param cards how many different card numbers the body holds
  /// @param plain the body before its coding
  /// @param firstCard the offset of the first card number in the plain body, its length where there
  ///   is none
  record Message(
      boolean whole,
      String coding,
      List<Piece> pieces,
      boolean trailers,
      int cards,
      String plain,
      int firstCard) {

    String sent() {
      StringBuilder sent = new StringBuilder();
      pieces.forEach(piece -> sent.append(piece.text()));
      return sent.toString();
    }
  }

  /// Bytes of a body, each as one character.
  record Piece(String text) {}

  /// How many exchanges in a row have the same policy, since policies are dear to make.
  private static final int EXCHANGES = 6;

  static GeneratedExchange from(long seed) {
    return from(seed / EXCHANGES, seed);
  }

  static GeneratedExchange from(long policySeed, long exchangeSeed) {
    return new Generator(policySeed, exchangeSeed).exchange();
  }

  private static final class Generator {
    private final SplittableRandom ofPolicy;
    private final SplittableRandom random;

    Generator(long policySeed, long exchangeSeed) {
      ofPolicy = new SplittableRandom(policySeed);
      random = new SplittableRandom(exchangeSeed * 31 + 7);
    }

    GeneratedExchange exchange() {
      boolean tight = ofPolicy.nextInt(4) == 0;
      Limits limits =
          tight
              ? new Limits(100 + ofPolicy.nextInt(300), 100 + ofPolicy.nextInt(300), 1 << 20, 100)
              : new Limits(1 << 20, 1 << 20, 1 << 20, 1000);
      List<ListPolicy.Entry> rules = rules(limits);
      boolean needed =
          rules.stream()
              .anyMatch(rule ->
                  rule.deciding().isPresent() && rule.when().phases().contains(Phase.REQUEST_BODY));
      Message request = message(random.nextInt(4) == 0);
      return new GeneratedExchange(
          rules,
          limits,
          tight,
          random.nextBoolean() ? "POST" : "PUT",
          random.nextBoolean() ? 200 : 404,
          request,
          message(random.nextInt(5) == 0),
          needed || random.nextInt(3) == 0,
          random.nextInt(3) == 0,
          random.nextInt(3) == 0 ? random.nextInt(request.pieces().size() + 1) : Integer.MAX_VALUE);
    }

    private List<ListPolicy.Entry> rules(Limits limits) {
      List<ListPolicy.Entry> rules = new ArrayList<>();
      Optional<Rule.Hold> hold =
          ofPolicy.nextInt(3) > 0 ? Optional.of(hold(limits)) : Optional.empty();
      int count = 1 + ofPolicy.nextInt(5);
      for (int i = 0; i < count; i++) {
        rules.add(rule("rule-" + i, hold.orElseGet(() -> hold(limits))));
      }
      if (ofPolicy.nextInt(5) > 0) {
        rules.add(Policies.allowAll());
      }
      return List.copyOf(rules);
    }

    private ListPolicy.Entry rule(String name, Rule.Hold hold) {
      Condition when = condition(2);
      List<Action> then = new ArrayList<>();
      switch (ofPolicy.nextInt(8)) {
        case 0 -> then.add(Policies.ALERT);
        case 1 -> {
          then.add(Policies.ALERT);
          then.add(Policies.BLOCK);
        }
        case 2 -> {
          when = new Condition.Method(ofPolicy.nextBoolean() ? "POST" : "PUT");
          then.add(new Action.SetRequestHeaders(Map.of("x-" + name, "yes")));
        }
        case 3, 4 -> then.add(Policies.ALLOW);
        default -> then.add(Policies.BLOCK);
      }
      Rule.Mode mode = ofPolicy.nextInt(7) == 0 ? Rule.Mode.OBSERVE : Rule.Mode.ENFORCE;
      Rule.OnLimit onLimit = ofPolicy.nextInt(4) == 0 ? Rule.OnLimit.ALLOW : Rule.OnLimit.BLOCK;
      return new ListPolicy.Entry(new Rule(name, then, mode, hold, onLimit), when);
    }

    private Rule.Hold hold(Limits limits) {
      return switch (ofPolicy.nextInt(3)) {
        case 0 -> new Rule.Hold.All();
        case 1 -> new Rule.Hold.Window();
        default -> new Rule.Hold.UpTo(ofPolicy.nextLong(Math.min(200, limits.heldBytes())));
      };
    }

    private Condition condition(int depth) {
      return switch (ofPolicy.nextInt(depth > 0 ? 11 : 7)) {
        case 0 -> new Condition.Method(ofPolicy.nextBoolean() ? "POST" : "PUT");
        case 1 -> new Condition.Code(ofPolicy.nextBoolean() ? 200 : 404);
        case 2, 3, 4 -> Policies.cards(1 + ofPolicy.nextInt(3));
        case 5, 6 -> Policies.answeredCards(1 + ofPolicy.nextInt(3));
        case 7, 8 -> new Condition.Both(condition(depth - 1), condition(depth - 1));
        case 9 -> new Condition.Either(condition(depth - 1), condition(depth - 1));
        default -> new Condition.Not(condition(depth - 1));
      };
    }

    private Message message(boolean whole) {
      if (whole) {
        return new Message(true, "", List.of(), false, 0, "", 0);
      }
      StringBuilder plain = new StringBuilder(filler());
      int cards = random.nextInt(4);
      int firstCard = cards == 0 ? -1 : plain.length();
      for (int i = 0; i < cards; i++) {
        plain.append(CARDS.get(i)).append(' ').append(filler());
        if (random.nextInt(4) == 0) {
          plain.append(CARDS.get(i)).append(' ');
        }
      }
      String coding = new String[] {"", "", "", "gzip", "deflate"}[random.nextInt(5)];
      String sent = encoded(coding, plain.toString());
      return new Message(
          false,
          coding,
          pieces(sent),
          random.nextInt(4) == 0,
          cards,
          plain.toString(),
          firstCard < 0 ? plain.length() : firstCard);
    }

    private String filler() {
      StringBuilder filler = new StringBuilder();
      int length = random.nextInt(120);
      for (int i = 0; i < length; i++) {
        filler.append((char) ('a' + random.nextInt(26)));
      }
      return filler.append(' ').toString();
    }

    private List<Piece> pieces(String sent) {
      List<Piece> pieces = new ArrayList<>();
      int at = 0;
      int most = 1 + random.nextInt(60);
      while (at < sent.length()) {
        int end = Math.min(sent.length(), at + random.nextInt(most + 1));
        pieces.add(new Piece(sent.substring(at, end)));
        at = end;
      }
      return List.copyOf(pieces);
    }

    private static String encoded(String coding, String plain) {
      byte[] bytes = plain.getBytes(StandardCharsets.ISO_8859_1);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream encoding =
          switch (coding) {
            case "gzip" -> new GZIPOutputStream(out);
            case "deflate" -> new DeflaterOutputStream(out);
            default -> out;
          }) {
        encoding.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return out.toString(StandardCharsets.ISO_8859_1);
    }
  }
}
