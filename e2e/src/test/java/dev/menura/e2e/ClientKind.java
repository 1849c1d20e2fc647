package dev.menura.e2e;

import dev.menura.policy.Listen.Way;
import java.util.List;

/// How a client comes in.
enum ClientKind {
  HTTP1("h1", Way.EXPLICIT),
  HTTP1_TLS("h1-tls", Way.EXPLICIT_TLS),
  HTTP2("h2", Way.EXPLICIT),
  HTTP2_TLS("h2-tls", Way.EXPLICIT_TLS),
  HTTP3("h3", Way.EXPLICIT_H3),
  /// Knows of no proxy: its connections are redirected.
  TRANSPARENT("transparent", Way.TRANSPARENT);

  private final String word;
  private final Way way;

  ClientKind(String word, Way way) {
    this.word = word;
    this.way = way;
  }

  /// The command of a client that comes in so, through a proxy.
  List<String> command(Lab lab, String proxyName) {
    return List.of(
        GoTools.program().toString(),
        "ask",
        "-way",
        word,
        "-proxy",
        "127.0.0.1:" + lab.port(way),
        "-proxy-name",
        proxyName);
  }

  @Override
  public String toString() {
    return word;
  }
}
