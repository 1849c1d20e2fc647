/// One HTTP request and its response, decided by policy. *Events* are what Envoy sent, *replies*
/// what it is told; the exchange turns the one into the other and does no I/O.
///
/// Only the gRPC class of this package knows Envoy's types.
@NullMarked
package dev.menura.extproc.exchange;

import org.jspecify.annotations.NullMarked;
