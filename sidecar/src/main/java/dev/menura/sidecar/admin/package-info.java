/// The admin server: metrics and health, for programs on this machine.
@NullMarked
package dev.menura.sidecar.admin;

import org.jspecify.annotations.NullMarked;
