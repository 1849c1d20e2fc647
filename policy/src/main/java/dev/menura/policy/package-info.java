/// The operator's policy: YAML documents in, an immutable, checked policy out, and its evaluation.
///
/// The nouns: a *rule* is a condition and its actions; *facts* are what is known of an exchange so
/// far, grouped by *phase*; an *outcome* says that a rule has decided or which phase the next rule
/// waits for; an *issue* is one thing that is wrong with a document, with its place.
///
/// This package is what other modules use, with `load.PolicyLoader`. It does no I/O and knows
/// nothing of gRPC or Envoy. Only `yaml` uses the YAML library, only `cel` the CEL library; both
/// are below this package and above nothing but `net`, `lists` and `text`.
@NullMarked
package dev.menura.policy;

import org.jspecify.annotations.NullMarked;
