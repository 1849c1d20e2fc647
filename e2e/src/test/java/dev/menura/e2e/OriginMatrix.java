package dev.menura.e2e;

import static dev.menura.e2e.Forged.dns;
import static dev.menura.e2e.ManyOrigins.TLS_1_0;
import static dev.menura.e2e.ManyOrigins.TLS_1_1;
import static dev.menura.e2e.ManyOrigins.TLS_1_2;
import static dev.menura.e2e.ManyOrigins.TLS_1_3;

import dev.menura.e2e.Forged.Draft;
import dev.menura.e2e.ManyOrigins.Server;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;

/// Origins, sound and not, one for each thing that can be right or wrong with a certificate, a
/// chain or a handshake, below roots that every client of the test trusts.
final class OriginMatrix {
  private static final Duration DAY = Duration.ofDays(1);

  /// One origin.
  ///
  /// @param rule the id in the list of attacks that has a say in it; empty where nothing is wrong
  /// @param host the name or address that clients ask for
  record Row(String id, String what, String rule, String host, Served served) {}

  /// Who serves an origin.
  sealed interface Served {
    record ByGo(Server server) implements Served {}

    /// What Go has no keys or ciphers for.
    record ByOpenSsl(Forged leaf, List<String> flags) implements Served {
      public ByOpenSsl {
        flags = List.copyOf(flags);
      }
    }
  }

  private final KeyPair rsa = Forged.rsa(2048);
  private final Forged root = Forged.root("Matrix Root");
  private final Forged between = root.intermediate("Matrix Intermediate", _ -> {});
  private final Forged ofRsa = authority(Forged.rsa(2048), "Matrix RSA Intermediate", _ -> {});
  private final Forged expiredRoot =
      Forged.selfSigned(
          Forged.ec("secp256r1"),
          "CN=Matrix Expired Root",
          true,
          draft -> draft.from(DAY.multipliedBy(-60)).until(DAY.negated()));
  private final Forged boundRoot =
      Forged.selfSigned(
          Forged.ec("secp256r1"),
          "CN=Matrix Bound Root",
          true,
          draft -> constrain(draft, permitting(dns("only.test"))));
  private final Forged revoking = root.intermediate("Matrix Revoking Intermediate", _ -> {});
  private final IssuerSite site;
  private final List<Row> rows = new ArrayList<>();

  OriginMatrix(IssuerSite site) {
    this.site = site;
    sound();
    dates();
    authorities();
    names();
    keysAndSignatures();
    whoMayIssue();
    constraints();
    purposesAndForm();
    revocation();
    chains();
    protocols();
  }

  List<Row> rows() {
    return List.copyOf(rows);
  }

  List<Forged> roots() {
    return List.of(root, expiredRoot, boundRoot);
  }

  /// The same, with a sound certificate for the first who comes.
  Row turningBad(Row row) {
    return switch (row.served()) {
      case Served.ByGo(Server server) -> {
        var sound =
            row.host().startsWith("127.")
                ? between.leaf(row.host(), draft -> draft.names(address(row.host())))
                : between.leaf(row.host(), _ -> {});
        yield new Row(
            row.id(),
            row.what(),
            row.rule(),
            row.host(),
            new Served.ByGo(
                server.first(
                    List.of(sound.der, between.der), sound.key.getPrivate().getEncoded())));
      }
      case Served.ByOpenSsl _ -> row;
    };
  }

  private void add(String id, String what, String rule, String host, Server server) {
    rows.add(new Row(id, what, rule, host, new Served.ByGo(server)));
  }

  /// Served with these certificates behind it.
  private static Server server(Forged leaf, Forged... behind) {
    var chain = new ArrayList<byte[]>();
    chain.add(leaf.der);
    Arrays.stream(behind).forEach(each -> chain.add(each.der));
    return new Server(chain, leaf.key.getPrivate().getEncoded());
  }

  private void add(String id, String what, String rule, Forged leaf, Forged... behind) {
    add(id, what, rule, id + ".test", server(leaf, behind));
  }

