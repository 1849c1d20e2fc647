/// The inspection engines. A *detector* finds values of one *kind* in a stream of decoded bytes, a
/// *coding* turns a body as sent into decoded bytes, a *scan* joins both over one body and says how
/// much of it can no longer be part of a *finding*.
///
/// Start at [dev.menura.extproc.inspect.BodyScan]. This package depends on the policy's limits and
/// on nothing else of ours, and on no gRPC, Netty, protobuf or Envoy type.
@NullMarked
package dev.menura.extproc.inspect;

import org.jspecify.annotations.NullMarked;
