package main

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// A client without a proxy setting: it dials an address and speaks HTTP/3, HTTP/2 or HTTP/1.1 there. With -first-h3 it
// does as browsers do that have learnt of HTTP/3: it tries that, says what came of it, and falls back to TCP.
func runDirect(args []string) {
	flags := flag.NewFlagSet("direct", flag.ExitOnError)
	target := flags.String("url", "", "the URL to ask for")
	dial := flags.String("dial", "", "HOST:PORT to dial in place of the URL's")
	roots := flags.String("cacert", "", "PEM roots")
	sni := flags.String("sni", "", "another server name than the URL's; an address sends none")
	firstHTTP3 := flags.Bool("first-h3", false, "try HTTP/3 first")
	hello := flags.Int("hello", 0, "how large the ClientHello is made, by protocols that nobody knows")
	http1 := flags.Bool("h1", false, "HTTP/1.1 only")
	flags.Parse(args)

	config := &tls.Config{RootCAs: pool(*roots), ServerName: *sni}
	for i := 0; i < *hello; i += 200 {
		config.NextProtos = append(config.NextProtos, strings.Repeat("x", 199))
	}
	if *firstHTTP3 {
		transport := &http3.Transport{
			TLSClientConfig: config.Clone(),
			Dial: func(ctx context.Context, _ string, tlsConfig *tls.Config, quicConfig *quic.Config) (*quic.Conn, error) {
				remote, err := net.ResolveUDPAddr("udp", *dial)
				if err != nil {
					return nil, err
				}
				socket, err := net.DialUDP("udp", nil, remote)
				if err != nil {
					return nil, err
				}
				return quic.Dial(ctx, connected{socket, socket}, remote, tlsConfig, quicConfig)
			},
		}
		err := ask(transport, *target, 5*time.Second)
		transport.Close()
		if err == nil {
			return
		}
		say(map[string]any{"event": "fallback", "error": err.Error()})
	}
	dialer := &net.Dialer{}
	transport := &http.Transport{
		ForceAttemptHTTP2: !*http1,
		TLSClientConfig:   config,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, *dial)
		},
	}
	if *http1 {
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	if err := ask(transport, *target, 20*time.Second); err != nil {
		say(map[string]any{"event": "error", "error": err.Error()})
	}
}

// connected is a socket that hears when its port is refused, as those of browsers do.
type connected struct {
	net.PacketConn
	socket *net.UDPConn
}

func (c connected) WriteTo(packet []byte, _ net.Addr) (int, error) { return c.socket.Write(packet) }

func ask(transport http.RoundTripper, target string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, "GET", target, nil)
	if err != nil {
		fail(err.Error())
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	event := map[string]any{"event": "response", "status": response.StatusCode, "protocol": response.Proto,
		"headers": response.Header, "body": base64.StdEncoding.EncodeToString(body)}
	if response.TLS != nil {
		event["issuer"] = response.TLS.PeerCertificates[0].Issuer.String()
	}
	say(event)
	return nil
}

// An origin that serves HTTP/3 on UDP and HTTP/2 and HTTP/1.1 on TCP, at one port, and says so in Alt-Svc.
func runOriginWithHTTP3(args []string) {
	flags := flag.NewFlagSet("origin-h3", flag.ExitOnError)
	address := flags.String("address", "", "HOST:PORT")
	cert := flags.String("cert", "", "PEM chain")
	key := flags.String("key", "", "PEM key")
	flags.Parse(args)

	_, portText, err := net.SplitHostPort(*address)
	if err != nil {
		fail(err.Error())
	}
	port, _ := strconv.Atoi(portText)
	pair, err := tls.LoadX509KeyPair(*cert, *key)
	if err != nil {
		fail(err.Error())
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		say(map[string]any{"event": "request", "protocol": r.Proto, "path": r.URL.RequestURI(), "host": r.Host})
		w.Header().Set("Alt-Svc", `h3=":`+strconv.Itoa(port)+`"; ma=86400`)
		io.WriteString(w, "hello over "+r.Proto+"\n")
	})
	packets, err := net.ListenPacket("udp", *address)
	if err != nil {
		fail(err.Error())
	}
	quicServer := &http3.Server{Handler: handler, TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}}}
	go quicServer.Serve(packets)
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		fail(err.Error())
	}
	server := &http.Server{Handler: handler, TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}}}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0) // the test is gone
	}()
	say(map[string]any{"event": "listening", "address": listener.Addr().String()})
	fail(server.ServeTLS(listener, "", "").Error())
}
