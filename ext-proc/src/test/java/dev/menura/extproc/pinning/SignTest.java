package dev.menura.extproc.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignTest {
  @ParameterizedTest
  @CsvSource({
    "TLS_error:|268436504:SSL_routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA:TLS_error_end, UNKNOWN_CA",
    "TLS_error:|268436498:SSL_routines:OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE:TLS_error_end, BAD_CERTIFICATE",
    "TLS_error:|268436502:SSL_routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN:TLS_error_end, CERTIFICATE_UNKNOWN",
    "TLS_error:|268435568:SSL_routines:OPENSSL_internal:BAD_PACKET_LENGTH|268435595:SSL_routines:OPENSSL_internal:DECRYPTION_FAILED_OR_BAD_RECORD_MAC:TLS_error_end, UNREADABLE_ALERT",
    "TLS_error:|33554536:system_library:OPENSSL_internal:Connection_reset_by_peer:TLS_error_end, CLOSED",
    "'', CLOSED",
  })
  void handshakeThatTheClientGaveUpOverTheCertificateIsASign(String failure, Sign sign) {
    assertThat(end(failure, null, 5)).contains(sign);
  }

  @ParameterizedTest
  @CsvSource({
    "TLS_error:|268435696:SSL_routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL:TLS_error_end",
    "TLS_error:|268436496:SSL_routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE:TLS_error_end",
    "TLS_error:|268436501:SSL_routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_EXPIRED:TLS_error_end",
    "TLS_error:|268436570:SSL_routines:OPENSSL_internal:TLSV1_ALERT_BAD_CERTIFICATE_HASH_VALUE:TLS_error_end",
  })
  void handshakeThatFailedOtherwiseIsNone(String failure) {
    assertThat(end(failure, null, 5)).isEmpty();
  }

  @Test
  void finishedHandshakeIsASignOnlyWhereTheCloseFollowsAtOnce() {
    assertThat(end("", 20L, 1_020)).contains(Sign.CLOSED_UNUSED);
    assertThat(end("", 20L, 1_021)).isEmpty();
    assertThat(end("TLS_error:|1:SSL_routines:X:SSLV3_ALERT_BAD_CERTIFICATE:", 20L, 25)).isEmpty();
  }

  private static Optional<Sign> end(String failure, @Nullable Long handshake, long duration) {
    return new Sign.End(
            failure,
            Optional.ofNullable(handshake).map(Duration::ofMillis),
            Duration.ofMillis(duration))
        .sign();
  }
}
