/// /// Words for messages, and JSON for tools.
///
/// This package uses nothing but the JDK.
@NullMarked
package dev.menura.policy.text;

import org.jspecify.annotations.NullMarked;
