package dev.menura.sidecar.command;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.x509.Fingerprint;
import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `menura ca retire`: ends a rotation.
@Command(
    name = "retire",
    mixinStandardHelpOptions = true,
    description = {
      "Ends a rotation: retires the former authority, deletes its key, and lets the other one sign.",
      "Named by its fingerprint, the successor can be retired instead."
    })
final class CaRetire extends OfAuthority {
  @Parameters(
      paramLabel = "SHA256",
      arity = "0..1",
      description = "The fingerprint of the one to retire. Default: the older one's.")
  private @Nullable String fingerprint;

  @Option(names = "--json", description = "An object instead of text.")
  private boolean json;

  @Override
  int run(AuthorityChanges changes, PrintWriter out) throws AuthorityException {
    var retired = changes.retire(Optional.ofNullable(fingerprint));
    if (!json) {
      out.println(
          "Retired, and no longer to be trusted by clients: SHA-256 " + Fingerprint.of(retired));
      out.println();
    }
    return show(changes, json, out);
  }
}
