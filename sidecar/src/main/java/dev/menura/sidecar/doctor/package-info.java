/// `menura doctor`: what is missing or wrong on this machine, and the command that mends it.
///
/// A *finding* is the outcome of one check. This package changes nothing on the machine.
@NullMarked
package dev.menura.sidecar.doctor;

import org.jspecify.annotations.NullMarked;
