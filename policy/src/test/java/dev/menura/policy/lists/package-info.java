/// Tests of the package.
@NullMarked
package dev.menura.policy.lists;

import org.jspecify.annotations.NullMarked;
