/// Clients that reject the certificates that they are shown in place of their origins'
///
/// a *sign* is how one connection showed that; the *tally* of a host counts them by client; past a
/// threshold the host is *proposed* for passthrough, or *exempted* for a while. This package
/// depends on the gate's ticket, on the events and on the policy.
@NullMarked
package dev.menura.extproc.pinning;

import org.jspecify.annotations.NullMarked;
