package dev.menura.e2e;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.LoggerFactory;

/// What the parts in this process have logged last. Thread-safe.
final class SidecarLog extends AppenderBase<ILoggingEvent> {
  private static final int LINES_MAX = 5_000;

  private final Deque<String> lines = new ArrayDeque<>();

  static SidecarLog keep() {
    var log = new SidecarLog();
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      log.setContext(root.getLoggerContext());
      log.start();
      root.addAppender(log);
    }
    return log;
  }

  @Override
  protected void append(ILoggingEvent event) {
    var fields = event.getKeyValuePairs();
    var cause = event.getThrowableProxy();
    var line =
        "%s %s %s: %s%s%s"
            .formatted(
                event.getInstant(),
                event.getLevel(),
                event.getLoggerName(),
                event.getFormattedMessage(),
                fields == null ? "" : " " + fields,
                cause == null ? "" : " " + cause.getClassName() + ": " + cause.getMessage());
    synchronized (lines) {
      lines.addLast(line);
      if (lines.size() > LINES_MAX) {
        lines.removeFirst();
      }
    }
  }

  String text() {
    synchronized (lines) {
      return String.join("\n", lines) + "\n";
    }
  }

  void clear() {
    synchronized (lines) {
      lines.clear();
    }
  }
}
