package dev.menura.extproc.exchange;

import dev.menura.extproc.inspect.BodyScan;
import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A scan that remembers the whole body and finds marks: `#` and four digits. Every kind that it
/// was made for counts them.
final class MarkScan implements BodyScan {
  private static final Pattern MARK = Pattern.compile("#[0-9]{4}");
  private static final Pattern TAIL = Pattern.compile("#[0-9]{0,3}$");

  private final Set<String> kinds;
  private final Limits limits;
  private final StringBuilder body = new StringBuilder();
  private final StringBuilder trailers = new StringBuilder();
  private boolean last;
  private boolean closed;
  private Optional<Stop> stopped;

  MarkScan(Set<String> kinds, String contentEncoding, Limits limits) {
    this.kinds = kinds;
    this.limits = limits;
    this.stopped = contentEncoding.isEmpty() ? Optional.empty() : Optional.of(Stop.UNKNOWN_CODING);
  }

  @Override
  public void write(ByteBuffer chunk, boolean end) {
    if (last || closed) {
      throw new IllegalStateException(closed ? "closed" : "a body ends once");
    }
    body.append(StandardCharsets.ISO_8859_1.decode(chunk));
    if (body.length() > limits.inspectedBytes() && stopped.isEmpty()) {
      stopped = Optional.of(Stop.INSPECTED_BYTES);
    }
    last = end;
  }

  @Override
  public void close() {
    closed = true;
  }

  private Set<String> marks() {
    Set<String> marks = new TreeSet<>();
    Matcher matcher = MARK.matcher(body + "\n" + trailers);
    while (matcher.find()) {
      marks.add(matcher.group());
    }
    return marks;
  }

  @Override
  public long count(String kind) {
    if (!kinds.contains(kind)) {
      throw new IllegalArgumentException(kind);
    }
    return marks().size();
  }

  @Override
  public boolean complete() {
    return last && stopped.isEmpty();
  }

  @Override
  public long clearable(Set<String> asked) {
    if (asked.isEmpty()) {
      return body.length();
    }
    Matcher matcher = MARK.matcher(body);
    if (matcher.find()) {
      return matcher.start();
    }
    Matcher tail = TAIL.matcher(body);
    return tail.find() && !last ? tail.start() : body.length();
  }

  @Override
  public long whole() {
    return complete() ? body.length() : 0;
  }

  @Override
  public void trailers(Map<String, String> fields) {
    fields.values().forEach(value -> trailers.append(value).append('\n'));
  }

  @Override
  public Optional<Stop> stopped() {
    return stopped;
  }

  @Override
  public List<Found> found() {
    Set<String> marks = marks();
    return marks.isEmpty()
        ? List.of()
        : kinds.stream().map(kind -> new Found(kind, marks.size(), List.of("#****"))).toList();
  }
}
