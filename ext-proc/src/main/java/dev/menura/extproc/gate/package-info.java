/// The two gates that a connection passes before anything is decrypted
///
/// at CONNECT, and once the ClientHello was seen.:Only the gRPC class of this package knows Envoy's
/// types.
@NullMarked
package dev.menura.extproc.gate;

import org.jspecify.annotations.NullMarked;
