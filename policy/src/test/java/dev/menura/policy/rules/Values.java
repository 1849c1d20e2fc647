package dev.menura.policy.rules;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/// The value of each variable in a generated exchange.
record Values(Map<String, Object> all) {
  Object value(String variable) {
    Object value = all.get(variable);
    if (value == null) {
      throw new NoSuchElementException(variable);
    }
    return value;
  }

  String text(String variable) {
    return (String) value(variable);
  }

  int number(String variable) {
    return ((Long) value(variable)).intValue();
  }

  @SuppressWarnings("unchecked")
  List<String> texts(String variable) {
    return (List<String>) value(variable);
  }

  @SuppressWarnings("unchecked")
  Map<String, String> headers(String variable) {
    return (Map<String, String>) value(variable);
  }

  @SuppressWarnings("unchecked")
  Map<String, Long> counts(String variable) {
    return (Map<String, Long>) value(variable);
  }

  Values with(Map<String, Object> others) {
    Map<String, Object> more = new HashMap<>(all);
    more.putAll(others);
    return new Values(more);
  }
}
