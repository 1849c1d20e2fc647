/// The certificate provider: an origin's certificate in, a mimic and its key out, served to Envoy.
///
/// The nouns: a [dev.menura.certificates.CertificateProvider] ties the parts together: its trust
/// (what origins are judged by), its mimics (what clients are shown), the gateway's own secrets,
/// and the watch over the authorities. `upstream` looks at origins and judges what they present;
/// `authority` holds the key that clients trust and issues leaves; `custody` puts that key into a
/// process of its own; `secrets` serves them over SDS; `testing` makes roots for demos and tests.
///
/// This package imports its own subpackages and `proto`; none of them imports it.
@NullMarked
package dev.menura.certificates;

import org.jspecify.annotations.NullMarked;
