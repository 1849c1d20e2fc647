package dev.menura.sidecar.envoy;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The version of an Envoy, as its `--version` says it.
public record EnvoyVersion(int major, int minor, int patch) implements Comparable<EnvoyVersion> {
  /// The oldest that has certificates on demand
  /// (`envoy.tls.certificate_selectors.on_demand_secret`).
  public static final EnvoyVersion OLDEST = new EnvoyVersion(1, 37, 0);

  /// `envoy version: 9e55…/1.40.0/Clean/RELEASE/BoringSSL`; a build in between says `1.41.0-dev`.
  private static final Pattern OUTPUT =
      Pattern.compile("version: [0-9a-f]*/(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})(?:-[^/]*)?/");

  /// Reads what `envoy --version` printed.
  public static Optional<EnvoyVersion> parse(String output) {
    Matcher matcher = OUTPUT.matcher(output);
    if (!matcher.find()) {
      return Optional.empty();
    }
    return Optional.of(
        new EnvoyVersion(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3))));
  }

  @Override
  public int compareTo(EnvoyVersion other) {
    return Comparator.comparingInt(EnvoyVersion::major)
        .thenComparingInt(EnvoyVersion::minor)
        .thenComparingInt(EnvoyVersion::patch)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
