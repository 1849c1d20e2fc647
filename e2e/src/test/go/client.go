package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// A client that reaches a target through the proxy with CONNECT over HTTP/1.1 or HTTP/2, and speaks HTTP/1.1 or HTTP/2
// inside the tunnel. The body is what arrives on standard input: "write BASE64", then "end". It reports the status of
// the CONNECT, the certificate that it was shown, and the response as it arrives.
func runClient(args []string) {
	flags := flag.NewFlagSet("client", flag.ExitOnError)
	proxy := flags.String("proxy", "", "HOST:PORT of the proxy; direct where empty")
	proxyHTTP2 := flags.Bool("proxy-h2", false, "speak HTTP/2 in clear text to the proxy")
	target := flags.String("url", "", "the URL to ask for")
	method := flags.String("method", "GET", "the method")
	roots := flags.String("cacert", "", "PEM roots")
	sni := flags.String("sni", "", "another server name than the URL's")
	host := flags.String("host", "", "another Host than the URL's")
	http1 := flags.Bool("h1", false, "HTTP/1.1 inside")
	length := flags.Int64("length", -1, "content-length; chunked where negative")
	timeout := flags.Duration("timeout", 30*time.Second, "for all of it")
	headers := headerFlags{}
	flags.Var(headers, "header", "NAME: VALUE, repeated")
	flags.StringVar(&proxyAuthorization, "proxy-authorization", "", "the header of the CONNECT")
	flags.Parse(args)

	deadline, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	parsed, err := url.Parse(*target)
	if err != nil {
		fail(err.Error())
	}
	address := parsed.Host
	if parsed.Port() == "" {
		address = net.JoinHostPort(parsed.Hostname(), map[string]string{"https": "443", "http": "80"}[parsed.Scheme])
	}
	tlsConfig := &tls.Config{ServerName: parsed.Hostname(), RootCAs: pool(*roots)}
	if *sni != "" {
		tlsConfig.ServerName = *sni
	}
	in := oneWay(*proxy, *proxyHTTP2)
	transport := &http.Transport{
		ForceAttemptHTTP2: !*http1,
		TLSClientConfig:   tlsConfig,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return in.tunnel(ctx, address)
		},
	}
	if *http1 {
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	var body io.Reader
	if *method != "GET" && *method != "HEAD" {
		body = commandsAsBody()
	}
	request, err := http.NewRequestWithContext(deadline, *method, *target, body)
	if err != nil {
		fail(err.Error())
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	if *host != "" {
		request.Host = *host
	}
	request.ContentLength = *length
	if body == nil {
		request.ContentLength = 0
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		say(map[string]any{"event": "error", "error": err.Error()})
		return
	}
	event := map[string]any{"event": "response", "status": response.StatusCode, "protocol": response.Proto,
		"headers": response.Header}
	if response.TLS != nil {
		leaf := response.TLS.PeerCertificates[0]
		event["issuer"] = leaf.Issuer.String()
		event["subject"] = leaf.Subject.String()
		event["tls"] = tls.VersionName(response.TLS.Version)
		event["not-after"] = leaf.NotAfter.Unix()
		event["curve"] = response.TLS.CurveID.String()
	}
	say(event)
	buffer := make([]byte, 64*1024)
	for {
		n, err := response.Body.Read(buffer)
		if n > 0 {
			say(map[string]any{"event": "body", "bytes": base64.StdEncoding.EncodeToString(buffer[:n])})
		}
		if errors.Is(err, io.EOF) {
			say(map[string]any{"event": "end", "trailers": response.Trailer})
			return
		}
		if err != nil {
			say(map[string]any{"event": "broken", "error": err.Error()})
			return
		}
	}
}

type headerFlags map[string]string

func (h headerFlags) String() string { return "" }

func (h headerFlags) Set(text string) error {
	name, value, found := strings.Cut(text, ":")
	if !found {
		return errors.New("expected NAME: VALUE")
	}
	h[strings.TrimSpace(name)] = strings.TrimSpace(value)
	return nil
}

func pool(file string) *x509.CertPool {
	if file == "" {
		return nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		fail(err.Error())
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return pool
}

func commandsAsBody() io.Reader {
	reader, writer := io.Pipe()
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		lines.Buffer(make([]byte, 1024*1024), 64*1024*1024)
		for lines.Scan() {
			command, argument, _ := strings.Cut(lines.Text(), " ")
			switch command {
			case "write":
				bytes, err := base64.StdEncoding.DecodeString(argument)
				if err != nil {
					fail(err.Error())
				}
				if _, err := writer.Write(bytes); err != nil {
					return
				}
				say(map[string]any{"event": "written", "bytes": len(bytes)})
			case "end":
				writer.Close()
				return
			case "abort":
				writer.CloseWithError(errors.New("aborted by the test"))
				return
			}
		}
		writer.CloseWithError(errors.New("the test is gone"))
	}()
	return reader
}

// proxyAuthorization is sent with each CONNECT, unless it is empty.
var proxyAuthorization string

// oneWay is how the clients of the other commands reach the proxy: in clear text.
func oneWay(proxy string, http2 bool) *way {
	kind := "h1"
	if proxy == "" {
		kind = ""
	} else if http2 {
		kind = "h2"
	}
	return newWay(kind, proxy, "", nil)
}
