/// Tests of the documents and their loader.
@NullMarked
package dev.menura.policy.load;

import org.jspecify.annotations.NullMarked;
