package dev.menura.sidecar.command;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/// `menura ca encrypt`: protects keys that are plain files.
@Command(
    name = "encrypt",
    mixinStandardHelpOptions = true,
    description = {"Encrypts the keys with the passphrase that the Gateway document names."})
final class CaEncrypt extends OfAuthority {
  @Override
  int run(AuthorityChanges changes, PrintWriter out) throws AuthorityException {
    changes.encrypt();
    out.println("The keys are encrypted.");
    return 0;
  }
}
