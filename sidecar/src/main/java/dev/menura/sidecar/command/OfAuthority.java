package dev.menura.sidecar.command;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityChanges.Described;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.AuthoritySettings;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.KeyKind;
import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.AuthorityKeys;
import dev.menura.policy.IssueFormat;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.os.Places;
import dev.menura.sidecar.os.PrivateFiles;
import dev.menura.sidecar.policy.PolicyFolder;
import dev.menura.sidecar.run.CaSettings;
import dev.menura.sidecar.run.Elsewhere;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What the commands below `menura ca` share: where the authority is, and how they fail.
abstract class OfAuthority implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory. Default: ~/.local/state/menura.")
  private @Nullable Path data;

  @Option(
      names = "--policy",
      paramLabel = "DIR",
      description =
          "The policy's folder, whose Gateway document says where the key is kept. Default: the"
              + " folder 'policy' in the data directory, if there is one.")
  private @Nullable Path policy;

  @Option(
      names = "--clients",
      description =
          "The authority that issues certificates which are presented to origins, instead of the one"
              + " that clients trust.")
  private boolean clients;

  private AuthoritySettings settings = AuthoritySettings.in(Path.of("ca"));

  @Spec private CommandSpec spec = CommandSpec.create();

  /// @return the exit code
  abstract int run(AuthorityChanges changes, PrintWriter out)
      throws AuthorityException, IOException;

  @Override
  public final Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      var elsewhere = Elsewhere.place(data());
      if (elsewhere.isPresent()) {
        err.println(
            "menura: the authority of this gateway is kept by the certificates process at "
                + elsewhere.get()
                + "; name that one's data directory with --data DIR");
        return 1;
      }
      settings = CaSettings.of(keys(), data());
      int code = run(changes(clients ? settings.forClients() : settings), out);
      out.flush();
      return code;
    } catch (PolicyException e) {
      err.print(IssueFormat.text(e.issues()));
      err.flush();
      return 2;
    } catch (AuthorityException e) {
      err.println("menura: " + e.getMessage());
    } catch (IOException e) {
      err.println("menura: " + e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    return 1;
  }

  private static AuthorityChanges changes(AuthoritySettings settings) {
    return AuthorityChanges.of(settings, Crypto.preferred(), Clock.systemUTC(), new SecureRandom());
  }

  /// The authority for clients beside the other one, whichever is asked for.
  final AuthorityChanges ofClients() {
    return changes(settings.forClients());
  }

  final boolean isOfClients() {
    return clients;
  }

  /// The data directory.
  final Path data() {
    return Optional.ofNullable(data).orElse(Places.ofThisUser().state()).toAbsolutePath();
  }

  /// Makes the data directory as a gateway wants it, where it is missing.
  final void makeData() throws IOException {
    PrivateFiles.createFolder(data());
  }

  /// The file that clients are to be given.
  final Path file() {
    return (clients ? settings.forClients() : settings).certificateFile();
  }

  private AuthorityKeys keys() throws PolicyException {
    Path folder = policy == null ? data().resolve("policy") : policy;
    if (policy == null && !Files.isDirectory(folder)) {
      return AuthorityKeys.STANDARD;
    }
    return new PolicyLoader(Detectors.kinds()).load(new PolicyFolder(folder)).gateway().ca();
  }

  /// Says what there is now.
  final int show(AuthorityChanges changes, boolean json, PrintWriter out)
      throws AuthorityException {
    if (json) {
      out.println(text(json(changes)));
      return 0;
    }
    String blank = "";
    for (Described each : changes.described()) {
      X509Certificate certificate = each.certificate();
      out.print(blank);
      out.println("Role:        " + each.role());
      out.println("Subject:     " + certificate.getSubjectX500Principal().getName());
      if (!certificate.equals(each.anchor())) {
        out.println("Issued by:   " + certificate.getIssuerX500Principal().getName());
        out.println("Root:        " + Fingerprint.of(each.anchor()));
      }
      out.println(
          "Key:         " + KeyKind.describe(certificate.getPublicKey()) + ", " + each.key());
      out.println("Valid from:  " + certificate.getNotBefore().toInstant());
      out.println("Valid until: " + certificate.getNotAfter().toInstant());
      out.println("SHA-256:     " + Fingerprint.of(certificate));
      out.println("File:        " + file());
      blank = "\n";
    }
    if (changes.isAwaiting()) {
      out.println(
          blank + "A certificate was asked for: menura ca request prints the request again.");
    }
    return 0;
  }

  private JsonElement json(AuthorityChanges changes) throws AuthorityException {
    var all = new JsonArray();
    for (Described each : changes.described()) {
      X509Certificate certificate = each.certificate();
      var one = new JsonObject();
      one.addProperty("role", each.role());
      one.addProperty("subject", certificate.getSubjectX500Principal().getName());
      one.addProperty("issuer", certificate.getIssuerX500Principal().getName());
      one.addProperty("key", KeyKind.describe(certificate.getPublicKey()));
      one.addProperty("key-reference", each.key());
      one.addProperty("valid-from", certificate.getNotBefore().toInstant().toString());
      one.addProperty("valid-until", certificate.getNotAfter().toInstant().toString());
      one.addProperty("sha256", Fingerprint.of(certificate));
      one.addProperty("root-sha256", Fingerprint.of(each.anchor()));
      all.add(one);
    }
    var answer = new JsonObject();
    answer.addProperty("file", file().toString());
    answer.addProperty("awaiting-certificate", changes.isAwaiting());
    answer.add("authorities", all);
    return answer;
  }

  static String text(JsonElement element) {
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(element);
  }

  /// Reads a file of the operator's, which may not be larger than such files are.
  static String read(Path file) throws IOException {
    try (var stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw new IOException(file + " has more than " + BYTES_MAX + " bytes");
      }
      return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
  }

  private static final int BYTES_MAX = 1 << 20;
}
