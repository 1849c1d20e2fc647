/// The certificates that Envoy may ask for, served by delta SDS.
///
/// The nouns: a *name* is what a handshake asks for, an SNI; it is *admitted* when the gate has
/// decided that a handshake under it may come; a [dev.menura.certificates.secrets.SecretWatcher]
/// holds the leaves of admitted names, answers every name with a secret or a removal at once, and
/// removes what is least recently admitted; a *pinned* secret stays for ever.
///
/// Of our packages it imports `authority` and `x509`.
@NullMarked
package dev.menura.certificates.secrets;

import org.jspecify.annotations.NullMarked;
