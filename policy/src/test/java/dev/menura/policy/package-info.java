/// Tests of the package.
@NullMarked
package dev.menura.policy;

import org.jspecify.annotations.NullMarked;
