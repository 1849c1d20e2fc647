package dev.menura.sidecar.run;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.Custodian;
import dev.menura.certificates.custody.CustodyLimits;
import dev.menura.certificates.custody.RemoteCustodian;
import dev.menura.sidecar.os.PrivateFiles;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// The authority of a gateway whose key is kept by a certificates process. A file in the gateway's
/// data directory says where that is, for those who look for the authority here.
public final class Elsewhere {
  private static final String FILE = "certificates-process";
  private static final int BYTES_MAX = 1024;

  private Elsewhere() {}

  /// Reaches the certificates process, where there is to be one.
  ///
  /// @throws CannotStart where this data directory holds an authority of its own all the same
  static Optional<Custodian> custodian(
      Optional<CertificatesPlace> place, Path data, MeterRegistry meters)
      throws AuthorityException, CannotStart, IOException {
    if (place.isEmpty()) {
      Files.deleteIfExists(data.resolve(FILE));
      return Optional.empty();
    }
    if (Files.exists(data.resolve("ca"), LinkOption.NOFOLLOW_LINKS)) {
      throw new CannotStart(
          data.resolve("ca")
              + " holds an authority, whose key a gateway with --certificates is not to have: move"
              + " that folder into the data directory of the certificates process");
    }
    if (Files.exists(data.resolve("ca-clients"), LinkOption.NOFOLLOW_LINKS)) {
      throw new CannotStart(
          data.resolve("ca-clients")
              + " holds the authority for clients, which a gateway with --certificates does not use,"
              + " and whose key it is not to have: move that folder away");
    }
    PrivateFiles.write(data.resolve(FILE), place.get() + "\n");
    return Optional.of(
        RemoteCustodian.connect(
            CertificatesChannel.to(place.get()),
            place.get().toString(),
            CustodyLimits.DEFAULT,
            meters));
  }

  /// Where the authority of the gateway with this data directory is kept; empty where it is here.
  public static Optional<String> place(Path data) throws IOException {
    Path file = data.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (var in = Files.newInputStream(file)) {
      return Optional.of(
          new String(in.readNBytes(BYTES_MAX), java.nio.charset.StandardCharsets.UTF_8).strip());
    }
  }
}
