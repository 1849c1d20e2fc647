package dev.menura.extproc.inspect;

import static dev.menura.extproc.inspect.Cards.AMEX;
import static dev.menura.extproc.inspect.Cards.MASTERCARD;
import static dev.menura.extproc.inspect.Cards.VISA;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CardNumbersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111111111111111", // Visa
        "4222222222222", // Visa, 13 digits
        "4000000000000000006", // Visa, 19 digits
        "5555555555554444", // Mastercard
        "2221000000000009", // Mastercard, first of the 2-series
        "2720990000000007", // Mastercard, end of the 2-series
        "378282246310005", // American Express
        "341111111111111",
        "6011000990139424", // Discover
        "6445644564456445",
        "3530111333300000", // JCB
        "30569309025904", // Diners Club
        "36227206271667",
        "6212345678901265", // UnionPay
        "6205500000000000004",
        "6759649826438453", // Maestro
        "6304000000000000",
        "5019717010103742", // Dankort
        "122000000000003", // UATP
        "2200000000000004" // Mir
      })
  void findsTestNumbersOfEachBrand(String number) {
    assertThat(Cards.find(number).count()).isOne();
    assertThat(Cards.find("pay " + number + ", please").first()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111111111111112", // wrong check digit
        "4012-8888-8888-1882",
        "9111111111111110", // no such issuer
        "41111111111114", // Visa has no 14 digits
        "2720999999999999", // wrong check digit
        "2721000000000004", // just past Mastercard's 2-series
        "2220990000000002", // just before it
        "37828224631003", // too short for American Express
        "0000000000000000",
        "100000000000009", // counted up from 10^14
        "411111111117", // 12 digits
      })
  void takesNothingElseForANumber(String number) {
    assertThat(Cards.find(number).count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111+1111+1111+1111",
        "4111%201111%201111%201111",
        "4111%2D1111%2d1111%2D1111",
        "4111-1111 1111-1111",
        "4111\u00a01111\u00a01111\u00a01111",
        "4111\u202f1111\u202f1111\u202f1111",
        "4111\u20111111\u20111111\u20111111",
        "4111\u20131111\u20131111\u20131111",
        "41111111 11111111",
        "41 11 11 11 11 11 11 11",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "411111 1111111111",
      })
  void joinsGroupsByOneSeparator(String number) {
    assertThat(Cards.find(number).evidence()).containsExactly("4111********1111");
    assertThat(Cards.find("x: " + number + " x").first()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111  1111  1111  1111", // two separators
        "4111 - 1111 - 1111 - 1111",
        "4111.1111.1111.1111",
        "4111/1111/1111/1111",
        "4111, 1111, 1111, 1111",
        "4111\t1111\t1111\t1111",
        "4111%2111111111111",
        "4111%221111%221111%221111",
      })
  void joinsGroupsByNothingElse(String text) {
    assertThat(Cards.find(text).count()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"card\":\"#\",\"cvc\":\"123\"}",
        "{\"card\":#,\"cvc\":123}",
        "[#]",
        "<td>#</td><td>12/27</td>",
        "<card number='#'/>",
        "1,#,Jane Doe,12/27",
        "17;#;Jane Doe",
        "card=#&exp=1227",
        "card%3D#%26exp%3D1227",
        "%7B%22card%22%3A%22#%22%7D",
        "%7B%22card%22%3A#%7D",
        "text\\n#\\r\\n",
        "\\\"#\\\"",
        "\\u0022#\\u0022",
        "\\u00a0#",
        "\\x22#\\x22",
        "%E5%8D%A1#",
        "%0A#",
        "卡号#。",
        "%B#^DOE/JANE^2712101",
        ";#=2712101000",
        "no.#",
        "No. #.",
        "#:12/27:123",
        "# 12/27 123",
        "# 123",
        "12 #",
        "#.0",
        "_#_",
        "-#-",
        "+#",
        "(#)",
        "LIKE '%#%'",
      })
  void findsNumbersInTheirUsualSurroundings(String text) {
    for (String number : new String[] {VISA, "4111-1111-1111-1111"}) {
      assertThat(Cards.find(text.replace("#", number)))
          .as(number)
          .isEqualTo(
              new Cards.Result(
                  1,
                  List.of("4111********1111"),
                  text.substring(0, text.indexOf('#')).getBytes(StandardCharsets.UTF_8).length));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a#",
        "#a",
        "sha#f00d",
        "id#x",
        "0#",
        "#0",
        "00000#",
        "#000000000000000000000000",
        "3.#", // a decimal fraction
        "51.0#",
        "%2#0",
        "\\u#",
      })
  void takesPartsOfLongerRunsForIdentifiers(String text) {
    assertThat(Cards.find(text.replace("#", VISA)).count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12 4111 1111 1111 1111 05 27 123",
        "2027-4111-1111-1111-1111-2027",
        "1 2 3 4 5 6 7 8 9 4111 1111 1111 1111 5",
        "12 4111111111111111 27",
        "99999999999999999999999999 4111111111111111",
        "%2 4111 1111 1111 1111",
        "7%2%204111 1111 1111 1111",
      })
  void findsNumbersAmongOtherGroups(String text) {
    assertThat(Cards.find(text).evidence()).containsExactly("4111********1111");
    assertThat(Cards.find(text).first()).isEqualTo(text.indexOf("4111"));
  }

  @Test
  void readsAnAccountNumberAsNoCard() {
    // The bank's part of this account number would pass for a Visa number.
    assertThat(Cards.find("DE12 4111 1111 1111 1111 00").count()).isZero();
    assertThat(Cards.find("DE12 4111 1111 1111 1111 00, 4111 1111 1111 1111").count()).isOne();
    assertThat(Cards.find("CVV12 4111 1111 1111 1111").count()).isOne();
  }

  @Test
  void tellsValuesApartNotPlaces() {
    String text = VISA + "," + "4111 1111 1111 1111" + "," + MASTERCARD + "\n" + AMEX + "\n" + AMEX;

    assertThat(Cards.find(text).count()).isEqualTo(3);
    assertThat(Cards.find(text).evidence())
        .containsExactly("4111********1111", "5555********4444", "3782*******0005");
  }

  @Test
  void findsNumbersThatFollowEachOther() {
    assertThat(Cards.find("4111 1111 1111 1111 5555 5555 5555 4444").count()).isEqualTo(2);
    assertThat(Cards.find(VISA + " " + MASTERCARD + " " + AMEX).count()).isEqualTo(3);
    assertThat(Cards.find(VISA + "\n" + MASTERCARD + "\n" + AMEX).count()).isEqualTo(3);
  }

  static IntStream seeds() {
    return IntStream.range(0, 50);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsTheSameHoweverTheTextIsCut(int seed) {
    byte[] text = noise(seed).getBytes(StandardCharsets.UTF_8);
    Cards.Result whole = Cards.find(text, text.length);

    for (int piece = 1; piece < 40; piece++) {
      assertThat(Cards.find(text, piece)).as("pieces of %s", piece).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void keepsOpenWhereANumberThatIsReportedLaterStarts(int seed) {
    byte[] text = noise(seed).getBytes(StandardCharsets.UTF_8);
    Findings findings = new Findings(new KeyedHash(1, 2));
    CardNumbers detector = new CardNumbers(findings);
    long open = 0;
    for (int i = 0; i < text.length && findings.count() == 0; i++) {
      detector.feed(text, i, i + 1);
      if (findings.count() > 0) {
        assertThat(findings.first()).isGreaterThanOrEqualTo(open);
      } else {
        assertThat(detector.open()).isBetween(open, i + 1L);
        assertThat(i + 1 - detector.open()).isLessThanOrEqualTo(CardNumbers.KIND.longest());
      }
      open = detector.open();
    }
  }

  /// Digits, separators, escapes and now and then a number.
  private static String noise(int seed) {
    Random random = new Random(seed);
    String[] words = {
      "1",
      "22",
      "4444",
      "90909090",
      " ",
      "-",
      "+",
      "%20",
      "%2",
      "%22",
      "%",
      "\\u0022",
      "\\u",
      "x",
      "DE12",
      ".",
      "\u00a0",
      "\u2013",
      "\u2014",
      "\n",
      "\"",
      "4111 1111 1111 1111",
      VISA,
      "word "
    };
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      text.append(words[random.nextInt(words.length)]);
      if (random.nextInt(20) == 0) {
        text.append(' ').append(Cards.number("5" + (1 + random.nextInt(5)), 16, random));
      }
    }
    return text.toString();
  }

  @Test
  void countsUpToItsBound() {
    Random random = new Random(7);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Findings.COUNT_MAX + 100; i++) {
      text.append(Cards.number("4" + (1_000_000 + i), 16, random)).append('\n');
    }

    assertThat(Cards.find(text.toString()).count()).isEqualTo(Findings.COUNT_MAX);
    assertThat(Cards.find(text.toString()).evidence()).hasSize(Findings.EVIDENCE_MAX);
  }
}
