/// Tests of the package.
@NullMarked
package dev.menura.policy.cel;

import org.jspecify.annotations.NullMarked;
