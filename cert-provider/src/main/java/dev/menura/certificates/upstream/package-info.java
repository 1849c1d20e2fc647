/// What origins present, and whether it is to be trusted.
///
/// The nouns: a *peek* connects to an origin, takes the certificate chain and closes; a
/// [dev.menura.certificates.upstream.Look] is what came of it; a
/// [dev.menura.certificates.upstream.Verdict] says whether a chain is valid for a name, and if not,
/// why; [dev.menura.certificates.upstream.Roots] are what trust rests on.
///
/// Of our packages it imports only `x509`. It never sees a private key.
@NullMarked
package dev.menura.certificates.upstream;

import org.jspecify.annotations.NullMarked;
