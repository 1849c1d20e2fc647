package dev.menura.e2e;

import com.google.gson.JsonObject;
import dev.menura.certificates.testing.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/// An origin of its own process, in Go: HTTP/1.1 and HTTP/2 over TLS, or in clear text. It records
/// what reaches it.
final class Origin implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final JsonLines process;
  private final int port;

  private Origin(String mode, List<String> flags) {
    this(List.of(), mode, flags);
  }

  private Origin(List<String> prefix, String mode, List<String> flags) {
    var command = new ArrayList<>(prefix);
    command.addAll(List.of(GoTools.program().toString(), mode));
    command.addAll(flags);
    process = new JsonLines(command);
    var address = process.await("listening").get("address").getAsString();
    port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  static Origin tls(Path folder, TestCertificate certificate, String... flags) {
    return tls(folder, certificate.chainPem(), certificate.keyPem(), flags);
  }

  static Origin tls(Path folder, String chainPem, String keyPem, String... flags) {
    var all =
        new ArrayList<>(List.of("-cert", file(folder, chainPem), "-key", file(folder, keyPem)));
    all.addAll(List.of(flags));
    return new Origin("origin", all);
  }

  /// An origin on another machine.
  ///
  /// @param mode `origin`, or `origin-h3` for one that speaks HTTP/3 too
  static Origin on(
      Network.Machine machine,
      String mode,
      Path folder,
      TestCertificate certificate,
      String address) {
    return new Origin(
        machine.prefix(),
        mode,
        List.of(
            "-address", address,
            "-cert", file(folder, certificate.chainPem()),
            "-key", file(folder, certificate.keyPem())));
  }

  /// As [#on], in clear text.
  static Origin inClearOn(Network.Machine machine, String address) {
    return new Origin(machine.prefix(), "origin", List.of("-address", address));
  }

  /// An origin that presents one certificate in its first handshake, and another one from then on.
  static Origin changing(Path folder, TestCertificate first, TestCertificate then) {
    return new Origin(
        "changing",
        List.of(
            "-cert", file(folder, first.chainPem()),
            "-key", file(folder, first.keyPem()),
            "-then-cert", file(folder, then.chainPem()),
            "-then-key", file(folder, then.keyPem())));
  }

  /// As [#changing(Path, TestCertificate, TestCertificate)], for one of its names alone.
  static Origin changing(
      Path folder, TestCertificate first, TestCertificate then, String name, String highest) {
    return new Origin(
        "changing",
        List.of(
            "-cert", file(folder, first.chainPem()),
            "-key", file(folder, first.keyPem()),
            "-then-cert", file(folder, then.chainPem()),
            "-then-key", file(folder, then.keyPem()),
            "-only", name,
            "-highest", highest));
  }

  /// An origin that sends a chain without looking into it; the flags say what else it does.
  static Origin hostile(Path folder, String chainPem, String keyPem, String... flags) {
    var all =
        new ArrayList<>(List.of("-cert", file(folder, chainPem), "-key", file(folder, keyPem)));
    all.addAll(List.of(flags));
    return new Origin("hostile", all);
  }

  static String file(Path folder, String text) {
    try {
      return Files.writeString(Files.createTempFile(folder, "origin", ".pem"), text).toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Origin clear() {
    return new Origin("origin", List.of());
  }

  int port() {
    return port;
  }

  /// The URL of a path under one of the origin's names.
  String url(String host, String path) {
    return "https://" + host + ":" + port + path;
  }

  /// How many requests have reached it, heads alone included.
  long requests() {
    return process.count("request");
  }

  long connections() {
    return process.count("connection");
  }

  JsonObject await(String event) {
    return process.await(event);
  }

  JsonObject await(String event, Predicate<JsonObject> condition) {
    return process.await(event, condition);
  }

  /// Waits for the request with this path and query, and gives its number.
  long awaitRequest(String path) {
    return await("request", line -> line.get("path").getAsString().equals(path))
        .get("id")
        .getAsLong();
  }

  /// Waits until the handler of the request with this number has begun to wait so many times.
  Origin awaitWaiting(long id, int times) {
    Awaitility.await("the handler of request " + id + " to wait")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> record().stream().filter(line -> isWaiting(line, id)).count() >= times);
    return this;
  }

  private static boolean isWaiting(JsonObject line, long id) {
    return line.get("event").getAsString().equals("waiting") && line.get("id").getAsLong() == id;
  }

  /// What has come of the body of the request with this number.
  byte[] received(long id) {
    var all = new ByteArrayOutputStream();
    for (JsonObject line : process.lines) {
      if (line.get("event").getAsString().equals("body") && line.get("id").getAsLong() == id) {
        all.writeBytes(Base64.getDecoder().decode(line.get("bytes").getAsString()));
      }
    }
    return all.toByteArray();
  }

  /// All that it was sent in bodies.
  byte[] received() {
    return process.body();
  }

  List<JsonObject> record() {
    return process.lines;
  }

  /// Lets handlers go on that wait.
  void release() {
    process.say("release");
  }

  @Override
  public void close() {
    process.close();
  }
}
