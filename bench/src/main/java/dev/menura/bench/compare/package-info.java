/// The side-by-side comparison, `menura bench`.
///
/// A *contender* is a system that takes connections through a proxy: Envoy by itself, Menura with
/// one of its policies, or a peer. A *case* is one kind of load. The *load program* is written in
/// Go, so that it shares no code with what it measures. A *round* runs each case against each
/// contender; the *board* keeps what was measured; a *goal* says what is wanted of it.
///
/// It uses `sidecar` to find Envoy, and no other part of ours: Menura is measured as processes of
/// its own.
@NullMarked
package dev.menura.bench.compare;

import org.jspecify.annotations.NullMarked;
