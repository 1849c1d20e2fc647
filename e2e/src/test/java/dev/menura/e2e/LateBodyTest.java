package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A held request whose body comes long after its head: other requests have gone all the way to the
/// origin and back in between.
@ExtendWith(Failures.class)
class LateBodyTest {
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

  @ParameterizedTest
  @MethodSource("ways")
  void originSeesNothingOfABlockedRequest(Protocol client, Protocol origin) {
    var server = lab.origin(origin);
    long before = server.requests();
    var call = lab.call("POST", client, origin, lab.freshPath("/late")).open();
    call.await(Set.of("head"));
    lab.fence(client, origin);
    assertThat(server.requests()).as("while only the head has come").isEqualTo(before + 1);

    long inspected = lab.inspectedOfRequests.bytes();
    call.write("4111 1111".getBytes(StandardCharsets.US_ASCII));
    lab.inspectedOfRequests.await(inspected + 9);
    lab.fence(client, origin);
    assertThat(server.requests()).as("while half of the number has come").isEqualTo(before + 2);

    call.write(" 1111 1111".getBytes(StandardCharsets.US_ASCII)).end();
    assertThat(call.status()).isEqualTo(403);
    assertThat(call.header("X-Menura-Rule")).isEqualTo("request-held");
    lab.fence(client, origin);
    assertThat(server.requests()).as("after the verdict").isEqualTo(before + 3);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void originGetsAnAllowedRequestWholeAndOnlyAfterTheVerdict(Protocol client, Protocol origin) {
    var server = lab.origin(origin);
    long before = server.requests();
    var path = lab.freshPath("/late");
    var call = lab.call("POST", client, origin, path).open();
    call.write("4111 1111".getBytes(StandardCharsets.US_ASCII));
    lab.fence(client, origin);
    assertThat(server.requests()).as("while the number may still come").isEqualTo(before + 1);
    call.write(" and no more".getBytes(StandardCharsets.US_ASCII)).end();
    assertThat(call.status()).isEqualTo(200);
    long id = server.awaitRequest(path);
    server.await("end", line -> line.get("id").getAsLong() == id);
    assertThat(new String(server.received(id), StandardCharsets.US_ASCII))
        .isEqualTo("4111 1111 and no more");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void clientThatWaitsForA100IsAskedForTheBodyWhileTheOriginSeesNothing(
      Protocol client, Protocol origin) {
    var server = lab.origin(origin);
    long before = server.requests();
    var call =
        lab.call("POST", client, origin, lab.freshPath("/late"))
            .header("expect", "100-continue")
            .open();
    call.write("4111 1111 1111 1111".getBytes(StandardCharsets.US_ASCII)).end();
    assertThat(call.await(Set.of("continue", "response", "error")).get("event").getAsString())
        .isEqualTo("continue");
    assertThat(call.status()).isEqualTo(403);
    assertThat(call.header("X-Menura-Rule")).isEqualTo("request-held");
    lab.fence(client, origin);
    assertThat(server.requests()).isEqualTo(before + 1);
  }
}
