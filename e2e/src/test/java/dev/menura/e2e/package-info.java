/// Tests of the whole against the real Envoy, with real clients and origins, and of the rules
/// between the modules.
@NullMarked
package dev.menura.e2e;

import org.jspecify.annotations.NullMarked;
