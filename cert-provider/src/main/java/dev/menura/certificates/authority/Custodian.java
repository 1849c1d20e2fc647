package dev.menura.certificates.authority;

import java.util.Optional;

/// Whoever keeps the authority's key and signs leaves with it: a part of this process, or a process
/// of its own. Nobody gets the key from it. Thread-safe.
public interface Custodian extends LeafSigner, AutoCloseable {
  /// The authorities, as [#refresh] took them over last.
  Standing standing();

  /// Takes over what the operator has changed of the authorities. What cannot be used changes
  /// nothing.
  ///
  /// @return whether anything was changed
  /// @throws AuthorityException where what is there now cannot be used
  boolean refresh() throws AuthorityException;

  /// Has this run soon after something was changed, where that is noticed before anybody asks.
  void onChange(Runnable listener);

  /// One sentence for the operator where the active certificate ends soon.
  Optional<String> warning();

  /// Does what can be done before the operator does what [#warning] asks for.
  void prepareRenewal() throws AuthorityException;

  /// Why nothing can be signed now; empty where nothing is known that speaks against it.
  Optional<String> problem();

  @Override
  void close();
}
