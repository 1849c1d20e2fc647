package dev.menura.policy.load;

import dev.menura.policy.net.Cidr;
import dev.menura.policy.net.HostPattern;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.SourceFile;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A file of hosts and addresses, one a line, or in the form of a hosts file (an address, then
/// names); `#` starts a comment.
final class ListFile {
  /// Names that a hosts file gives to the machine itself.
  private static final Set<String> OWN_NAMES =
      Set.of(
          "localhost",
          "localhost.localdomain",
          "local",
          "broadcasthost",
          "ip6-localhost",
          "ip6-loopback",
          "ip6-localnet",
          "ip6-mcastprefix",
          "ip6-allnodes",
          "ip6-allrouters",
          "ip6-allhosts",
          "0.0.0.0");

  private static final Pattern SPACE = Pattern.compile("\\s+");

  private ListFile() {}

  static void read(
      Scalar file, Folder folder, List<HostPattern> hosts, List<Cidr> addresses, Issues issues) {
    Optional<SourceFile> source =
        Names.file()
            .read(file, issues)
            .flatMap(name ->
                folder
                    .named(name, message -> issues.error(file, message))
                    .flatMap(bytes -> SourceFile.decode(name, bytes, issues)));
    source.ifPresent(given -> lines(given, hosts, addresses, issues));
  }

  private static void lines(
      SourceFile file, List<HostPattern> hosts, List<Cidr> addresses, Issues issues) {
    for (int line = 1; line <= file.lines(); line++) {
      String text = file.line(line);
      int comment = text.indexOf('#');
      String content = (comment < 0 ? text : text.substring(0, comment)).strip();
      if (content.isEmpty()) {
        continue;
      }
      List<String> words = SPACE.splitAsStream(content).toList();
      boolean hostsForm = words.size() > 1 && Cidr.address(words.getFirst()).isPresent();
      if (words.size() > 1 && !hostsForm) {
        issues.error(
            file, file.lineStart(line), "expected one host in a line, found '" + content + "'");
        continue;
      }
      for (String word : hostsForm ? words.subList(1, words.size()) : words) {
        entry(word, hostsForm, hosts, addresses, file, line, issues);
      }
    }
  }

  private static void entry(
      String word,
      boolean hostsForm,
      List<HostPattern> hosts,
      List<Cidr> addresses,
      SourceFile file,
      int line,
      Issues issues) {
    if (hostsForm && OWN_NAMES.contains(word)) {
      return;
    }
    Optional<Cidr> block = Cidr.parse(word);
    if (block.isPresent()) {
      addresses.add(block.get());
      return;
    }
    Optional<HostPattern> host = HostPattern.parse(word);
    if (host.isPresent()) {
      hosts.add(host.get());
    } else {
      int index = file.lineStart(line) + file.line(line).indexOf(word);
      issues.error(file, index, "expected a host name or an address, found '" + word + "'");
    }
  }
}