  /// A leaf for the row's own name, below the usual intermediate.
  private void leaf(String id, String what, String rule, Consumer<Draft> change) {
    add(id, what, rule, between.leaf(id + ".test", change), between);
  }

  private void key(String id, String what, String rule, KeyPair key) {
    add(id, what, rule, between.leaf(key, id + ".test", _ -> {}), between);
  }

  private void host(String id, String what, String rule, String host, Consumer<Draft> change) {
    var server = server(between.leaf(host, change), between);
    add(id, what, rule, host, host.startsWith("127.") ? server.at(host) : server);
  }

  private void named(String id, String what, String rule, String host, GeneralName... names) {
    host(
        id,
        what,
        rule,
        host,
        draft -> {
          draft.subject = new X500Name("O=Matrix");
          draft.names(names);
        });
  }

  /// An intermediate that differs, with a sound leaf below it.
  private void issuer(String id, String what, String rule, Consumer<Draft> change) {
    var issuer = root.intermediate("Issuer of " + id, change);
    add(id, what, rule, issuer.leaf(id + ".test", _ -> {}), issuer);
  }

  private Forged authority(KeyPair key, String commonName, Consumer<Draft> change) {
    return root.issue(key, new X500Name("CN=" + commonName), true, change);
  }

  private void tls(String id, String what, String rule, UnaryOperator<Server> change) {
    var leaf = ofRsa.leaf(rsa, id + ".test", OriginMatrix::forRsa);
    add(id, what, rule, id + ".test", change.apply(server(leaf, ofRsa)));
  }

