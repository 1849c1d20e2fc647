/// Tests of who is asking.
@org.jspecify.annotations.NullMarked
package dev.menura.extproc.identity;
