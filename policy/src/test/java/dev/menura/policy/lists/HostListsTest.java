package dev.menura.policy.lists;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.net.Cidr;
import dev.menura.policy.net.HostPattern;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostListsTest {
  private static HostList list(String name, String category, String... entries) {
    List<Cidr> addresses =
        Arrays.stream(entries).flatMap(entry -> Cidr.parse(entry).stream()).toList();
    List<HostPattern> hosts =
        Arrays.stream(entries)
            .filter(entry -> Cidr.parse(entry).isEmpty())
            .map(entry -> HostPattern.parse(entry).orElseThrow())
            .toList();
    return new HostList(
        name, Optional.of(category).filter(text -> !text.isEmpty()), hosts, addresses);
  }

  @Test
  void mostSpecificEntryGivesTheCategory() {
    HostLists lists =
        new HostLists(
            List.of(
                list("wide", "media", "*.example"),
                list("narrow", "games", "*.a.example"),
                list("exact", "news", "x.a.example")));
    assertThat(lists.host("x.a.example").category()).isEqualTo("news");
    assertThat(lists.host("x.a.example").categories()).containsExactly("news", "games", "media");
    assertThat(lists.host("x.a.example").lists()).containsExactly("exact", "narrow", "wide");
    assertThat(lists.host("y.x.a.example").category()).isEqualTo("games");
    assertThat(lists.host("a.example").category()).isEqualTo("media");
    assertThat(lists.host("example").lists()).isEmpty();
    assertThat(lists.host("example").category()).isEmpty();
  }

  @Test
  void orderOfTheDocumentsDecidesBetweenEquallySpecificEntries() {
    HostLists lists =
        new HostLists(List.of(list("b", "two", "a.example"), list("a", "one", "a.example")));
    assertThat(lists.host("a.example").category()).isEqualTo("two");
  }

  @Test
  void listWithoutACategoryLeavesItToTheNext() {
    HostLists lists =
        new HostLists(List.of(list("exact", "", "a.example"), list("wide", "media", "*.example")));
    assertThat(lists.host("a.example").category()).isEqualTo("media");
    assertThat(lists.host("a.example").lists()).containsExactly("exact", "wide");
  }

  @Test
  void namesThatOnlyEndAlikeDoNotFit() {
    HostLists lists = new HostLists(List.of(list("a", "x", "*.bank.example", "shop.example")));
    assertThat(lists.host("notbank.example").lists()).isEmpty();
    assertThat(lists.host("a.shop.example").lists()).isEmpty();
    assertThat(lists.host("a.bank.example.evil.test").lists()).isEmpty();
  }

  @Test
  void addressesAreFoundByTheSmallestBlock() {
    HostLists lists =
        new HostLists(
            List.of(
                list("office", "internal", "10.0.0.0/8", "2001:db8::/32"),
                list("lab", "lab", "10.1.0.0/16")));
    assertThat(lists.host("10.1.2.3").category()).isEqualTo("lab");
    assertThat(lists.host("10.2.2.3").category()).isEqualTo("internal");
    assertThat(lists.client("10.1.2.3")).containsExactly("lab", "office");
    assertThat(lists.client("2001:db8::7")).containsExactly("office");
    assertThat(lists.client("11.0.0.1")).isEmpty();
    assertThat(lists.client("not an address")).isEmpty();
  }

  @Test
  void clientsAreNotLookedUpByName() {
    HostLists lists = new HostLists(List.of(list("a", "x", "a.example")));
    assertThat(lists.client("a.example")).isEmpty();
  }
}
