/// The parts, wired together: the only place that knows all of them.
@NullMarked
package dev.menura.sidecar.run;

import org.jspecify.annotations.NullMarked;
