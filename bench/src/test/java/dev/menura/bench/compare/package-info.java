/// Tests of the comparison. None of them asserts how fast anything is.
@NullMarked
package dev.menura.bench.compare;

import org.jspecify.annotations.NullMarked;
