/// Names that the parts share because they meet only through Envoy.
package dev.menura.proto;
