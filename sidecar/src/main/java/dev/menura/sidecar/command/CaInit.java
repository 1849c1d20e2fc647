package dev.menura.sidecar.command;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `menura ca init`: makes the authority before the gateway is started.
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {"Makes the authority, or the request for its certificate, where there is none."})
final class CaInit extends OfAuthority {
  @Option(names = "--json", description = "An object instead of text.")
  private boolean json;

  @Override
  int run(AuthorityChanges changes, PrintWriter out) throws AuthorityException, IOException {
    makeData();
    if (!changes.init() && !json) {
      out.println("There is an authority already:");
    }
    return show(changes, json, out);
  }
}
