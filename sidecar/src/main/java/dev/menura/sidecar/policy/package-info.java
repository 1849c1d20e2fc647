/// The policy's folder on disk: read as a whole, and watched.
@NullMarked
package dev.menura.sidecar.policy;

import org.jspecify.annotations.NullMarked;
