package dev.menura.controlplane;

import com.google.gson.JsonPrimitive;

/// The bootstrap of an Envoy that the sidecar drives: where the sidecar is, and what only a
/// bootstrap can say. All else comes over xDS. It is a text, not messages: Envoy waits for it, and
/// the classes of its messages take longer to load than all that is done before them.
///
/// - The statistics of each certificate on demand would cost more memory than the certificates.
/// - Between Envoy's internal listeners an ordinary close looks like a reset unless
///   `enable_send_rst_on_user_space_socket` is off; a TCP proxy then drops what it has not written
///   yet, and with it the end of every response after which the server closes.
/// - The mode of the admin interface's socket, 384, is 0600.
public final class Bootstraps {
  /// Connections of clients at the most; past it Envoy refuses new ones.
  static final long DOWNSTREAM_CONNECTIONS_MAX = 50_000;

  private static final String TEXT =
      """
      {
        "node": {
          "id": @node@,
          "cluster": "menura"
        },
        "static_resources": {
          "clusters": [{
            "name": "menura",
            "type": "STATIC",
            "connect_timeout": "1s",
            "circuit_breakers": {
              "thresholds": [{
                "max_connections": @connections@,
                "max_pending_requests": @connections@,
                "max_requests": @connections@
              }]
            },
            "load_assignment": {
              "cluster_name": "menura",
              "endpoints": [{
                "lb_endpoints": [{
                  "endpoint": {
                    "address": {
                      "pipe": {
                        "path": @sidecar@
                      }
                    }
                  }
                }]
              }]
            },
            "typed_extension_protocol_options": {
              "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": {
                  "http2_protocol_options": {
                  }
                }
              }
            }
          }]
        },
        "dynamic_resources": {
          "lds_config": {
            "ads": {
            },
            "resource_api_version": "V3"
          },
          "cds_config": {
            "ads": {
            },
            "resource_api_version": "V3"
          },
          "ads_config": {
            "api_type": "DELTA_GRPC",
            "grpc_services": [{
              "envoy_grpc": {
                "cluster_name": "menura"
              }
            }],
            "set_node_on_first_message_only": true,
            "transport_api_version": "V3"
          }
        },
        "admin": {
          "address": {
            "pipe": {
              "path": @admin@,
              "mode": 384
            }
          }
        },
        "stats_config": {
          "stats_matcher": {
            "exclusion_list": {
              "patterns": [{
                "safe_regex": {
                  "regex": "listener\\\\..*on_demand_secret\\\\.ssl\\\\.certificate\\\\..*"
                }
              }, {
                "prefix": "sds."
              }]
            }
          }
        },
        "overload_manager": {
          "resource_monitors": [{
            "name": "envoy.resource_monitors.global_downstream_max_connections",
            "typed_config": {
              "@type": "type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
              "max_active_downstream_connections": "@clients@"
            }
          }]
        },
        "layered_runtime": {
          "layers": [{
            "name": "menura",
            "static_layer": {
              "envoy.reloadable_features.enable_send_rst_on_user_space_socket": false
            }
          }]
        },
        "bootstrap_extensions": [{
          "name": "envoy.bootstrap.internal_listener",
          "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener"
          }
        }]
      }\
      """;

  private Bootstraps() {}

  /// The bootstrap as JSON.
  ///
  /// @param nodeId names the Envoy to the sidecar
  /// @param sidecarSocket the path of the sidecar's Unix socket
  /// @param adminSocket the path at which Envoy makes the Unix socket of its admin interface
  public static String json(String nodeId, String sidecarSocket, String adminSocket) {
    // The operator's words come last, so that nothing in them is taken for a placeholder.
    var text =
        TEXT.replace("@connections@", String.valueOf(Clusters.CONNECTIONS_MAX))
            .replace("@clients@", String.valueOf(DOWNSTREAM_CONNECTIONS_MAX));
    return filled(text, "@node@", nodeId, "@sidecar@", sidecarSocket, "@admin@", adminSocket);
  }

  /// @param named places and what is put there, in the order in which they are in the text
  private static String filled(String text, String... named) {
    var filled = new StringBuilder();
    int from = 0;
    for (int i = 0; i < named.length; i += 2) {
      int at = text.indexOf(named[i], from);
      filled.append(text, from, at).append(new JsonPrimitive(named[i + 1]));
      from = at + named[i].length();
    }
    return filled.append(text, from, text.length()).toString();
  }
}
