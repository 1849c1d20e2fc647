package dev.menura.sidecar.run;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The ports of this gateway's own listeners: the proxy, the admin server. They are refused as
/// targets on every address of this machine, whatever the operator allows. Thread-safe.
public final class OwnListeners {
  private final Set<Integer> ports = ConcurrentHashMap.newKeySet();

  /// @param port 1 to 65535
  public void add(int port) {
    ports.add(port);
  }

  /// A port that is no longer listened on.
  void remove(int port) {
    ports.remove(port);
  }

  boolean contains(InetAddress address, int port) {
    return ports.contains(port) && isOfThisMachine(address);
  }

  private static boolean isOfThisMachine(InetAddress address) {
    if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
      return true;
    }
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      // Not knowing is no reason to let anybody in.
      return true;
    }
  }
}
