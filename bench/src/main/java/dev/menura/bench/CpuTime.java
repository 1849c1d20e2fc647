package dev.menura.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Counts operations against the CPU time of the thread that does them, whatever else runs.
@State(Scope.Thread)
public class CpuTime {
  private static final double SECOND_NS = 1e9;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private long begun;
  private long operations;

  @Setup(Level.Iteration)
  public void begin() {
    operations = 0;
    begun = threads.getCurrentThreadCpuTime();
  }

  void count() {
    count(1);
  }

  void count(int more) {
    operations += more;
  }

  @TearDown(Level.Iteration)
  public void end() {
    double seconds = (threads.getCurrentThreadCpuTime() - begun) / SECOND_NS;
    System.out.printf(
        Locale.ROOT,
        "%,.0f a CPU-second, %.1f µs of CPU each; ",
        operations / seconds,
        seconds * 1e6 / operations);
  }
}
