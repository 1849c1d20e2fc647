/// The `menura` command: the only place that wires the parts of Menura together.
///
/// Nobody imports this module. Its parts live in subpackages; this package joins them.
@NullMarked
package dev.menura.sidecar;

import org.jspecify.annotations.NullMarked;
