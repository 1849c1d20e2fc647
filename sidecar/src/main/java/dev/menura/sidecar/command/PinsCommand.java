package dev.menura.sidecar.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.menura.sidecar.os.Places;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `menura pins`: the hosts whose clients reject our certificates.
@Command(
    name = "pins",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the hosts whose clients reject our certificates, with the rule that passes each"
          + " through. Asks the gateway that runs; it remembers what it saw since its start."
    })
final class PinsCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String ROW = "%-40s %-8s %7s %10s  %s%n";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory. Default: ~/.local/state/menura.")
  private @Nullable Path data;

  @Option(names = "--json", description = "A list of objects instead of text.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    var out = spec.commandLine().getOut();
    var directory = Optional.ofNullable(data).orElse(Places.ofThisUser().state());
    try {
      var answer = ask(admin(directory.resolve("ready.json")));
      if (json) {
        out.print(answer);
      } else {
        print(JsonParser.parseString(answer).getAsJsonArray(), out);
      }
      out.flush();
      return 0;
    } catch (NoSuchFileException e) {
      spec.commandLine().getErr().println("menura: no gateway is ready in " + directory);
    } catch (IOException | JsonParseException e) {
      spec.commandLine().getErr().println("menura: the gateway does not answer: " + e.getMessage());
    }
    return 1;
  }

  private static String admin(Path ready) throws IOException {
    return JsonParser.parseString(Files.readString(ready))
        .getAsJsonObject()
        .get("admin")
        .getAsString();
  }

  private static String ask(String admin) throws IOException, InterruptedException {
    try (var client =
        HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://" + admin + "/pinned"))
                  .timeout(PATIENCE)
                  .build(),
              BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException("status " + answer.statusCode());
      }
      return answer.body();
    }
  }

  private static void print(JsonArray proposals, PrintWriter out) {
    if (proposals.isEmpty()) {
      out.println("No host is proposed for passthrough.");
      return;
    }
    out.printf(ROW, "host", "verdict", "clients", "rejections", "last");
    for (JsonElement each : proposals) {
      var proposal = each.getAsJsonObject();
      var evidence = proposal.getAsJsonObject("evidence");
      out.printf(
          ROW,
          proposal.get("host").getAsString(),
          proposal.get("verdict").getAsString(),
          evidence.get("clients").getAsInt(),
          evidence.get("rejections").getAsInt(),
          evidence.get("last").getAsString());
    }
    out.println();
    out.println("To pass one through, add its rule:");
    proposals.forEach(each -> rule(each.getAsJsonObject(), out));
  }

  private static void rule(JsonObject proposal, PrintWriter out) {
    if (proposal.has("before")) {
      out.println("# in front of the rule " + proposal.get("before").getAsString());
    }
    var lost = proposal.getAsJsonArray("rules-lost");
    if (!lost.isEmpty()) {
      out.println("# these rules then see nothing of it: " + lost);
    }
    out.print(proposal.get("suggestion").getAsString());
  }
}
