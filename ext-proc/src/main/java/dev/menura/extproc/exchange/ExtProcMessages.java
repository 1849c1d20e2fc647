package dev.menura.extproc.exchange;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.Value;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.HeadersResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ImmediateResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.StreamedBodyResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.TrailersResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The messages of Envoy's external processing protocol as [Event]s and [Reply]s, and back. Bodies
/// are wrapped, not copied.
final class ExtProcMessages {
  /// The attribute in which the filter is configured to send what the gate left. What Envoy's
  /// access log calls an answer of ours.
  static final String DETAILS = "menura";

  private static final String CONNECTION_ATTRIBUTE = "filter_state['" + Wire.CONNECTION + "']";

  private ExtProcMessages() {}

  /// Empty where the message is none that this protocol version knows.
  static Optional<Event> event(ProcessingRequest message) {
    return switch (message.getRequestCase()) {
      case REQUEST_HEADERS -> {
        var head = message.getRequestHeaders();
        yield Optional.of(
            new Event.RequestHeaders(headers(head.getHeaders()), head.getEndOfStream()));
      }
      case RESPONSE_HEADERS -> {
        var head = message.getResponseHeaders();
        yield Optional.of(
            new Event.ResponseHeaders(headers(head.getHeaders()), head.getEndOfStream()));
      }
      case REQUEST_BODY -> {
        var body = message.getRequestBody();
        yield Optional.of(
            new Event.RequestBody(body.getBody().asReadOnlyByteBuffer(), body.getEndOfStream()));
      }
      case RESPONSE_BODY -> {
        var body = message.getResponseBody();
        yield Optional.of(
            new Event.ResponseBody(body.getBody().asReadOnlyByteBuffer(), body.getEndOfStream()));
      }
      case REQUEST_TRAILERS ->
          Optional.of(
              new Event.RequestTrailers(headers(message.getRequestTrailers().getTrailers())));
      case RESPONSE_TRAILERS ->
          Optional.of(
              new Event.ResponseTrailers(headers(message.getResponseTrailers().getTrailers())));
      case REQUEST_NOT_SET -> Optional.empty();
    };
  }

  /// The text that the gate left on the connection, empty where there is none.
  static String connection(ProcessingRequest message) {
    for (Struct attributes : message.getAttributesMap().values()) {
      Value value = attributes.getFieldsMap().get(CONNECTION_ATTRIBUTE);
      if (value != null) {
        return value.getStringValue();
      }
    }
    return "";
  }

  private static Map<String, String> headers(HeaderMap map) {
    Map<String, String> headers = new HashMap<>();
    for (HeaderValue header : map.getHeadersList()) {
      ByteString raw = header.getRawValue();
      String value = raw.isEmpty() ? header.getValue() : text(raw);
      String name = header.getKey().toLowerCase(Locale.ROOT);
      headers.merge(name, value, (a, b) -> a + separator(name) + b);
    }
    return headers;
  }

  /// What joins repeated fields (RFC 9110 5.3), and the lines of cookies (RFC 9113 8.2.3).
  private static String separator(String name) {
    return name.equals("cookie") ? "; " : ",";
  }

  private static String text(ByteString raw) {
    return raw.isValidUtf8() ? raw.toStringUtf8() : raw.toString(StandardCharsets.ISO_8859_1);
  }

