/// The authority in a process of its own, and how the rest reaches it.
///
/// The nouns: *custody* is the process that keeps the authority's key and signs; a *remote
/// custodian* is the gateway's end of the wire; a *judge* stands before the key and signs nothing
/// that its own roots and its own settings do not bear out, whatever the gateway says.
///
/// Of our packages it imports `authority`, `upstream` and `x509`, and `proto`. No private key is
/// ever part of a message.
@NullMarked
package dev.menura.certificates.custody;

import org.jspecify.annotations.NullMarked;
