package dev.menura.extproc.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SystemAddressesTest {
  private static final InetAddress GOOD = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress BAD = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress OWN = InetAddress.ofLiteral("192.0.2.77");
  private static final InetAddress SIX = InetAddress.ofLiteral("2001:db8::1");

  private static final CountDownLatch RELEASE = new CountDownLatch(1);

  private final List<String> asked = new ArrayList<>();

  private static final SystemAddresses.Rules RULES =
      new SystemAddresses.Rules() {
        @Override
        public List<InetAddress> mapped(String host) {
          return host.equals("mapped.test") ? List.of(BAD) : List.of();
        }

        @Override
        public boolean allowed(InetAddress address) {
          return !address.equals(BAD);
        }

        @Override
        public boolean own(InetAddress address, int port) {
          return address.equals(OWN) && port == 3128;
        }
      };

  private Addresses.Answer of(String host, int port, InetAddress... found) {
    return new SystemAddresses(
            () -> RULES,
            name -> {
              asked.add(name);
              return found;
            },
            Duration.ofSeconds(5))
        .of(host, port);
  }

  @Test
  void handsOnOnlyWhatMayBeDialledIpv4First() {
    assertThat(of("shop.test", 443, SIX, BAD, GOOD))
        .isEqualTo(new Addresses.Answer.Checked(List.of(GOOD, SIX)));
  }

  @Test
  void handsOnABoundedNumber() {
    var many = new InetAddress[SystemAddresses.ADDRESSES_MAX + 1];
    java.util.Arrays.fill(many, GOOD);
    assertThat(of("shop.test", 443, many))
        .isInstanceOfSatisfying(
            Addresses.Answer.Checked.class,
            checked -> assertThat(checked.addresses()).hasSize(SystemAddresses.ADDRESSES_MAX));
  }

  @Test
  void refusesANameWithoutAnAllowedAddress() {
    assertThat(of("shop.test", 443, BAD)).isInstanceOf(Addresses.Answer.Refused.class);
  }

  @Test
  void checksTheOperatorsOwnMappingsToo() {
    assertThat(of("mapped.test", 443, GOOD)).isInstanceOf(Addresses.Answer.Refused.class);
    assertThat(asked).isEmpty();
  }

  @Test
  void refusesANameThatLeadsToTheGatewayAmongOthers() {
    assertThat(of("shop.test", 3128, GOOD, OWN)).isInstanceOf(Addresses.Answer.Refused.class);
    assertThat(of("shop.test", 443, GOOD, OWN)).isInstanceOf(Addresses.Answer.Checked.class);
  }

  private SystemAddresses finding(InetAddress... found) {
    return new SystemAddresses(() -> RULES, _ -> found, Duration.ofSeconds(5));
  }

  @Test
  void judgesAnAddressThatWasDialledAsOneThatWasResolved() {
    assertThat(finding().dialled(GOOD, 443)).isEqualTo(new Addresses.Answer.Checked(List.of(GOOD)));
    assertThat(finding().dialled(OWN, 443)).isInstanceOf(Addresses.Answer.Checked.class);
    assertThat(finding().dialled(OWN, 3128)).isInstanceOf(Addresses.Answer.Refused.class);
    assertThat(finding().dialled(BAD, 443))
        .isInstanceOfSatisfying(
            Addresses.Answer.Refused.class,
            refused -> assertThat(refused.detail()).startsWith("This is 10.0.0.1, an address"));
  }

  @Test
  void saysWhichAddressesANameHasHoweverMany() {
    var many = new InetAddress[SystemAddresses.ADDRESSES_MAX + 2];
    java.util.Arrays.fill(many, GOOD);
    many[many.length - 1] = SIX;
    assertThat(finding(many).has("shop.test", SIX)).isTrue();
    assertThat(finding(many).has("shop.test", OWN)).isFalse();
    // The operator's word takes the resolver's place.
    assertThat(finding(GOOD).has("mapped.test", GOOD)).isFalse();
    assertThat(finding(GOOD).has("mapped.test", BAD)).isTrue();
  }

  @Test
  void saysThatANameIsUnknown() {
    var addresses =
        new SystemAddresses(
            () -> RULES,
            name -> {
              throw new UnknownHostException(name);
            },
            Duration.ofSeconds(5));
    assertThat(addresses.of("none.test", 443)).isInstanceOf(Addresses.Answer.Unresolved.class);
  }

  @Test
  void givesUpOnASilentNameServer() {
    var never = new CountDownLatch(1);
    var addresses =
        new SystemAddresses(
            () -> RULES,
            name -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw new UnknownHostException(name);
            },
            Duration.ofMillis(10));
    assertThat(addresses.of("slow.test", 443)).isInstanceOf(Addresses.Answer.Unresolved.class);
  }

  /// As many look-ups as there are carriers of virtual threads wait where a virtual thread cannot
  /// leave its carrier, as in native code: during the initialization of a class.
  @Test
  void virtualThreadsGoOnWhileLookUpsHangInNativeCode() throws InterruptedException {
    int carriers = Runtime.getRuntime().availableProcessors();
    var waiting = new CountDownLatch(carriers);
    var addresses =
        new SystemAddresses(
            () -> RULES,
            name -> {
              waiting.countDown();
              return Hanging.ANSWER;
            },
            Duration.ofMinutes(1));
    var askers =
        IntStream.range(0, carriers)
            .mapToObj(i -> Thread.ofVirtual().start(() -> addresses.of(i + ".test", 443)))
            .toList();
    try {
      assertThat(waiting.await(20, TimeUnit.SECONDS)).as("all look-ups have begun").isTrue();
      var other = Thread.ofVirtual().start(() -> {});
      assertThat(other.join(Duration.ofSeconds(20))).as("another thread has run").isTrue();
    } finally {
      RELEASE.countDown();
    }
    for (Thread asker : askers) {
      asker.join();
    }
  }

  private static final class Hanging {
    static final InetAddress[] ANSWER = answer();

    private Hanging() {}

    private static InetAddress[] answer() {
      try {
        RELEASE.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new InetAddress[] {GOOD};
    }
  }
}
