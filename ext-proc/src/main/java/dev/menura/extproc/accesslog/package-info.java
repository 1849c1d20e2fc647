/// What Envoy says of what it did without asking.
@NullMarked
package dev.menura.extproc.accesslog;

import org.jspecify.annotations.NullMarked;
