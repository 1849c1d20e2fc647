/// The command line: one class a command.
///
/// A command parses its flags, calls the part that does the work, and turns the outcome into text
/// or JSON and an *exit code*: 0 done, 1 failed, 2 bad policy or bad usage.
@NullMarked
package dev.menura.sidecar.command;

import org.jspecify.annotations.NullMarked;
