/// Tests of the package.
@NullMarked
package dev.menura.policy.net;

import org.jspecify.annotations.NullMarked;
