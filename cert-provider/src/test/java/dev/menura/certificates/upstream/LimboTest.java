package dev.menura.certificates.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.menura.certificates.path.Budget;
import dev.menura.certificates.path.Profile;
import dev.menura.certificates.path.X509;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.OriginName;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// The published chains of x509-limbo: those for servers get the verdict that the suite demands,
/// below [Profile#WEBPKI_STRICT]. Cases that ask for an optional feature may differ where the table
/// of choices says why. The files lie in the folder that `MENURA_TESTDATA` names, or else beside
/// the checkout; whichever `limbo*.json.gz` is there is run.
class LimboTest {
  private static final String TESTDATA = "../shared/testdata";

  /// What differs, by the feature that a case asks for, and why.
  private static final Map<String, String> CHOICES =
      Map.of(
          "pedantic-rfc5280",
          "accepted: an anchor is trusted as it is, so it need not name who cross-signed it",
          "pedantic-public-suffix-wildcard",
          "accepted below a private suffix, whose owner may certify every name; refused below a"
              + " registry's",
          "pedantic-webpki-eku",
          "a leaf without purposes is accepted: the suite demands both answers, and RFC 5280 allows"
              + " it");

  private final TestRoot own = TestRoot.create("Menura CA");
  private final Map<String, String> wrong = new TreeMap<>();
  private final Set<String> chosen = new TreeSet<>();
  private int run;

  @Test
  void getsTheVerdictsThatTheSuiteDemands() throws Exception {
    for (JsonElement element : cases()) {
      JsonObject each = element.getAsJsonObject();
      if (each.get("validation_kind").getAsString().equals("SERVER")) {
        run++;
        check(each);
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(run).isGreaterThan(50);
    assertThat(CHOICES.keySet()).containsAll(chosen);
  }

  private void check(JsonObject each) throws Exception {
    boolean expected = each.get("expected_result").getAsString().equals("SUCCESS");
    Verdict verdict = verdict(each);
    if (verdict.isValid() == expected) {
      return;
    }
    var features = new ArrayList<String>();
    each.getAsJsonArray("features").forEach(feature -> features.add(feature.getAsString()));
    if (features.stream().anyMatch(CHOICES::containsKey)) {
      chosen.addAll(features);
    } else {
      wrong.put(
          each.get("id").getAsString() + " " + features,
          (expected ? "refused: " + verdict.problem() + ", " + verdict.detail() : "accepted"));
    }
  }

  private Verdict verdict(JsonObject each) throws Exception {
    var pems = new ArrayList<String>();
    each.getAsJsonArray("trusted_certs").forEach(pem -> pems.add(pem.getAsString()));
    Instant now =
        each.get("validation_time").isJsonNull()
            ? Instant.now()
            : OffsetDateTime.parse(each.get("validation_time").getAsString()).toInstant();
    boolean lists = each.has("crls") && !each.getAsJsonArray("crls").isEmpty();
    var knowledge = new Knowledge(lists ? RevocationMode.HARD : RevocationMode.SOFT);
    JsonElement depth = each.get("max_chain_depth");
    var limits = Budget.Limits.DEFAULT;
    if (!depth.isJsonNull()) {
      limits =
          new Budget.Limits(
              limits.signatures(),
              limits.comparisons(),
              limits.steps(),
              limits.time(),
              depth.getAsInt());
    }
    Roots roots;
    try {
      roots = Roots.of(pems).heldTo(Profile.WEBPKI_STRICT);
    } catch (CertificateException e) {
      return new Verdict(Problem.UNTRUSTED, "a root that cannot be read");
    }
    var validator =
        new Validator(
            roots, List.of(own.certificate()), Clock.fixed(now, ZoneOffset.UTC), knowledge, limits);
    var chain = new ArrayList<byte[]>();
    chain.add(der(each.get("peer_certificate").getAsString()));
    each.getAsJsonArray("untrusted_intermediates")
        .forEach(pem -> chain.add(der(pem.getAsString())));
    if (lists) {
      // The suite's lists are all of roots.
      for (JsonElement pem : each.getAsJsonArray("crls")) {
        for (String root : pems) {
          knowledge.revocations().learnList(der(pem.getAsString()), X509.parse(der(root)), "");
        }
      }
    }
    var name = OriginName.of(each.getAsJsonObject("expected_peer_name").get("value").getAsString());
    return validator.judge(name, new SentChain(chain)).verdict();
  }

  private static byte[] der(String pem) {
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z0-9 ]+-----", "").strip());
  }

  private static List<JsonElement> cases() throws IOException {
    List<Path> files = new ArrayList<>();
    Path folder = folder();
    if (Files.isDirectory(folder)) {
      try (var found = Files.newDirectoryStream(folder, "limbo*.json.gz")) {
        found.forEach(files::add);
      }
    }
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(!files.isEmpty(), "the published cases; MENURA_TESTDATA names their folder");
    }
    assertThat(files).isNotEmpty();
    var cases = new ArrayList<JsonElement>();
    for (Path file : files) {
      try (var text =
          new InputStreamReader(
              new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8)) {
        JsonParser.parseReader(text)
            .getAsJsonObject()
            .getAsJsonArray("testcases")
            .forEach(cases::add);
      }
    }
    return cases;
  }

  private static Path folder() {
    String named = System.getenv("MENURA_TESTDATA");
    if (named != null) {
      return Path.of(named);
    }
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw")) && root.getParent() != null) {
      root = root.getParent();
    }
    return root.resolve(TESTDATA).normalize();
  }
}
