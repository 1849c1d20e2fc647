package dev.menura.extproc.pinning;

/// The rule that passes a host through, as an operator would write it.
final class Suggestion {
  private static final int NAME_CHARS_MAX = 63;

  private Suggestion() {}

  /// @param host a name or an address
  static String rule(String host) {
    return """
    - name: %s
      when: host.name == '%s'
      then: passthrough
    """
        .formatted(name(host), host);
  }

  private static String name(String host) {
    var name = "pinned-" + host.replaceAll("[^a-z0-9]+", "-").replaceAll("-$", "");
    return name.length() <= NAME_CHARS_MAX ? name : name.substring(0, NAME_CHARS_MAX);
  }
}
