package dev.menura.extproc.gate;

/// What a client presents to say who it is. Never printed.
///
/// @param authorization the value of `proxy-authorization`, empty where there is none
/// @param certificate the client's certificate in PEM form and URL-encoded, as Envoy gives it once
///   it has validated it; empty where there is none
public record Credentials(String authorization, String certificate) {
  public static final Credentials NONE = new Credentials("", "");

  @Override
  public String toString() {
    return "Credentials[]";
  }
}
