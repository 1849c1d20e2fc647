/// The admin server: health and metrics on a loopback address.
///
/// This package depends on nothing of ours.
@NullMarked
package dev.menura.sidecar.admin;

import org.jspecify.annotations.NullMarked;
