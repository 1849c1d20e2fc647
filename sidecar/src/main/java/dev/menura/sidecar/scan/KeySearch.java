package dev.menura.sidecar.scan;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.menura.certificates.authority.KeyTraces;
import dev.menura.sidecar.data.SocketFolder;
import dev.menura.sidecar.envoy.EnvoyAdmin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A search for the marks of private keys.
public final class KeySearch {
  private static final Pattern OWN_FILE = Pattern.compile("ca-key(-[0-9a-f]{8})?\\.pem");
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final List<String> ADMIN_PATHS = List.of("/", "/ready", "/live", "/metrics");
  private static final List<String> ENVOY_PATHS =
      List.of(
          "/config_dump?include_eds",
          "/certs",
          "/clusters",
          "/listeners",
          "/server_info",
          "/stats",
          "/runtime",
          "/help");

  /// The key was found.
  ///
  /// @param form as `base64`
  public record Find(String place, String form) {}

  private final List<KeyTraces> traces;
  private final List<Find> found = new ArrayList<>();
  private final List<String> missed = new ArrayList<>();
  private int looked;

  public KeySearch(List<KeyTraces> traces) {
    this.traces = List.copyOf(traces);
  }

  /// All files of a data directory but the keys' own, and what the gateway that uses it tells.
  public void dataDirectory(Path data) {
    files(data);
    Path ready = data.resolve("ready.json");
    if (Files.isRegularFile(ready)) {
      admin(ready);
    }
    Path socket = SocketFolder.of(data).admin();
    if (Files.exists(socket)) {
      var envoy = new EnvoyAdmin(socket);
      ENVOY_PATHS.forEach(path -> {
        try {
          look("Envoy's " + path, envoy.get(path));
        } catch (IOException e) {
          miss("Envoy's " + path, e);
        }
      });
    }
  }

  private void admin(Path ready) {
    try (var client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      JsonObject said = JsonParser.parseString(Files.readString(ready)).getAsJsonObject();
      String admin = said.get("admin").getAsString();
      for (String path : ADMIN_PATHS) {
        var request =
            HttpRequest.newBuilder(URI.create("http://" + admin + path)).timeout(TIMEOUT).build();
        try {
          look(
              "the admin server's " + path,
              client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
          miss("the admin server's " + path, e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      missed.add("the admin server: interrupted");
    } catch (IOException | JsonParseException | IllegalArgumentException e) {
      miss("the admin server", e);
    }
  }

  /// A file, or all files of a folder. Links are not followed.
  public void files(Path place) {
    try (Stream<Path> all = Files.walk(place)) {
      all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .filter(file -> !isOwn(file))
          .forEach(this::file);
    } catch (IOException e) {
      miss(place.toString(), e);
    } catch (UncheckedIOException e) {
      miss(place.toString(), e);
    }
  }

  /// The command lines and environments of the processes that this user may look at.
  public void processes() {
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            Path.of("/proc"),
            path -> path.getFileName().toString().chars().allMatch(Character::isDigit))) {
      for (Path process : all) {
        for (String name : List.of("cmdline", "environ")) {
          Path file = process.resolve(name);
          if (Files.isReadable(file)) {
            file(file);
          }
        }
      }
    } catch (IOException e) {
      miss("/proc", e);
    }
  }

  private static boolean isOwn(Path file) {
    return OWN_FILE.matcher(file.getFileName().toString()).matches()
        && Optional.ofNullable(file.getParent())
            .map(Path::getFileName)
            .filter(folder -> folder.toString().equals("ca"))
            .isPresent();
  }

  private void file(Path file) {
    try {
      for (KeyTraces trace : traces) {
        try (InputStream stream = Files.newInputStream(file)) {
          note(file.toString(), trace.find(stream));
        }
      }
      looked++;
    } catch (IOException e) {
      // A process may be gone by now, a socket is no file.
      if (!file.startsWith("/proc")) {
        miss(file.toString(), e);
      }
    }
  }

  private void look(String place, String text) throws IOException {
    for (KeyTraces trace : traces) {
      var stream = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
      note(place, trace.find(stream));
    }
    looked++;
  }

  private void note(String place, Optional<String> form) {
    form.ifPresent(name -> found.add(new Find(place, name)));
  }

  private void miss(String place, Exception e) {
    missed.add(place + ": " + e.getClass().getSimpleName());
  }

  public List<Find> found() {
    return List.copyOf(found);
  }

  /// What could not be looked at, with the reason.
  public List<String> missed() {
    return List.copyOf(missed);
  }

  /// How many places were looked at.
  public int looked() {
    return looked;
  }
}
