/// The machine that the program runs on: other programs, and files that only we may read.
///
/// The nouns: a *tool* is another program that is run to its end; *private files* are readable by
/// their owner only; *places* are the folders that users expect programs to use. This package
/// depends on nothing of ours.
@NullMarked
package dev.menura.sidecar.os;

import org.jspecify.annotations.NullMarked;
