/// `menura demo`: the gateway's main job, shown on real connections.
///
/// An *origin* is a local HTTPS server that remembers what reached it; a *visit* is one request of
/// a client and what that client saw; a *row* holds a visit against what should have come of it.
/// Nothing in a row comes from the scenario itself but the expectation.
@NullMarked
package dev.menura.sidecar.demo;

import org.jspecify.annotations.NullMarked;
