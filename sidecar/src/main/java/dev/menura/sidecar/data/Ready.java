package dev.menura.sidecar.data;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// What other programs need to use an instance: the content of `ready.json`, which is there while
/// traffic can flow.
///
/// @param proxy where clients reach the proxy, as `host:port`
/// @param admin where the admin server listens, as `host:port`
/// @param ca the file with the authority's certificate
/// @param listeners all of Envoy's listeners by name, as `host:port`
public record Ready(
    String proxy, String admin, Path ca, String policyVersion, Map<String, String> listeners) {
  public Ready {
    listeners = Map.copyOf(listeners);
  }

  public String json() {
    JsonObject named = new JsonObject();
    new TreeMap<>(listeners).forEach(named::addProperty);
    JsonObject all = new JsonObject();
    all.addProperty("proxy", proxy);
    all.addProperty("admin", admin);
    all.addProperty("ca", ca.toString());
    all.addProperty("policy-version", policyVersion);
    all.add("listeners", named);
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(all) + "\n";
  }

  /// Puts the file in place in one step.
  public void write(Path file) throws IOException {
    PrivateFiles.write(file, json());
  }

  /// Takes the file away; it may be missing.
  public static void remove(Path file) throws IOException {
    Files.deleteIfExists(file);
  }
}