  private static void forRsa(Draft draft) {
    draft.set(
        Extension.keyUsage,
        true,
        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
  }

  private static GeneralName address(String text) {
    return new GeneralName(GeneralName.iPAddress, text);
  }

  private void sound() {
    key("p256", "P-256 key", "", Forged.ec("secp256r1"));
    key("p384", "P-384 key", "U14", Forged.ec("secp384r1"));
    key("p521", "P-521 key", "U14", Forged.ec("secp521r1"));
    key("rsa-2048", "RSA key of 2048 bits", "", rsa);
    key("rsa-3072", "RSA key of 3072 bits", "", Forged.rsa(3072));
    key("rsa-4096", "RSA key of 4096 bits", "U14", Forged.rsa(4096));
    add("direct", "issued by the root itself", "", root.leaf("direct.test", _ -> {}));
    var below = between.intermediate("Matrix Deeper", _ -> {});
    add("deeper", "two intermediates", "", below.leaf("deeper.test", _ -> {}), below, between);
    add("rsa-issuer", "RSA intermediate", "", ofRsa.leaf("rsa-issuer.test", _ -> {}), ofRsa);
    named("wildcard", "wildcard", "", "a.wildcard.test", dns("*.wildcard.test"));
    host("idn", "international name", "", "xn--mnchen-3ya.test", _ -> {});
    host(
        "address",
        "IP address among the names",
        "",
        "127.0.0.2",
        draft -> draft.names(address("127.0.0.2")));
    leaf("thousand-names", "1,000 names", "", draft -> draft.names(many(draft, 1_000)));
    host(
        "no-subject",
        "empty subject, critical names",
        "",
        "no-subject.test",
        draft -> {
          draft.subject = new X500Name("");
          draft.names(dns("no-subject.test"));
        });
    leaf(
        "no-purposes",
        "no extended key usage",
        "",
        draft -> draft.without(Extension.extendedKeyUsage));
    leaf("800-days", "valid for 800 days", "", draft -> draft.until(DAY.multipliedBy(790)));
    leaf("ten-years", "valid for ten years", "", draft -> draft.until(DAY.multipliedBy(3640)));
    tls("tls12", "TLS 1.2 alone", "U14", server -> server.versions(TLS_1_2, TLS_1_2));
    tls("tls13", "TLS 1.3 alone", "U14", server -> server.versions(TLS_1_3, TLS_1_3));
    tls("client-cert", "asks for a client certificate", "", Server::asksForAClientCertificate);
    var fetched = root.intermediate("Matrix Fetched", _ -> {});
    add(
        "fetched",
        "intermediate not sent, but fetched from its issuer",
        "U10",
        fetched.leaf("fetched.test", draft -> site.issuedBy(draft, fetched)));
  }

  private static GeneralName[] many(Draft draft, int count) {
    var own = draft.subject.getRDNs()[0].getFirst().getValue().toString();
    return IntStream.range(0, count)
        .mapToObj(i -> dns(i == 0 ? own : "n" + i + "." + own))
        .toArray(GeneralName[]::new);
  }

  private void dates() {
    leaf("expired", "leaf expired yesterday", "U1", draft -> draft.until(DAY.negated()));
    leaf("not-yet", "leaf valid from tomorrow", "U1", draft -> draft.from(DAY));
    issuer("issuer-expired", "intermediate expired", "U1", draft -> draft.until(DAY.negated()));
    issuer("issuer-not-yet", "intermediate not yet valid", "U1", draft -> draft.from(DAY));
    add("root-expired", "root expired", "U1", expiredRoot.leaf("root-expired.test", _ -> {}));
  }

  private void authorities() {
    add(
        "self-signed",
        "self-signed",
        "U2",
        Forged.selfSigned(
            Forged.ec("secp256r1"),
            "CN=self-signed.test",
            false,
            draft -> draft.names(dns("self-signed.test"))));
    var nobody = Forged.root("Nobody");
    add("nobody", "unknown root, sent along", "U2", nobody.leaf("nobody.test", _ -> {}), nobody);
    var famous =
        Forged.selfSigned(
            Forged.ec("secp256r1"),
            "CN=ISRG Root X1,O=Internet Security Research Group,C=US",
            true,
            _ -> {});
    add(
        "famous",
        "unknown root with a well-known name",
        "U2",
        famous.leaf("famous.test", _ -> {}),
        famous);
    var impostor = Forged.selfSigned(Forged.ec("secp256r1"), root.name.toString(), true, _ -> {});
    add(
        "impostor",
        "another key under the name of a trusted root",
        "U2",
        impostor.leaf("impostor.test", _ -> {}),
        impostor);
    var sound = between.leaf("tampered.test", _ -> {});
    byte[] tampered = sound.der.clone();
    tampered[tampered.length - 1] ^= 1;
    add("tampered", "signature altered", "U2", sound.as(tampered), between);
  }

  private void names() {
    named("wrong-host", "another name", "U3", "wrong-host.test", dns("other.test"));
    leaf(
        "cn-only",
        "common name alone",
        "U3",
        draft -> draft.without(Extension.subjectAlternativeName));
    named("star", "`*`", "U3", "star.test", dns("*"));
    named("star-tld", "`*.test`", "U3", "star-tld.test", dns("*.test"));
    named("star-suffix", "`*.co.uk`", "U3", "shop.co.uk", dns("*.co.uk"));
    named("star-suffix-below", "`*.shop.co.uk`", "", "a.shop.co.uk", dns("*.shop.co.uk"));
    named(
        "star-private-suffix",
        "`*.github.io`, below which users have names",
        "",
        "user.github.io",
        dns("*.github.io"));
    named("star-part", "`s*.part.test`", "U3", "shop.part.test", dns("s*.part.test"));
    named("star-end", "`*p.end.test`", "U3", "shop.end.test", dns("*p.end.test"));
    named("star-two", "a star for two labels", "U3", "a.b.two.test", dns("*.two.test"));
    named("star-none", "a star for no label", "U3", "none.test", dns("*.none.test"));
    named("star-inner", "`www.*.inner.test`", "U3", "www.a.inner.test", dns("www.*.inner.test"));
    named("star-twice", "`*.*.twice.test`", "U3", "a.b.twice.test", dns("*.*.twice.test"));
    host(
        "address-in-cn",
        "IP address as the common name",
        "U3",
        "127.0.0.3",
        draft -> draft.without(Extension.subjectAlternativeName));
    named("address-as-dns", "IP address as a DNS name", "U3", "127.0.0.4", dns("127.0.0.4"));
    named("address-other", "another IP address", "U3", "127.0.0.5", address("127.0.0.50"));
    named(
        "uri-only",
        "the name in a URI alone",
        "U3",
        "uri-only.test",
        new GeneralName(GeneralName.uniformResourceIdentifier, "https://uri-only.test/"));
    named("dot", "a dot at the end of the name", "U3", "dot.test", dns("dot.test."));
    raw("nul", "NUL within the name", "nul.test\0.evil.test");
    raw("nul-end", "NUL at the end of the name", "nul-end.test\0");
    raw("blank", "a blank in front of the name", " blank.test");
    raw("newline", "a second name with a line break", "newline.test", "a\n.test");
    raw("umlaut", "a second name that is not ASCII", "umlaut.test", "m\u00fcnchen.test");
    raw("long-name", "a second name of 300 bytes", "long-name.test", "a".repeat(300));
  }

  /// The bytes of DNS names as they are given.
  private void raw(String id, String what, String... texts) {
    var names = new ByteArrayOutputStream();
    for (String text : texts) {
      names.writeBytes(tagged(0x82, text.getBytes(StandardCharsets.ISO_8859_1)));
    }
    leaf(
        id,
        what,
        "U4",
        draft ->
            draft.raw(Extension.subjectAlternativeName, false, tagged(0x30, names.toByteArray())));
  }

  /// DER, of at most 64 KiB.
  private static byte[] tagged(int tag, byte[] content) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length > 0x7f) {
      out.write(0x82);
      out.write(content.length >> 8);
    }
    out.write(content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  private void keysAndSignatures() {
    leaf("sha1", "leaf signed with SHA-1", "U7", draft -> draft.algorithm = "SHA1withECDSA");
    issuer(
        "sha1-issuer",
        "intermediate signed with SHA-1",
        "U7",
        draft -> draft.algorithm = "SHA1withECDSA");
    add(
        "md5",
        "leaf signed with MD5",
        "U7",
        ofRsa.leaf("md5.test", draft -> draft.algorithm = "MD5withRSA"),
        ofRsa);
    for (int bits : new int[] {1024, 2047}) {
      key("rsa-" + bits, "RSA key of " + bits + " bits", "U7", Forged.rsa(bits));
    }
    add(
        "rsa-512",
        "RSA key of 512 bits",
        "U7",
        "rsa-512.test",
        server(between.leaf(Forged.rsa(512), "rsa-512.test", _ -> {}), between)
            .versions(TLS_1_2, TLS_1_2));
    var weak = authority(Forged.rsa(1024), "Matrix Weak", _ -> {});
    add(
        "rsa-1024-issuer",
        "intermediate with an RSA key of 1024 bits",
        "U7",
        weak.leaf("rsa-1024-issuer.test", _ -> {}),
        weak);
    add(
        "p224",
        "P-224 key",
        "U7",
        "p224.test",
        server(between.leaf(Forged.ec("secp224r1"), "p224.test", _ -> {}), between)
            .versions(TLS_1_2, TLS_1_2));
    openssl("p192", "P-192 key", "U7", Forged.ec("secp192r1"));
    openssl("dsa", "DSA key", "U7", Forged.dsa(2048), "-tls1_2");
  }

  /// Issued by the root, so that nothing need be sent behind it.
  private void openssl(String id, String what, String rule, KeyPair key, String... flags) {
    var leaf = root.leaf(key, id + ".test", OriginMatrix::forRsa);
    rows.add(new Row(id, what, rule, id + ".test", new Served.ByOpenSsl(leaf, List.of(flags))));
  }

  private void whoMayIssue() {
    var server = between.leaf("server.test", _ -> {});
    add(
        "leaf-issues",
        "issued by a server's certificate",
        "U5",
        server.leaf("leaf-issues.test", _ -> {}),
        server,
        between);
    leaf(
        "authority-serves",
        "an authority's certificate as the leaf",
        "U5",
        draft -> {
          draft.set(Extension.basicConstraints, true, new BasicConstraints(true));
          draft.set(
              Extension.keyUsage,
              true,
              new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign));
        });
    issuer("issuer-v1", "intermediate of version 1", "U5", draft -> draft.version = 1);
    issuer(
        "issuer-unsaid",
        "intermediate without basic constraints",
        "U5",
        draft -> draft.without(Extension.basicConstraints));
    issuer(
        "issuer-no-sign",
        "intermediate that may not sign certificates",
        "U5",
        draft -> draft.set(Extension.keyUsage, true, new KeyUsage(KeyUsage.cRLSign)));
    leaf(
        "leaf-signs",
        "leaf that may sign certificates, of no authority",
        "U5",
        draft ->
            draft.set(
                Extension.keyUsage,
                true,
                new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)));
    var last =
        root.intermediate(
            "Matrix Last",
            draft -> draft.set(Extension.basicConstraints, true, new BasicConstraints(0)));
    var beyond = last.intermediate("Matrix Beyond", _ -> {});
    add(
        "path-length",
        "an authority below a path length of zero",
        "U5",
        beyond.leaf("path-length.test", _ -> {}),
        beyond,
        last);
    add(
        "path-length-kept",
        "a leaf below a path length of zero",
        "",
        last.leaf("path-length-kept.test", _ -> {}),
        last);
  }

  private static void constrain(Draft draft, NameConstraints constraints) {
    draft.set(Extension.nameConstraints, true, constraints);
  }

  private static NameConstraints permitting(GeneralName name) {
    return new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(name)}, null);
  }

  private static NameConstraints excluding(GeneralName name) {
    return new NameConstraints(null, new GeneralSubtree[] {new GeneralSubtree(name)});
  }

  private void constraints() {
    issuer(
        "nc-permitted",
        "name that its issuer may vouch for",
        "",
        draft -> constrain(draft, permitting(dns("nc-permitted.test"))));
    issuer(
        "nc-not-permitted",
        "name that its issuer may not vouch for",
        "U6",
        draft -> constrain(draft, permitting(dns("other.test"))));
    issuer(
        "nc-excluded",
        "name that is kept from its issuer",
        "U6",
        draft -> constrain(draft, excluding(dns("nc-excluded.test"))));
    issuer(
        "nc-not-critical",
        "the same, not critical",
        "U6",
        draft ->
            draft.set(Extension.nameConstraints, false, excluding(dns("nc-not-critical.test"))));
    bounded(
        "nc-address",
        "IP address that its issuer may not vouch for",
        "127.0.0.6",
        permitting(address("10.0.0.0/8")));
    bounded(
        "nc-address-excluded",
        "IP address that is kept from its issuer",
        "127.0.0.7",
        excluding(address("127.0.0.0/8")));
    add(
        "nc-root",
        "name that the trusted root may not vouch for",
        "U6",
        boundRoot.leaf("nc-root.test", _ -> {}));
    add(
        "nc-root-kept",
        "name that the trusted root may vouch for",
        "",
        "a.only.test",
        server(boundRoot.leaf("a.only.test", _ -> {})));
  }

  private void bounded(String id, String what, String host, NameConstraints constraints) {
    var issuer = root.intermediate("Issuer of " + id, draft -> constrain(draft, constraints));
    add(
        id,
        what,
        "U6",
        host,
        server(issuer.leaf(host, draft -> draft.names(address(host))), issuer).at(host));
  }

  private void purposesAndForm() {
    purpose("client-only", "for clients alone", KeyPurposeId.id_kp_clientAuth);
    purpose("code-only", "for code alone", KeyPurposeId.id_kp_codeSigning);
    purpose("any-purpose", "for any purpose", KeyPurposeId.anyExtendedKeyUsage);
    issuer(
        "issuer-client-only",
        "intermediate for clients alone",
        "U8",
        draft ->
            draft.set(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)));
    leaf(
        "no-signing",
        "key usage without digital signature",
        "U8",
        draft -> draft.set(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyAgreement)));
    leaf(
        "critical",
        "critical extension that nobody knows",
        "U8",
        draft -> draft.set(new ASN1ObjectIdentifier("1.2.3.4.5.6"), true, DERNull.INSTANCE));
    issuer(
        "issuer-critical",
        "the same in an intermediate",
        "U8",
        draft -> draft.set(new ASN1ObjectIdentifier("1.2.3.4.5.6"), true, DERNull.INSTANCE));
    leaf(
        "unknown",
        "extension that nobody knows, not critical",
        "",
        draft -> draft.set(new ASN1ObjectIdentifier("1.2.3.4.5.6"), false, DERNull.INSTANCE));
    leaf(
        "doubled",
        "an extension twice",
        "U8",
        draft ->
            draft.doubled.addAll(
                draft.extensions.values().stream()
                    .filter(each -> each.getExtnId().equals(Extension.keyUsage))
                    .toList()));
    leaf(
        "bad-usage",
        "key usage that is no bit string",
        "U8",
        draft -> draft.raw(Extension.keyUsage, true, new byte[] {0x04, 0x01, 0x07}));
    leaf(
        "trailing",
        "bytes behind an extension's value",
        "U8",
        draft -> draft.raw(Extension.basicConstraints, true, new byte[] {0x30, 0x00, 0x05, 0x00}));
    var sound = between.leaf("trailing-all.test", _ -> {});
    add(
        "trailing-all",
        "bytes behind the certificate",
        "U8",
        sound.as(Arrays.copyOf(sound.der, sound.der.length + 2)),
        between);
  }

  private void purpose(String id, String what, KeyPurposeId purpose) {
    leaf(
        id,
        what,
        "U8",
        draft -> draft.set(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose)));
  }

  private void revocation() {
    var good = revoking.leaf("staple-good.test", _ -> {});
    add(
        "staple-good",
        "a staple that says good",
        "",
        "staple-good.test",
        server(good, revoking).stapled(site.answer(revoking, good, false)));
    var bad = revoking.leaf("staple-revoked.test", _ -> {});
    add(
        "staple-revoked",
        "a staple that says revoked",
        "U9",
        "staple-revoked.test",
        server(bad, revoking).stapled(site.answer(revoking, bad, true)));
    var asked = revoking.leaf("ocsp-revoked.test", site::askedByOcsp);
    site.revokes(revoking, asked);
    add("ocsp-revoked", "its issuer, asked, says revoked", "U9", asked, revoking);
    var listed = revoking.leaf("crl-revoked.test", site::listed);
    site.lists(revoking, listed);
    add("crl-revoked", "its issuer's list holds it", "U9", listed, revoking);
    leaf(
        "must-staple",
        "a staple is promised, and does not come",
        "U9",
        draft ->
            draft.raw(
                new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24"),
                false,
                new byte[] {0x30, 0x03, 0x02, 0x01, 0x05}));
  }

  private void chains() {
    // Not the usual one: browsers remember intermediates that others have sent.
    var unseen = root.intermediate("Matrix Unseen", _ -> {});
    add("incomplete", "intermediate not sent", "U10", unseen.leaf("incomplete.test", _ -> {}));
    var below = between.intermediate("Matrix Below", _ -> {});
    add(
        "reversed",
        "chain in reverse order",
        "U10",
        below.leaf("reversed.test", _ -> {}),
        root,
        between,
        below);
    add(
        "twice",
        "every certificate twice",
        "U10",
        below.leaf("twice.test", _ -> {}),
        below,
        below,
        between,
        between,
        root,
        root);
    var strangers = IntStream.range(0, 98).mapToObj(i -> Forged.root("Stranger " + i)).toList();
    add(
        "hundred",
        "100 certificates, of which two matter",
        "U10",
        between.leaf("hundred.test", _ -> {}),
        java.util.stream.Stream.concat(strangers.stream(), java.util.stream.Stream.of(between))
            .toArray(Forged[]::new));
    var one = Forged.root("Loop One");
    var two = Forged.root("Loop Two");
    var oneByTwo = one.crossSignedBy(two, _ -> {});
    var twoByOne = two.crossSignedBy(one, _ -> {});
    add(
        "loop",
        "two authorities that vouch for each other alone",
        "U10",
        one.leaf("loop.test", _ -> {}),
        oneByTwo,
        twoByOne);
    add(
        "loop-out",
        "the same, and a root vouches for one",
        "U10",
        one.leaf("loop-out.test", _ -> {}),
        oneByTwo,
        twoByOne,
        two.crossSignedBy(root, _ -> {}));
    var crossed = Forged.root("Matrix Crossed");
    add(
        "addtrust",
        "one way is expired, another leads to a root",
        "U10",
        crossed.leaf("addtrust.test", _ -> {}),
        crossed.crossSignedBy(expiredRoot, draft -> draft.until(DAY.negated())),
        crossed.crossSignedBy(root, _ -> {}));
    add(
        "huge",
        "10,000 names",
        "U11",
        between.leaf("huge.test", draft -> draft.names(many(draft, 10_000))),
        between);
  }

  private void protocols() {
    tls("tls10", "TLS 1.0 alone", "U17", server -> server.versions(TLS_1_0, TLS_1_0));
    tls("tls11", "TLS 1.1 alone", "U17", server -> server.versions(TLS_1_1, TLS_1_1));
    cipher("rc4", "RC4 alone", "U17", 0xc011);
    cipher("3des", "3DES alone", "U17", 0xc012);
    cipher("rsa-exchange", "key exchange by RSA alone", "", 0x009c);
    cipher("rsa-exchange-cbc", "the same, with CBC", "", 0x002f);
    cipher("cbc", "AES-128-CBC with ECDHE alone", "", 0xc013);
    var signing = ofRsa.leaf(rsa, "rsa-exchange-usage.test", _ -> {});
    add(
        "rsa-exchange-usage",
        "key exchange by RSA alone, with a key for signatures alone",
        "U8",
        "rsa-exchange-usage.test",
        server(signing, ofRsa).versions(TLS_1_2, TLS_1_2).ciphers(0x009c));
    add(
        "cbc-ecdsa",
        "AES-128-CBC with an ECDSA key alone",
        "U17",
        "cbc-ecdsa.test",
        server(between.leaf("cbc-ecdsa.test", _ -> {}), between)
            .versions(TLS_1_2, TLS_1_2)
            .ciphers(0xc009));
    openssl(
        "cbc-http2",
        "HTTP/2 over AES-128-CBC",
        "U17",
        rsa,
        "-tls1_2",
        "-cipher",
        "ECDHE-RSA-AES128-SHA",
        "-alpn",
        "h2");
    openssl(
        "dh-2048",
        "Diffie-Hellman alone",
        "U17",
        rsa,
        "-tls1_2",
        "-cipher",
        "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0");
    openssl(
        "sha1-handshake",
        "handshake signed with SHA-1",
        "U17",
        rsa,
        "-tls1_2",
        "-sigalgs",
        "RSA+SHA1");
    openssl("no-encryption", "no encryption", "U17", rsa, "-tls1_2", "-cipher", "NULL:@SECLEVEL=0");
    openssl("anonymous", "no certificate", "U17", rsa, "-tls1_2", "-cipher", "aNULL:@SECLEVEL=0");
  }

  private void cipher(String id, String what, String rule, int suite) {
    tls(id, what, rule, server -> server.versions(TLS_1_2, TLS_1_2).ciphers(suite));
  }
}
