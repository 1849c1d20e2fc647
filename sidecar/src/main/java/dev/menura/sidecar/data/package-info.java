/// The data directory of one instance: its folder, its lock, and the file that says that it is
/// ready.
///
/// This package depends on `os` and on nothing else of ours.
@NullMarked
package dev.menura.sidecar.data;

import org.jspecify.annotations.NullMarked;
