/// One HTTP request and its response, decided by policy. *Events* are what Envoy sent, *replies*
/// what it is told; the *exchange* turns the one into the other and does no I/O. Each of its two
/// *sides* holds one message until the policy's verdict about it; a *block page* is what a refused
/// client gets instead.
///
/// Only the classes of this package whose names begin with `ExtProc` know gRPC's and Envoy's types.
@NullMarked
package dev.menura.extproc.exchange;

import org.jspecify.annotations.NullMarked;
