/// Words for messages: lists of choices, and guesses at what was meant.
///
/// This package uses nothing but the JDK.
@NullMarked
package dev.menura.policy.text;

import org.jspecify.annotations.NullMarked;
