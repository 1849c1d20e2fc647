package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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

/// A card number in an upload that comes in two pieces, cut at every byte. The second piece is sent
/// when the sidecar has inspected the first.
@ExtendWith(Failures.class)
class CutUploadTest {
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
    return Stream.of(Protocol.values())
        .flatMap(
            client -> Stream.of(Protocol.values()).map(origin -> Arguments.of(client, origin)));
  }

  static Stream<Arguments> waysAndCodings() {
    return ways()
        .flatMap(way ->
            Stream.of(ContentCoding.values())
                .map(coding -> Arguments.of(way.get()[0], way.get()[1], coding)));
  }

  @ParameterizedTest
  @MethodSource("waysAndCodings")
  void b6HeldRequestNeverReachesTheOriginWhereverTheNumberIsCut(
      Protocol client, Protocol origin, ContentCoding coding) {
    holds(client, origin, coding, Pieces.inside(TEXT, coding));
  }

  @ParameterizedTest
  @MethodSource("waysAndCodings")
  @Tag("long")
  void b7HeldRequestNeverReachesTheOriginWhereverTheEncodedBodyIsCut(
      Protocol client, Protocol origin, ContentCoding coding) {
    holds(client, origin, coding, Pieces.everywhere(coding.encode(TEXT.bytes())));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void heldRequestWithContentLengthNeverReachesTheOrigin(Protocol client, Protocol origin) {
    long before = lab.origin(origin).requests();
    for (Pieces pieces : Pieces.inside(TEXT, ContentCoding.PLAIN)) {
      var call =
          upload(client, origin, lab.freshPath("/up"), ContentCoding.PLAIN).length(pieces.length());
      assertRefused(send(call, pieces), pieces, "request-held");
    }
    assertNothingArrived(client, origin, before);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void b6WindowLetsNoDigitGoWhereverTheNumberIsCut(Protocol client, Protocol origin) {
    windows(client, origin, ContentCoding.PLAIN);
  }

  @ParameterizedTest
  @MethodSource("waysAndCodings")
  @Tag("long")
  void b7WindowLetsNoDigitGoWhateverTheCoding(
      Protocol client, Protocol origin, ContentCoding coding) {
    windows(client, origin, coding);
  }

  private static void windows(Protocol client, Protocol origin, ContentCoding coding) {
    var server = lab.origin(origin);
    for (Pieces pieces : Pieces.inside(TEXT, coding)) {
      var path = lab.freshPath("/window");
      long before = lab.inspectedOfRequests.bytes();
      var call = upload(client, origin, path, coding).open();
      long id = server.awaitRequest(path);
      call.write(pieces.first);
      lab.inspectedOfRequests.await(before + pieces.first.length);
      call.write(pieces.second).end();
      assertRefused(call, pieces, "request-window");
      // The origin can tell that the body is not whole.
      server.await("broken", line -> line.get("id").getAsLong() == id);
      assertThat(coding.decodeBeginning(server.received(id)))
          .as("%s", pieces)
          .matches(bytes -> !CardText.hasDigit(bytes), "has no digit");
    }
  }

  private static void holds(
      Protocol client, Protocol origin, ContentCoding coding, List<Pieces> cuts) {
    long before = lab.origin(origin).requests();
    for (Pieces pieces : cuts) {
      var call = send(upload(client, origin, lab.freshPath("/up"), coding), pieces);
      assertRefused(call, pieces, "request-held");
    }
    assertNothingArrived(client, origin, before);
  }

  private static Call upload(Protocol client, Protocol origin, String path, ContentCoding coding) {
    return lab.call("POST", client, origin, path).header("content-encoding", coding.header());
  }

  private static Call send(Call call, Pieces pieces) {
    long before = lab.inspectedOfRequests.bytes();
    call.open().write(pieces.first);
    lab.inspectedOfRequests.await(before + pieces.first.length);
    assertThat(lab.inspectedOfRequests.bytes()).isEqualTo(before + pieces.first.length);
    return call.write(pieces.second).end();
  }

  private static void assertRefused(Call call, Pieces pieces, String rule) {
    assertThat(call.status()).as("%s: %s", pieces, call.answer()).isEqualTo(403);
    assertThat(call.header("X-Menura-Rule")).as("%s", pieces).isEqualTo(rule);
    assertThat(call.ending()).as("%s", pieces).isEqualTo("end");
  }

  private static void assertNothingArrived(Protocol client, Protocol origin, long before) {
    lab.fence(client, origin);
    assertThat(lab.origin(origin).requests()).as("the fence alone").isEqualTo(before + 1);
  }
}
