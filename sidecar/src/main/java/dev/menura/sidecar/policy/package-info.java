/// The folder that the operator's policy is in: reading it, and noticing its changes.
///
/// A *policy folder* is what the loader reads from; a *policy watch* loads it again when its files
/// have changed and have then been left alone; the *starter policy* is what is written where the
/// operator has none. This package depends on `policy` and on `os`.
@NullMarked
package dev.menura.sidecar.policy;

import org.jspecify.annotations.NullMarked;
