package dev.menura.sidecar.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/// One row of the demo's table: what was asked, and what came of it.
///
/// @param decision the verdict, from the event log
/// @param rule the rule that decided, or the reason where none did, from the event log
/// @param issuer who issued the certificate, from the client's handshake
/// @param status from the client
/// @param problems where what was seen is not what should have been; empty where all is well
record DemoRow(
    String request,
    String decision,
    String rule,
    String issuer,
    int status,
    long millis,
    String seen,
    List<String> problems) {
  DemoRow {
    problems = List.copyOf(problems);
  }

  boolean asExpected() {
    return problems.isEmpty();
  }

  JsonObject json() {
    JsonObject row = new JsonObject();
    row.addProperty("request", request);
    row.addProperty("decision", decision);
    row.addProperty("rule", rule);
    row.addProperty("issuer", issuer);
    row.addProperty("status", status);
    row.addProperty("milliseconds", millis);
    row.addProperty("seen", seen);
    row.addProperty("as-expected", asExpected());
    JsonArray all = new JsonArray();
    problems.forEach(all::add);
    row.add("problems", all);
    return row;
  }
}
