/// Benchmarks of minting and validating.
///
/// It may use any module; nobody uses it. Fields are set by JMH before they are read.
@NullUnmarked
package dev.menura.bench;

import org.jspecify.annotations.NullUnmarked;
