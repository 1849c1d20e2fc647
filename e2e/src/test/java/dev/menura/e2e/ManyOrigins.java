package dev.menura.e2e;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;

/// Origins of one process, each on a port of its own: TLS servers in Go that present whatever chain
/// they are given, and greet who gets through.
final class ManyOrigins implements AutoCloseable {
  static final int TLS_1_0 = 0x0301;
  static final int TLS_1_1 = 0x0302;
  static final int TLS_1_2 = 0x0303;
  static final int TLS_1_3 = 0x0304;

  private final JsonLines process = new JsonLines(List.of(GoTools.program().toString(), "origins"));

  /// What a server is to be: as it comes, all that is in use.
  static final class Server {
    private final JsonObject json = new JsonObject();

    /// @param chain DER, leaf first
    /// @param key PKCS#8
    Server(List<byte[]> chain, byte[] key) {
      json.add("chain", array(chain));
      json.addProperty("key", base64(key));
      versions(TLS_1_2, TLS_1_3);
      at("127.0.0.1");
    }

    /// Presents another chain once, to the first who comes.
    Server first(List<byte[]> chain, byte[] key) {
      json.add("firstChain", array(chain));
      json.addProperty("firstKey", base64(key));
      return this;
    }

    Server versions(int min, int max) {
      json.addProperty("minVersion", min);
      json.addProperty("maxVersion", max);
      return this;
    }

    /// By their numbers in the registry; for TLS 1.2 and below.
    Server ciphers(int... suites) {
      var all = new JsonArray();
      for (int suite : suites) {
        all.add(suite);
      }
      json.add("ciphers", all);
      return this;
    }

    Server stapled(byte[] answer) {
      json.addProperty("staple", base64(answer));
      return this;
    }

    Server asksForAClientCertificate() {
      json.addProperty("clientCert", true);
      return this;
    }

    /// @param address one of the loopback
    Server at(String address) {
      json.addProperty("address", address + ":0");
      return this;
    }

    private static JsonArray array(List<byte[]> chain) {
      var all = new JsonArray();
      chain.forEach(der -> all.add(base64(der)));
      return all;
    }

    private static String base64(byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
  }

  /// Starts a server.
  ///
  /// @return its port; nothing where there can be no such server
  OptionalInt serve(String id, Server server) {
    server.json.addProperty("id", id);
    process.say(server.json.toString());
    var answer = process.await("server", line -> id.equals(line.get("id").getAsString()));
    var address = answer.get("address").getAsString();
    if (address.isEmpty()) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
  }

  /// How many requests have reached this server.
  long requests(String id) {
    return process.lines.stream()
        .filter(line -> line.get("event").getAsString().equals("request"))
        .filter(line -> line.get("id").getAsString().equals(id))
        .count();
  }

  @Override
  public void close() {
    process.close();
  }
}
