/// Looks for the authority's private key where it must not be.
///
/// The noun: a [dev.menura.sidecar.scan.KeySearch] goes through places one after another and keeps
/// what it found, and what it could not look at.
///
/// Of our packages it imports `data`, `envoy` and the traces of keys.
@NullMarked
package dev.menura.sidecar.scan;

import org.jspecify.annotations.NullMarked;
