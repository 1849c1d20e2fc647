package dev.menura.sidecar.command;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/// `menura ca request`: what an offline root is to sign.
@Command(
    name = "request",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the request that an offline root is to sign, for a new certificate or to renew one."
    })
final class CaRequest extends OfAuthority {
  @Override
  int run(AuthorityChanges changes, PrintWriter out) throws AuthorityException, IOException {
    makeData();
    var _ = changes.init();
    out.print(changes.request());
    return 0;
  }
}
