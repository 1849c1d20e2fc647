package dev.menura.bench.compare;

import java.util.List;

/// One kind of load.
enum Case {
  JSON("json", "keep-alive, small JSON", List.of("-connections", "16")),
  POST_1K(
      "post-1k",
      "keep-alive, POST 1 KiB",
      List.of("-connections", "16", "-method", "POST", "-body", "1024")),
  POST_64K(
      "post-64k",
      "keep-alive, POST 64 KiB",
      List.of("-connections", "16", "-method", "POST", "-body", "65536")),
  UPLOAD(
      "upload",
      "upload 16 MiB",
      List.of("-connections", "4", "-method", "POST", "-body", "16777216")),
  DOWNLOAD(
      "download", "download 16 MiB", List.of("-connections", "4", "-path", "/download/16777216")),
  NEW_CONNECTION(
      "new-connection",
      "new connection, known name",
      List.of("-connections", "16", "-mode", "fresh")),
  FIRST_CONTACT(
      "first-contact",
      "first contact with a new name, one at a time",
      List.of("-connections", "1", "-mode", "first")),
  FIRST_CONTACTS(
      "first-contacts",
      "first contacts, 8 at once",
      List.of("-connections", "8", "-mode", "first")),
  HTTP2(
      "http2",
      "HTTP/2 clients, small JSON",
      List.of(
          "-connections", "4", "-streams", "4", "-mode", "h2", "-host", "h2." + Workbench.NAME));

  private final String word;
  private final String about;
  private final List<String> flags;

  Case(String word, String about, List<String> flags) {
    this.word = word;
    this.about = about;
    this.flags = flags;
  }

  /// How options and results call it.
  String word() {
    return word;
  }

  String about() {
    return about;
  }

  /// What the load program is told.
  List<String> flags() {
    return flags;
  }
}
