package dev.menura.sidecar.demo;

import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;

/// The demo's policy, as files that can be read and changed while it runs.
final class DemoPolicy {
  private static final String GATEWAY =
      """
      apiVersion: menura.dev/v1
      kind: Gateway
      metadata: {name: default}
      spec:
        listen: {explicit: {address: "127.0.0.1:0"}}
        upstream:
          trust: {roots: [demo-root.pem]}
          allow-addresses: [127.0.0.0/8]
          hosts: {"*.demo.test": 127.0.0.1}
      """;

  private static final String RULES =
      """
      apiVersion: menura.dev/v1
      kind: Policy
      metadata: {name: demo}
      spec:
        rules:
          - name: banks-stay-private
            when: host.category == 'finance'
            then: passthrough
          - name: no-gambling
            when: host.category == 'gambling'
            then: {block: {reason: Gambling sites are not allowed at work}}
      %s    - name: card-numbers-stay-here
            when: host.name in ['drop.demo.test', 'echo.demo.test'] && request.body.count('credit-card') >= 1
            then: {block: {reason: Card numbers must not leave the company}}
          - name: everything-else
            when: 'true'
            then: allow
      ---
      apiVersion: menura.dev/v1
      kind: List
      metadata: {name: banks}
      spec: {category: finance, hosts: [bank.demo.test]}
      ---
      apiVersion: menura.dev/v1
      kind: List
      metadata: {name: betting}
      spec: {category: gambling, hosts: [bets.demo.test]}
      """;

  private static final String NO_NEWS =
      """
          - name: no-news
            when: host.name == 'news.demo.test'
            then: {block: {reason: No news is good news}}
      """;

  private final Path folder;

  private DemoPolicy(Path folder) {
    this.folder = folder;
  }

  static DemoPolicy write(Path folder, String rootPem) throws IOException {
    PrivateFiles.createFolder(folder);
    PrivateFiles.write(folder.resolve("demo-root.pem"), rootPem);
    PrivateFiles.write(folder.resolve("gateway.yaml"), GATEWAY);
    PrivateFiles.write(folder.resolve("policy.yaml"), RULES.formatted(""));
    return new DemoPolicy(folder);
  }

  Path folder() {
    return folder;
  }

  /// The edit: from now on `news.demo.test` is blocked.
  void blockNews() throws IOException {
    PrivateFiles.write(folder.resolve("policy.yaml"), RULES.formatted(NO_NEWS));
  }
}
