package dev.menura.policy.load;

import dev.menura.policy.PolicySource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A policy folder in memory.
public final class MapSource implements PolicySource {
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  public static MapSource of(String name, String text) {
    return new MapSource().with(name, text);
  }

  public MapSource with(String name, String text) {
    return with(name, text.getBytes(StandardCharsets.UTF_8));
  }

  public MapSource with(String name, byte[] bytes) {
    files.put(name, bytes.clone());
    return this;
  }

  @Override
  public List<String> documents() {
    return files.keySet().stream()
        .filter(name -> !name.contains("/"))
        .filter(name -> name.endsWith(".yaml") || name.endsWith(".yml"))
        .toList();
  }

  @Override
  public byte[] read(String name, int atMost) throws IOException {
    byte[] bytes = files.get(name);
    if (bytes == null) {
      throw new NoSuchFileException(name);
    }
    return Arrays.copyOf(bytes, Math.min(bytes.length, atMost));
  }
}
