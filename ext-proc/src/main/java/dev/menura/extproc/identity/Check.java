package dev.menura.extproc.identity;

import dev.menura.extproc.gate.Callers.Reason;

/// What became of a credential.
sealed interface Check {
  record Proved(Identity identity) implements Check {}

  record Failed(Reason reason) implements Check {}
}
