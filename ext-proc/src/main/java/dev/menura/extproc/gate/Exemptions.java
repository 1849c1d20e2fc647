package dev.menura.extproc.gate;

/// Says which hosts are passed through for a while, because their clients reject our certificates.
/// Must be thread-safe and must not block.
@FunctionalInterface
public interface Exemptions {
  /// @param host as the ticket names it
  boolean exempts(String host);
}
