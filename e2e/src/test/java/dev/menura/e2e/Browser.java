package dev.menura.e2e;

import com.google.common.base.Splitter;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.Proxy;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Chromium, as a person has it: the gateway is its proxy, and the authorities that it trusts were
/// imported into the certificate store of its user. It overlooks no certificate error. Its home is
/// a folder of the test's.
final class Browser implements AutoCloseable {
  private static final int SECONDS_MAX = 30;
  private static final Pattern ERROR = Pattern.compile("ERR_[A-Z0-9_]+");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  /// Starts a browser.
  ///
  /// @param home an empty folder
  /// @param proxy `host:port`
  /// @param trusted PEM files of authorities to import
  static Browser start(Path home, String proxy, Path... trusted) {
    return start(home, new Proxy("http://" + proxy), trusted);
  }

  /// Starts a browser whose user answers the proxy's question.
  static Browser start(Path home, Proxy proxy, Path... trusted) {
    return start(home, new BrowserType.LaunchOptions().setProxy(proxy), trusted);
  }

  /// Starts a browser without a proxy, for which every name has the address of this machine.
  static Browser direct(Path home, Path... trusted) {
    return start(
        home,
        new BrowserType.LaunchOptions()
            .setArgs(List.of("--host-resolver-rules=MAP * 127.0.0.1, EXCLUDE 127.*")),
        trusted);
  }

  /// Starts a browser that looks up its proxy in a PAC file.
  static Browser configuredBy(String pacUrl, Path home, Path... trusted) {
    return start(
        home,
        new BrowserType.LaunchOptions().setArgs(List.of("--proxy-pac-url=" + pacUrl)),
        trusted);
  }

  private static Browser start(Path home, BrowserType.LaunchOptions options, Path... trusted) {
    Missing.skipUnlessFound("chromium", "chromium");
    Missing.skipUnlessFound("certutil", "libnss3-tools");
    importAuthorities(home, trusted);
    var environment = new HashMap<>(System.getenv());
    environment.put("HOME", home.toString());
    environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    // Chromium's wrapper and its profile look here too.
    List.of("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME").forEach(environment::remove);
    var playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    try {
      var chromium =
          playwright
              .chromium()
              .launch(options.setExecutablePath(onPath("chromium")).setEnv(environment));
      return new Browser(playwright, chromium);
    } catch (RuntimeException e) {
      playwright.close();
      throw e;
    }
  }

  /// A page in a context of its own: no cookies, no cache, no connection of another page.
  Page page() {
    var page = chromium.newContext().newPage();
    page.setDefaultTimeout(SECONDS_MAX * 1000.0);
    return page;
  }

  /// What it makes of an origin, in a word: `accepted`, or its own name of the error.
  String verdict(String url) {
    var page = page();
    try {
      page.navigate(url);
      return "accepted";
    } catch (PlaywrightException e) {
      var error = ERROR.matcher(String.valueOf(e.getMessage()));
      return error.find() ? error.group() : "no answer";
    } finally {
      page.context().close();
    }
  }

  String version() {
    return chromium.version();
  }

  /// What `certutil` does for a user of Chromium on Linux, where the system's store is not asked.
  private static void importAuthorities(Path home, Path... trusted) {
    try {
      var store = "sql:" + Files.createDirectories(home.resolve(".pki/nssdb"));
      certutil("-N", "-d", store, "--empty-password");
      for (Path authority : trusted) {
        certutil(
            "-A", "-d", store, "-n", authority.toString(), "-t", "C,,", "-i", authority.toString());
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void certutil(String... arguments) throws IOException, InterruptedException {
    var command = new java.util.ArrayList<>(List.of("certutil"));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(command + " failed: " + said);
    }
  }

  private static Path onPath(String program) {
    return Splitter.on(File.pathSeparatorChar)
        .splitToStream(System.getenv("PATH"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    // Ends Chromium too.
    playwright.close();
  }
}
