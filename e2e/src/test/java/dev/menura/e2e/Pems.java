package dev.menura.e2e;

import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// The encodings in PEM text, in its order.
final class Pems {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN [A-Z0-9 ]+-----([^-]+)-----END [A-Z0-9 ]+-----");

  private Pems() {}

  static List<byte[]> of(String text) {
    return BLOCK
        .matcher(text)
        .results()
        .map(found -> Base64.getMimeDecoder().decode(found.group(1)))
        .toList();
  }
}
