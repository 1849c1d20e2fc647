/// Tests of the package.
@NullMarked
package dev.menura.policy.text;

import org.jspecify.annotations.NullMarked;
