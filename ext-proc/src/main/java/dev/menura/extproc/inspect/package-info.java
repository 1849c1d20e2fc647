/// The inspection engines. A *detector* finds values of one *kind* in a stream of decoded bytes, a
/// *coding* turns a body as sent into decoded bytes, a *scan* joins both over one body and says how
/// much of it can no longer be part of a *finding*. This package depends on the policy's limits and
/// on nothing else of ours, and on no gRPC, Netty, protobuf or Envoy type.
///
/// Start at [BodyScan][dev.menura.extproc.inspect.BodyScan], which is what others see, go on with
/// `StreamScan` and `CodingStack`, which are how it works, and end at `CardNumbers`, the detector
/// to imitate.
///
/// **What may be let go.** A detector keeps open the earliest offset at which a value that it has
/// yet to report can start. A coding says when no decoder, however eager, could make more of the
/// bytes it took than it has put out: after each byte for deflate and brotli, after each block for
/// zstd. A ledger for each coding remembers those moments, and leads from the detector's offset
/// back to an offset in the body as sent. Where a number is found, that offset stays in front of
/// it.
///
/// **Codings.** `gzip`, `x-gzip`, `deflate` (zlib's format or the bare one), `br` and `zstd`, up to
/// three on top of each other. A body that breaks off, has bytes behind its end, wants a dictionary
/// or a window larger than its coding allows is malformed. Output goes through buffers of a fixed
/// size; besides those a decoder holds its window: 32 KiB (deflate), up to 16 MiB (brotli), up to 8
/// MiB (zstd). Brotli and zstd are native libraries, and a machine without them takes these codings
/// for unknown.
///
/// **Card numbers** (`credit-card`): see `CardNumbers` for what counts as one, `CardIssuers` for
/// the prefixes and lengths, `Separators` for what may stand between two digits. UTF-16, and
/// separators in HTML's or JSON's escaped form, are not read.
///
/// **A new kind** is one class that implements `Detector`, and its `Kind` in the list of
/// [Detectors][dev.menura.extproc.inspect.Detectors]. It takes time in proportion to the stream and
/// memory of a fixed size, and its test feeds it every text in pieces of every size.
@NullMarked
package dev.menura.extproc.inspect;

import org.jspecify.annotations.NullMarked;
