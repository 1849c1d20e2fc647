package dev.menura.policy.yaml;

import dev.menura.policy.yaml.YamlValue.Entry;
import dev.menura.policy.yaml.YamlValue.Mapping;
import dev.menura.policy.yaml.YamlValue.Scalar;
import dev.menura.policy.yaml.YamlValue.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// Reads the YAML documents of one file.
///
/// It builds values from the parser's events and not from the library's nodes: so that nesting is
/// bounded before anything recurses, duplicate keys are seen, and every value knows its place.
public final class YamlReader {
  /// How deeply lists and mappings may be nested.
  public static final int DEPTH_MAX = 50;

  /// How many values a file may hold, each use of an alias counted in full.
  public static final int VALUES_MAX = 1_000_000;

  private final SourceFile file;
  private final Issues issues;
  private final Map<Anchor, Named> anchors = new HashMap<>();

  private int values;

  /// A value that aliases can name.
  ///
  /// @param size how many values it consists of
  private record Named(YamlValue value, int size) {}

  private YamlReader(SourceFile file, Issues issues) {
    this.file = file;
    this.issues = issues;
  }

  /// The documents of a file. Where its syntax is broken, the error is reported and the documents
  /// in front of the error are returned.
  public static List<YamlValue> read(SourceFile file, Issues issues) {
    int[] text = file.text();
    for (int i = 0; i < text.length; i++) {
      if (!StreamReader.isPrintable(text[i])) {
        String found = String.format("the character U+%04X", text[i]);
        issues.error(file, i, "expected text, found " + found + ", which YAML does not allow");
        return List.of();
      }
    }
    return new YamlReader(file, issues).documents();
  }

  private List<YamlValue> documents() {
    List<YamlValue> documents = new ArrayList<>();
    try {
      Iterator<Event> events = new Parse(settings()).parseString(file.string()).iterator();
      while (events.hasNext()) {
        Event event = events.next();
        if (event instanceof NodeEvent) {
          YamlValue value = value(event, events, 0);
          if (!(value instanceof Scalar scalar && scalar.isNothing())) {
            documents.add(value);
          }
          anchors.clear();
        }
      }
    } catch (MarkedYamlEngineException e) {
      SyntaxError.report(file, e, issues);
    } catch (YamlEngineException e) {
      issues.error(file.name(), "the file is not YAML");
    } catch (Refused e) {
      issues.error(file, e.index, e.reason, e.hint);
    }
    return documents;
  }

  /// The library reads piece by piece, and copies all it has of a scalar or comment for each piece.
  /// One piece for the whole file keeps that from taking the square of its length.
  private LoadSettings settings() {
    return LoadSettings.builder()
        .setUseMarks(true)
        .setCodePointLimit(Integer.MAX_VALUE)
        .setBufferSize(Math.max(1024, file.text().length + 1))
        .build();
  }

  private YamlValue value(Event event, Iterator<Event> events, int depth) {
    int start = start(event);
    if (depth > DEPTH_MAX) {
      throw new Refused(start, "expected at most " + DEPTH_MAX + " levels of nesting, found more");
    }
    int before = values;
    count(1, start);
    YamlValue value =
        switch (event) {
          case AliasEvent alias -> aliased(alias, start);
          case ScalarEvent scalar -> scalar(scalar, start);
          case SequenceStartEvent list -> {
            refuseTag(list.getTag(), start);
            yield sequence(start, events, depth);
          }
          case MappingStartEvent mapping -> {
            refuseTag(mapping.getTag(), start);
            yield mapping(start, events, depth);
          }
          default -> throw new Refused(start, "expected a value");
        };
    if (event instanceof NodeEvent node && !(event instanceof AliasEvent)) {
      int size = values - before;
      node.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Named(value, size)));
    }
    return value;
  }

  /// The value that an alias names. A value inside itself is not yet known when it is asked for,
  /// and so refused like any other unknown name.
  private YamlValue aliased(AliasEvent alias, int start) {
    Named named = anchors.get(alias.getAlias());
    if (named == null) {
      String name = alias.getAlias().getValue();
      throw new Refused(start, "expected a value, found '*" + name + "', which names no value yet");
    }
    count(named.size, start);
    return named.value;
  }

  private void count(int more, int start) {
    values += more;
    if (values > VALUES_MAX) {
      throw new Refused(start, "expected at most " + VALUES_MAX + " values in a file, found more");
    }
  }

  private Scalar scalar(ScalarEvent event, int start) {
    refuseTag(event.getTag(), start);
    int end = event.getEndMark().map(Mark::getIndex).orElse(start);
    int own = event.getAnchor().isPresent() ? behindAnchor(start, end) : start;
    return new Scalar(file, own, end, event.getValue(), !event.isPlain());
  }

  /// The library's place of a scalar is that of its anchor.
  private int behindAnchor(int start, int end) {
    int[] text = file.text();
    int at = start;
    while (at < end && !Character.isWhitespace(text[at])) {
      at++;
    }
    while (at < end && Character.isWhitespace(text[at])) {
      at++;
    }
    return at;
  }

  private Sequence sequence(int start, Iterator<Event> events, int depth) {
    List<YamlValue> items = new ArrayList<>();
    for (Event next = events.next(); next instanceof NodeEvent; next = events.next()) {
      items.add(value(next, events, depth + 1));
    }
    return new Sequence(file, start, items);
  }

  private Mapping mapping(int start, Iterator<Event> events, int depth) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Scalar> seen = new HashMap<>();
    for (Event next = events.next(); next instanceof NodeEvent; next = events.next()) {
      YamlValue key = value(next, events, depth + 1);
      YamlValue value = value(events.next(), events, depth + 1);
      if (!(key instanceof Scalar name)) {
        issues.expected(key, "a key");
        continue;
      }
      Scalar first = seen.putIfAbsent(name.text(), name);
      if (first != null) {
        String where = file.place(first.start()).toString();
        issues.error(name, "duplicate key '" + name.text() + "', first used at " + where);
      } else {
        entries.add(new Entry(name, value));
      }
    }
    return new Mapping(file, start, entries);
  }

  private static void refuseTag(Optional<String> tag, int start) {
    if (tag.isPresent()) {
      throw new Refused(
          start,
          "expected a value without '!', found one with a YAML type",
          Optional.of("put the value in quotes, if '!' belongs to it"));
    }
  }

  private static int start(Event event) {
    return event.getStartMark().map(Mark::getIndex).orElse(0);
  }

  /// Ends the reading of a file.
  private static final class Refused extends RuntimeException {
    private final int index;
    private final String reason;
    private final transient Optional<String> hint;

    Refused(int index, String reason) {
      this(index, reason, Optional.empty());
    }

    Refused(int index, String reason, Optional<String> hint) {
      super(reason, null, false, false);
      this.index = index;
      this.reason = reason;
      this.hint = hint;
    }
  }
}
