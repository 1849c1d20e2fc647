package dev.menura.extproc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExtProcMessagesTest {
  @Test
  void joinsLinesOfCookiesAsHttp2DoesAndOtherFieldsByAComma() {
    var head =
        HeaderMap.newBuilder()
            .addHeaders(header("Cookie", "a=1"))
            .addHeaders(header("x-tenant", "one"))
            .addHeaders(header("cookie", "b=2"))
            .addHeaders(header("X-Tenant", "two"));
    var message =
        ProcessingRequest.newBuilder()
            .setRequestHeaders(HttpHeaders.newBuilder().setHeaders(head).setEndOfStream(true))
            .build();
    assertThat(ExtProcMessages.event(message))
        .contains(
            new Event.RequestHeaders(Map.of("cookie", "a=1; b=2", "x-tenant", "one,two"), true));
  }

  private static HeaderValue header(String name, String value) {
    return HeaderValue.newBuilder()
        .setKey(name)
        .setRawValue(ByteString.copyFromUtf8(value))
        .build();
  }
}
