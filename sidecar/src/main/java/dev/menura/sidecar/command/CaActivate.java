package dev.menura.sidecar.command;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `menura ca activate`: lets the successor sign.
@Command(
    name = "activate",
    mixinStandardHelpOptions = true,
    description = {"Lets the successor sign; clients are still told to trust both."})
final class CaActivate extends OfAuthority {
  @Option(names = "--json", description = "An object instead of text.")
  private boolean json;

  @Override
  int run(AuthorityChanges changes, PrintWriter out) throws AuthorityException {
    changes.activate();
    return show(changes, json, out);
  }
}
