/// The admin server: health, metrics and the gateway's own pages on a loopback address.
///
/// This package depends on nothing of ours but `ext-proc`'s word for pages.
@NullMarked
package dev.menura.sidecar.admin;

import org.jspecify.annotations.NullMarked;
