package dev.menura.extproc.exchange;

import java.util.List;
import java.util.Locale;

/// The formats of a [BlockPage].
enum PageFormat {
  HTML("text/html"),
  JSON("application/json"),
  TEXT("text/plain");

  /// What follows in a longer `accept` header is not looked at.
  private static final int ACCEPT_CHARS_MAX = 1024;

  private final String type;

  PageFormat(String type) {
    this.type = type;
  }

  /// The format that an `accept` header names with the highest weight; JSON before HTML before text
  /// where weights are equal, since browsers never name JSON. HTML where none is named.
  static PageFormat preferredBy(String accept) {
    String bounded = accept.substring(0, Math.min(accept.length(), ACCEPT_CHARS_MAX));
    String[] ranges = bounded.toLowerCase(Locale.ROOT).split(",", -1);
    PageFormat best = HTML;
    double bestWeight = 0;
    for (PageFormat format : List.of(JSON, HTML, TEXT)) {
      double weight = format.weight(ranges);
      if (weight > bestWeight) {
        best = format;
        bestWeight = weight;
      }
    }
    return best;
  }

  private double weight(String[] ranges) {
    double weight = 0;
    for (String range : ranges) {
      int semicolon = range.indexOf(';');
      String named = (semicolon < 0 ? range : range.substring(0, semicolon)).strip();
      if (named.equals(type) || (this == JSON && named.endsWith("+json"))) {
        weight = Math.max(weight, semicolon < 0 ? 1 : quality(range.substring(semicolon)));
      }
    }
    return weight;
  }

  /// The `q` parameter (RFC 9110 12.4.2), 1 where there is none, 0 where it makes no sense.
  private static double quality(String parameters) {
    int q = parameters.replace(" ", "").indexOf(";q=");
    if (q < 0) {
      return 1;
    }
    String value = parameters.replace(" ", "").substring(q + 3);
    int end = value.indexOf(';');
    String number = end < 0 ? value : value.substring(0, end);
    return isWeight(number) ? Double.parseDouble(number) : 0;
  }

  private static boolean isWeight(String text) {
    if (text.isEmpty() || text.length() > 5 || (text.charAt(0) != '0' && text.charAt(0) != '1')) {
      return false;
    }
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i == 1 ? c != '.' : c < '0' || c > '9') {
        return false;
      }
    }
    return true;
  }
}
