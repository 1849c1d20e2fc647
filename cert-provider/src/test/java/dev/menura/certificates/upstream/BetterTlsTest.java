package dev.menura.certificates.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.menura.certificates.path.Profile;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.OriginName;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The two suites of Netflix's BetterTLS: ways that branch, and names that authorities may not
/// vouch for. Every case gets the verdict that the suite demands, and no feature is left out. The
/// suite's tool makes the chains; it is built by Go where Go is there.
@Tag("long")
class BetterTlsTest {
  private final TestRoot own = TestRoot.create("Menura CA");

  @TempDir static Path directory;

  @Test
  void getsEveryVerdictOfBothSuites() throws Exception {
    JsonObject all = suites();
    String pem =
        "-----BEGIN CERTIFICATE-----\n"
            + all.get("trustRoot").getAsString()
            + "\n-----END CERTIFICATE-----\n";
    // The suite's certificates name their hosts loosely, which forms of the public web forbid.
    var roots = Roots.of(List.of(pem)).heldTo(Profile.PRIVATE_CA);
    var validator = new Validator(roots, own.certificate(), Clock.systemUTC());
    Map<String, String> wrong = new TreeMap<>();
    int run = 0;
    for (var suite : all.getAsJsonObject("suites").entrySet()) {
      for (JsonElement element : suite.getValue().getAsJsonObject().getAsJsonArray("testCases")) {
        run++;
        JsonObject each = element.getAsJsonObject();
        boolean accept = each.get("expected").getAsString().equals("ACCEPT");
        Verdict verdict = verdict(validator, each);
        if (verdict.isValid() != accept && !each.get("failureIsWarning").getAsBoolean()) {
          wrong.put(suite.getKey() + " " + each.get("id"), accept + " " + verdict.detail());
        }
      }
    }

    assertThat(run).isGreaterThan(9_000);
    assertThat(wrong).isEmpty();
  }

  private static Verdict verdict(Validator validator, JsonObject each) {
    var chain = new ArrayList<byte[]>();
    each.getAsJsonArray("certificates")
        .forEach(der -> chain.add(Base64.getDecoder().decode(der.getAsString())));
    return validator
        .judge(OriginName.of(each.get("hostname").getAsString()), new SentChain(chain))
        .verdict();
  }

  private static JsonObject suites() throws IOException, InterruptedException {
    Path file = BetterTlsTool.export(directory);
    try (Reader text = Files.newBufferedReader(file)) {
      return JsonParser.parseReader(text).getAsJsonObject();
    }
  }
}
