/// Host names and addresses: their forms, and fast look-up of what is known about them.
///
/// This package uses nothing but the JDK.
@NullMarked
package dev.menura.policy.net;

import org.jspecify.annotations.NullMarked;
