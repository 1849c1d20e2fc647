package dev.menura.sidecar.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.KeyTraces;
import dev.menura.sidecar.scan.KeySearch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `menura ca scan`: whether the authority's key has leaked.
@Command(
    name = "scan",
    mixinStandardHelpOptions = true,
    description = {
      "Looks for bytes of the authority's key where they must not be: in the data directory, logs,",
      "dumps, events, the command lines and environments of processes, the admin server, and what",
      "Envoy's admin interface tells. Exit code 1 where it finds any."
    })
final class CaScan extends OfAuthority {
  @Option(
      names = "--also",
      paramLabel = "PATH",
      description = "A further file or folder to look in, as one of dumps. Can be repeated.")
  private List<Path> also = List.of();

  @Option(names = "--json", description = "An object instead of text.")
  private boolean json;

  @Override
  int run(AuthorityChanges changes, PrintWriter out) throws AuthorityException, IOException {
    List<KeyTraces> traces = new ArrayList<>(changes.traces());
    if (!isOfClients() && !ofClients().isAbsent()) {
      traces.addAll(ofClients().traces());
    }
    var search = new KeySearch(traces);
    if (!traces.isEmpty()) {
      search.dataDirectory(data());
      for (Path place : also) {
        search.files(place);
      }
      search.processes();
    }
    if (json) {
      var found = new JsonArray();
      for (KeySearch.Find find : search.found()) {
        var one = new JsonObject();
        one.addProperty("place", find.place());
        one.addProperty("form", find.form());
        found.add(one);
      }
      var answer = new JsonObject();
      answer.addProperty("keys", traces.size());
      answer.addProperty("looked-at", search.looked());
      var missed = new JsonArray();
      search.missed().forEach(missed::add);
      answer.add("not-looked-at", missed);
      answer.add("found", found);
      out.println(text(answer));
    } else if (traces.isEmpty()) {
      out.println("The key is in a token and cannot be extracted: there are no bytes to look for.");
    } else {
      search.found().forEach(find -> out.println("FOUND in " + find.place() + ": " + find.form()));
      search.missed().forEach(place -> out.println("Not looked at: " + place));
      out.println(
          "Looked at " + search.looked() + " places: found in " + search.found().size() + ".");
    }
    return search.found().isEmpty() ? 0 : 1;
  }
}
