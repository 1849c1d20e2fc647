package dev.menura.policy.load;

import dev.menura.policy.cel.ConditionLimits;
import dev.menura.policy.cel.Variable;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Quantity;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.YamlReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The tables of the reference page, as the code has them.
final class ReferenceTables {
  private ReferenceTables() {}

  static Map<String, String> all() {
    Map<String, String> tables = new LinkedHashMap<>();
    tables.put("document", keys(Header.SHAPE));
    tables.put("policy", keys(DocumentShapes.spec(Header.Kind.POLICY)));
    tables.put("actions", actions());
    tables.put("allow", keys(ActionType.ALLOW));
    tables.put("block", keys(ActionType.BLOCK));
    tables.put("certificate", keys(ActionType.CERTIFICATE));
    tables.put("presented", keys(ActionType.CLIENT_CERTIFICATE));
    tables.put("list", keys(DocumentShapes.spec(Header.Kind.LIST)));
    tables.put("gateway", keys(DocumentShapes.spec(Header.Kind.GATEWAY)));
    tables.put("variables", variables());
    tables.put("limits", limits());
    return tables;
  }

  private static String keys(Shape<?> shape) {
    StringBuilder table = new StringBuilder("| key | default | what it says |\n|---|---|---|\n");
    rows("", shape, table);
    return table.toString();
  }

  private static void rows(String prefix, Shape<?> shape, StringBuilder table) {
    for (Field<?> field : shape.fields()) {
      String name = prefix + field.name();
      String standard =
          field.required()
              ? "must be there"
              : field.shown().isEmpty() ? "" : "`" + field.shown() + "`";
      row(table, "`" + name + "`", standard, field.doc());
      field.type().shape().ifPresent(inner -> rows(inner(name, field), inner, table));
    }
  }

  private static String inner(String name, Field<?> field) {
    return name + (field.type().expected().startsWith("a list") ? "[]." : ".");
  }

  private static String actions() {
    StringBuilder table = new StringBuilder("| action | decides | what it does |\n|---|---|---|\n");
    ActionType.DOCS.forEach(
        (action, doc) -> row(table, "`" + action + "`", doc.decides() ? "yes" : "no", doc.text()));
    return table.toString();
  }

  private static String variables() {
    StringBuilder table =
        new StringBuilder("| variable | type | known from | empty value | what it says |\n");
    table.append("|---|---|---|---|---|\n");
    for (Variable variable : Variable.values()) {
      row(
          table,
          "`" + variable.text() + "`",
          variable.kind().shown(),
          variable.phase().name().toLowerCase(Locale.ROOT).replace('_', ' '),
          empty(variable),
          variable.doc());
    }
    return table.toString();
  }

  private static String empty(Variable variable) {
    return switch (variable) {
      case CLIENT_IP, HOST_NAME, HOST_PORT -> "always there";
      case REQUEST_BODY, RESPONSE_BODY -> variable.kind().empty();
      default -> "`" + variable.kind().empty() + "`";
    };
  }

  private static String limits() {
    StringBuilder table = new StringBuilder("| what | at most |\n|---|---|\n");
    row(table, "size of a document's file", Quantity.shownSize(Folder.DOCUMENT_MAX));
    row(table, "size of a file that a document names", Quantity.shownSize(Folder.FILE_MAX));
    row(table, "documents' files in a folder", number(Folder.DOCUMENTS_MAX));
    row(table, "values in a file, aliases counted in full", number(YamlReader.VALUES_MAX));
    row(table, "levels of nesting", number(YamlReader.DEPTH_MAX));
    row(table, "rules", number(RulesType.RULES_MAX));
    row(table, "users in a password file", number(PasswordFile.USERS_MAX));
    row(table, "groups of one user", number(GroupFile.GROUPS_MAX));
    row(table, "cost of a bcrypt hash", number(PasswordFile.BCRYPT_COST_MAX));
    row(table, "memory of an argon2 hash in KiB", number(PasswordFile.ARGON2_KIB_MAX));
    row(table, "passes of an argon2 hash", number(PasswordFile.ARGON2_PASSES_MAX));
    row(table, "lanes of an argon2 hash", number(PasswordFile.ARGON2_LANES_MAX));
    ConditionLimits.ALL.forEach((what, most) -> row(table, what, number(most)));
    return table.toString();
  }

  private static String number(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static void row(StringBuilder table, String... cells) {
    table.append("| ").append(String.join(" | ", List.of(cells))).append(" |\n");
  }
}
