package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A card number in an answer that comes in two pieces, cut at every byte. The origin sends the
/// second piece when the sidecar has inspected the first.
@ExtendWith(Failures.class)
class CutDownloadTest {
  private static final CardText TEXT = CardText.PAYMENT;

  @TempDir private static Path folder;
  private static BodyLab lab;

  @BeforeAll
  static void start() {
    lab = BodyLab.start(folder);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  static Stream<Arguments> ways() {
    return CutUploadTest.ways();
  }

  static Stream<Arguments> waysAndCodings() {
    return CutUploadTest.waysAndCodings();
  }

  @ParameterizedTest
  @MethodSource("waysAndCodings")
  void b6HeldAnswerNeverReachesTheClientWhereverTheNumberIsCut(
      Protocol client, Protocol origin, ContentCoding coding) {
    holds(client, origin, coding, Pieces.inside(TEXT, coding));
  }

  @ParameterizedTest
  @MethodSource("waysAndCodings")
  @Tag("long")
  void b7HeldAnswerNeverReachesTheClientWhereverTheEncodedBodyIsCut(
      Protocol client, Protocol origin, ContentCoding coding) {
    holds(client, origin, coding, Pieces.everywhere(coding.encode(TEXT.bytes())));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void windowLetsNoDigitGoWhereverTheNumberIsCut(Protocol client, Protocol origin) {
    windows(client, origin, ContentCoding.PLAIN);
  }

  @ParameterizedTest
  @MethodSource("waysAndCodings")
  @Tag("long")
  void windowLetsNoDigitGoWhateverTheCoding(
      Protocol client, Protocol origin, ContentCoding coding) {
    windows(client, origin, coding);
  }

  private static void holds(
      Protocol client, Protocol origin, ContentCoding coding, List<Pieces> cuts) {
    for (Pieces pieces : cuts) {
      var call = download(client, origin, "/respond", coding, pieces);
      assertThat(call.status()).as("%s: %s", pieces, call.answer()).isEqualTo(403);
      assertThat(call.header("X-Menura-Rule")).as("%s", pieces).isEqualTo("response-held");
      assertThat(call.header("X-Origin-Protocol")).as("the origin's head").isEmpty();
      assertThat(call.ending()).as("%s", pieces).isEqualTo("end");
      assertThat(new String(call.body(), StandardCharsets.UTF_8))
          .contains("response-held")
          .doesNotContainPattern("4111|1111");
    }
  }

  private static void windows(Protocol client, Protocol origin, ContentCoding coding) {
    // Envoy takes seconds to close a connection of HTTP/1.1 whose answer it has cut.
    var calls = new LinkedHashMap<Pieces, Call>();
    for (Pieces pieces : Pieces.inside(TEXT, coding)) {
      long ended = lab.ended();
      calls.put(pieces, download(client, origin, "/respond?window", coding, pieces));
      lab.awaitEnded(ended + 1);
    }
    calls.forEach((pieces, call) -> assertCut(pieces, call, coding));
  }

  private static void assertCut(Pieces pieces, Call call, ContentCoding coding) {
    // Where bytes of the answer have left, it is cut; else the page comes in its place.
    if (call.status() == 200) {
      assertThat(call.ending()).as("%s", pieces).isEqualTo("broken");
      assertThat(coding.decodeBeginning(call.body()))
          .as("%s", pieces)
          .matches(bytes -> !CardText.hasDigit(bytes), "has no digit");
    } else {
      assertThat(call.header("X-Menura-Rule")).as("%s", pieces).isEqualTo("response-window");
    }
  }

  private static Call download(
      Protocol client, Protocol origin, String path, ContentCoding coding, Pieces pieces) {
    long before = lab.inspectedOfResponses.bytes();
    var fresh = lab.freshPath(path);
    var call =
        lab.call("GET", client, origin, fresh)
            .header("x-respond", Base64.getEncoder().encodeToString(pieces.whole()))
            .header("x-split", Integer.toString(pieces.first.length))
            .header("x-wait", "yes")
            .header("x-encoding", coding.header())
            .ask();
    lab.origin(origin).await("waiting", line -> line.get("path").getAsString().equals(fresh));
    lab.inspectedOfResponses.await(before + pieces.first.length);
    assertThat(lab.inspectedOfResponses.bytes()).isEqualTo(before + pieces.first.length);
    lab.origin(origin).release();
    return call;
  }
}
