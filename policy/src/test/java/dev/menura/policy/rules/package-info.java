/// Tests of the evaluation.
@NullMarked
package dev.menura.policy.rules;

import org.jspecify.annotations.NullMarked;
