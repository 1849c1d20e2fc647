package dev.menura.sidecar.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `menura ca`: the certificate authority that clients are to trust.
@Command(
    name = "ca",
    mixinStandardHelpOptions = true,
    description = {
      "The certificate authority that clients are to trust.",
      "A running gateway takes changes over by itself, within seconds."
    },
    subcommands = {
      CaInit.class,
      CaShow.class,
      CaExport.class,
      CaRequest.class,
      CaImport.class,
      CaRotate.class,
      CaActivate.class,
      CaRetire.class,
      CaEncrypt.class,
      CaScan.class
    })
final class CaCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "menura ca: expected 'init', 'show', 'export', 'request', 'import', 'rotate', 'activate',"
            + " 'retire', 'encrypt' or 'scan'");
  }
}
