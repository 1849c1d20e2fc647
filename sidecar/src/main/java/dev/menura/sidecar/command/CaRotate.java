package dev.menura.sidecar.command;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `menura ca rotate`: begins to replace the authority.
@Command(
    name = "rotate",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a successor. Clients are told to trust both; the former one goes on signing.",
      "Then: have clients trust the new one, 'menura ca activate', and 'menura ca retire'.",
      "With an offline root: makes a new key and a request for it; 'menura ca import' ends it."
    })
final class CaRotate extends OfAuthority {
  @Option(names = "--json", description = "An object instead of text.")
  private boolean json;

  @Override
  int run(AuthorityChanges changes, PrintWriter out) throws AuthorityException {
    changes.rotate();
    return show(changes, json, out);
  }
}
