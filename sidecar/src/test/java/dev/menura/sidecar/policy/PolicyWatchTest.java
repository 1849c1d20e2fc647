package dev.menura.sidecar.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.Documents;
import dev.menura.policy.Issue;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.PolicyLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class PolicyWatchTest {
  private static final String POLICY =
      """
      apiVersion: menura.dev/v1
      kind: Policy
      metadata: {name: test}
      spec: {rules: [{name: all, when: 'true', then: %s}]}
      """;
  private static final String LIST =
      """
      ---
      apiVersion: menura.dev/v1
      kind: List
      metadata: {name: bad}
      spec: {category: bad, file: bad.txt}
      """;

  @TempDir private Path folder;
  private final List<String> heard = new ArrayList<>();
  private final List<Documents> accepted = new ArrayList<>();
  private PolicyWatch watch;

  @BeforeEach
  void makeWatch() {
    watch = watchTelling(heard::add);
  }

  private PolicyWatch watchTelling(java.util.function.Consumer<String> ear) {
    return new PolicyWatch(
        new PolicyFolder(folder),
        new PolicyLoader(Detectors.kinds()),
        new PolicyWatch.Listener() {
          @Override
          public void accepted(Documents documents) {
            accepted.add(documents);
            ear.accept("accepted");
          }

          @Override
          public void rejected(List<Issue> issues) {
            ear.accept(
                "rejected: " + issues.stream().filter(Issue::isError).map(Issue::message).toList());
          }
        });
  }

  private void policy(String text) throws IOException {
    Files.writeString(folder.resolve("policy.yaml"), text);
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      watch.look();
    }
  }

  @Test
  void isSilentWhileNothingChanges() throws Exception {
    policy(POLICY.formatted("allow"));
    watch.load();
    look(5);
    assertThat(heard).isEmpty();
  }

  @Test
  void tellsOfAChangeOnceTheFilesAreLeftAlone() throws Exception {
    policy(POLICY.formatted("allow"));
    String before = watch.load().version();
    policy(POLICY.formatted("block"));
    look(1);
    assertThat(heard).isEmpty();
    policy(POLICY.formatted("passthrough"));
    look(1);
    assertThat(heard).isEmpty();
    look(1);
    assertThat(heard).containsExactly("accepted");
    assertThat(accepted.getFirst().version()).isNotEqualTo(before);
    look(3);
    assertThat(heard).hasSize(1);
  }

  @Test
  void isSilentWhereAFileWasTouchedAndSaysTheSame() throws Exception {
    policy(POLICY.formatted("allow"));
    watch.load();
    policy(POLICY.formatted("allow"));
    look(3);
    assertThat(heard).isEmpty();
  }

  @Test
  void seesAFileThatAnEditorPutInPlaceByRenaming() throws Exception {
    policy(POLICY.formatted("allow"));
    watch.load();
    Path fresh = Files.writeString(folder.resolve("policy.yaml~"), POLICY.formatted("block"));
    Files.setLastModifiedTime(fresh, Files.getLastModifiedTime(folder.resolve("policy.yaml")));
    Files.move(fresh, folder.resolve("policy.yaml"), StandardCopyOption.ATOMIC_MOVE);
    look(2);
    assertThat(heard).containsExactly("accepted");
  }

  @Test
  void reportsABadPolicyOnceAndTheNextGoodOne() throws Exception {
    policy(POLICY.formatted("allow"));
    watch.load();
    policy(POLICY.formatted("blok"));
    look(5);
    assertThat(heard).singleElement().asString().startsWith("rejected: ").contains("'blok'");
    policy(POLICY.formatted("allow"));
    look(5);
    assertThat(heard).hasSize(2).endsWith("accepted");
  }

  @Test
  void seesAChangeOfAFileThatADocumentNames() throws Exception {
    Files.writeString(folder.resolve("bad.txt"), "a.test\n");
    policy(POLICY.formatted("allow") + LIST);
    watch.load();
    look(5);
    Files.writeString(folder.resolve("bad.txt"), "a.test\nb.test\n");
    look(2);
    assertThat(heard).containsExactly("accepted");
  }

  @Test
  void seesThatAMissingFileHasCome() throws Exception {
    policy(POLICY.formatted("allow"));
    watch.load();
    policy(POLICY.formatted("allow") + LIST);
    look(5);
    assertThat(heard).singleElement().asString().contains("bad.txt");
    Files.writeString(folder.resolve("bad.txt"), "a.test\n");
    look(2);
    assertThat(heard).hasSize(2).endsWith("accepted");
  }

  @Test
  void seesADocumentThatWasAddedAndOneThatWasRemoved() throws Exception {
    policy(POLICY.formatted("allow"));
    watch.load();
    Files.writeString(folder.resolve("bad.txt"), "a.test\n");
    Path list = Files.writeString(folder.resolve("list.yml"), LIST);
    look(2);
    assertThat(heard).containsExactly("accepted");
    look(5);
    Files.delete(list);
    look(2);
    assertThat(heard).containsExactly("accepted", "accepted");
  }

  @Test
  void keepsQuietAboutHiddenAndOtherFiles() throws Exception {
    policy(POLICY.formatted("allow"));
    watch.load();
    Files.writeString(folder.resolve(".#policy.yaml"), "lock of an editor");
    Files.writeString(folder.resolve("notes.txt"), "notes");
    look(3);
    assertThat(heard).isEmpty();
  }

  @Test
  void reportsThatTheFolderIsGoneAndThatItIsBack() throws Exception {
    policy(POLICY.formatted("allow"));
    watch.load();
    Path away = folder.resolveSibling(folder.getFileName() + "-away");
    Files.move(folder, away);
    look(3);
    assertThat(heard).singleElement().asString().startsWith("rejected");
    Files.move(away, folder);
    look(3);
    assertThat(heard).hasSize(2).endsWith("accepted");
  }

  @Test
  void refusesAFileOutsideTheFolderAndOneThatIsNoFile() throws Exception {
    PolicyFolder source = new PolicyFolder(folder);
    assertThatThrownBy(() -> source.read("../passwd", 10)).hasMessageContaining("outside");
    assertThatThrownBy(() -> source.read("/etc/passwd", 10)).hasMessageContaining("outside");
    assertThat(new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start().waitFor())
        .isZero();
    assertThatThrownBy(() -> source.read("pipe", 10)).hasMessageContaining("not a regular file");
  }

  @Test
  void readsNoMoreOfAFileThanIsWanted() throws Exception {
    Files.writeString(folder.resolve("big.txt"), "0123456789");
    assertThat(new PolicyFolder(folder).read("big.txt", 4)).hasSize(4);
  }

  @Test
  void noticesAChangeWithinASecondOnItsOwnThread() throws Exception {
    policy(POLICY.formatted("allow"));
    BlockingQueue<String> queue = new LinkedBlockingQueue<>();
    try (PolicyWatch running = watchTelling(queue::add)) {
      running.load();
      running.start();
      policy(POLICY.formatted("block"));
      assertThat(queue.poll(20, TimeUnit.SECONDS)).isEqualTo("accepted");
    }
    assertThat(PolicyWatch.INTERVAL.multipliedBy(3)).isLessThan(java.time.Duration.ofSeconds(1));
  }

  @Test
  void startsWithAPolicyThatIsGoodAndWarnsOfNothing() throws Exception {
    Path starter = folder.resolve("policy");
    StarterPolicy.writeOnce(starter);
    Documents documents = new PolicyLoader(Detectors.kinds()).load(new PolicyFolder(starter));
    assertThat(documents.warnings()).isEmpty();
    assertThat(documents.gateway().listen()).isEqualTo(dev.menura.policy.Gateway.STANDARD.listen());
  }

  @Test
  void startsWithExamplesThatAreGoodAsSoonAsTheyAreUncommented() throws Exception {
    Path starter = folder.resolve("policy");
    StarterPolicy.writeOnce(starter);
    Path file = starter.resolve("policy.yaml");
    String text = Files.readString(file);
    Files.writeString(
        file,
        text.replaceAll("(?m)^    # ( *)(- name|when|then|mode)", "    $1$2")
            .replaceAll("(?m)^# (---|apiVersion|kind|metadata|spec)", "$1"));
    Documents documents = new PolicyLoader(Detectors.kinds()).load(new PolicyFolder(starter));
    assertThat(text.lines().filter(line -> line.startsWith("    # - name"))).hasSize(6);
    assertThat(documents.warnings()).isEmpty();
    assertThat(documents.policy().kinds(dev.menura.policy.Phase.REQUEST_BODY))
        .containsExactly("credit-card");
  }

  @Test
  void leavesAStarterPolicyThatTheOperatorChangedAlone() throws Exception {
    Path starter = folder.resolve("policy");
    StarterPolicy.writeOnce(starter);
    Files.writeString(starter.resolve("policy.yaml"), POLICY.formatted("block"));
    StarterPolicy.writeOnce(starter);
    assertThat(starter.resolve("policy.yaml")).hasContent(POLICY.formatted("block"));
  }

  @Test
  void refusesToStartWithABadPolicy() throws Exception {
    policy("kind: [");
    assertThatThrownBy(watch::load).isInstanceOf(PolicyException.class);
  }
}
