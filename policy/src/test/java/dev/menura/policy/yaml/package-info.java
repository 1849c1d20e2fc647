/// Tests of the package.
@NullMarked
package dev.menura.policy.yaml;

import org.jspecify.annotations.NullMarked;
