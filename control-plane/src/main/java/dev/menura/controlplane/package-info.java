/// The control plane: policy in, Envoy resources out, and the xDS server that pushes them.
///
/// The nouns: *resources* are what one version of the policy comes to in Envoy's terms; the
/// *compiler* makes them and is a pure function; the *snapshot watcher* hands them to each Envoy
/// over delta ADS; an *acknowledgement* is an Envoy's word that it runs a version, a *rejection*
/// (NACK) its word that it does not and why.
///
/// May import policy and proto, and nothing else of ours.
@NullMarked
package dev.menura.controlplane;

import org.jspecify.annotations.NullMarked;