  /// The message for a reply; empty for [Reply.Cut], which ends the stream with an error instead.
  ///
  /// @param streams how Envoy's filter is configured, which a mode override has to repeat
  /// @param id the exchange's, which Envoy names where it answers in the origin's place
  static Optional<ProcessingResponse> message(Reply reply, Streams streams, String id) {
    ProcessingResponse.Builder message = ProcessingResponse.newBuilder();
    switch (reply) {
      case Reply.ContinueRequestHeaders go -> {
        message.setRequestHeaders(head(go.changes())).setDynamicMetadata(named(id));
        if (go.responseBody() == Reply.ResponseBody.STREAMED) {
          message.setModeOverride(responseBodyToo(streams));
        }
      }
      case Reply.ReleaseRequestBody go -> message.setRequestBody(body(go.bytes(), go.end()));
      case Reply.ContinueRequestTrailers _ ->
          message.setRequestTrailers(TrailersResponse.getDefaultInstance());
      case Reply.ContinueResponseHeaders go -> message.setResponseHeaders(head(go.changes()));
      case Reply.ReleaseResponseBody go -> message.setResponseBody(body(go.bytes(), go.end()));
      case Reply.Close(var frame) -> message.setResponseBody(body(List.of(frame), true));
      case Reply.ContinueResponseTrailers _ ->
          message.setResponseTrailers(TrailersResponse.getDefaultInstance());
      case Reply.Respond page ->
          message.setImmediateResponse(
              answer(page.status(), page.headers(), ByteString.copyFromUtf8(page.body())));
      case Reply.Serve(var page) ->
          message.setImmediateResponse(
              answer(page.status(), page.headers(), ByteString.copyFrom(page.body().duplicate())));
      case Reply.Cut _ -> {
        return Optional.empty();
      }
    }
    return Optional.of(message.build());
  }

  private static Struct named(String id) {
    Value own =
        Value.newBuilder()
            .setStructValue(
                Struct.newBuilder()
                    .putFields(Wire.EXCHANGE_ID, Value.newBuilder().setStringValue(id).build()))
            .build();
    return Struct.newBuilder().putFields(Wire.METADATA, own).build();
  }

  private static HeadersResponse head(Reply.HeaderChanges changes) {
    HeadersResponse.Builder head = HeadersResponse.newBuilder();
    if (!changes.equals(Reply.HeaderChanges.NONE)) {
      head.getResponseBuilder().setHeaderMutation(mutation(changes));
    }
    return head.build();
  }

  private static HeaderMutation mutation(Reply.HeaderChanges changes) {
    HeaderMutation.Builder mutation = HeaderMutation.newBuilder();
    mutation.addAllRemoveHeaders(changes.remove());
    changes.set().forEach((name, value) -> mutation.addSetHeaders(header(name, value)));
    return mutation.build();
  }

  private static HeaderValueOption header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(
            HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFromUtf8(value)))
        .setAppendAction(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
        .build();
  }

  private static BodyResponse body(List<ByteBuffer> bytes, boolean end) {
    ByteString joined = ByteString.empty();
    for (ByteBuffer buffer : bytes) {
      joined = joined.concat(UnsafeByteOperations.unsafeWrap(buffer));
    }
    StreamedBodyResponse streamed =
        StreamedBodyResponse.newBuilder().setBody(joined).setEndOfStream(end).build();
    return BodyResponse.newBuilder()
        .setResponse(
            CommonResponse.newBuilder()
                .setBodyMutation(BodyMutation.newBuilder().setStreamedResponse(streamed)))
        .build();
  }

  private static ImmediateResponse answer(
      int status, Map<String, String> headers, ByteString body) {
    return ImmediateResponse.newBuilder()
        .setStatus(HttpStatus.newBuilder().setCodeValue(status))
        .setHeaders(mutation(new Reply.HeaderChanges(headers, List.of())))
        .setBody(body)
        .setDetails(DETAILS)
        .build();
  }

  private static ProcessingMode responseBodyToo(Streams streams) {
    boolean bodies = streams.requestBodies();
    return ProcessingMode.newBuilder()
        .setRequestHeaderMode(ProcessingMode.HeaderSendMode.SEND)
        .setRequestBodyMode(
            bodies
                ? ProcessingMode.BodySendMode.FULL_DUPLEX_STREAMED
                : ProcessingMode.BodySendMode.NONE)
        .setRequestTrailerMode(
            bodies ? ProcessingMode.HeaderSendMode.SEND : ProcessingMode.HeaderSendMode.SKIP)
        .setResponseHeaderMode(ProcessingMode.HeaderSendMode.SEND)
        .setResponseBodyMode(ProcessingMode.BodySendMode.FULL_DUPLEX_STREAMED)
        .setResponseTrailerMode(ProcessingMode.HeaderSendMode.SEND)
        .build();
  }
}
