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
	"sync"
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
	transport := &http.Transport{
		ForceAttemptHTTP2: !*http1,
		TLSClientConfig:   tlsConfig,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return tunnel(ctx, *proxy, *proxyHTTP2, address)
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

// tunnel dials the target, through the proxy where there is one.
func tunnel(ctx context.Context, proxy string, http2 bool, target string) (net.Conn, error) {
	dialer := &net.Dialer{}
	if proxy == "" {
		return dialer.DialContext(ctx, "tcp", target)
	}
	if http2 {
		return tunnelOverHTTP2(ctx, proxy, target)
	}
	connection, err := dialer.DialContext(ctx, "tcp", proxy)
	if err != nil {
		return nil, err
	}
	credentials := ""
	if proxyAuthorization != "" {
		credentials = "Proxy-Authorization: " + proxyAuthorization + "\r\n"
	}
	io.WriteString(connection, "CONNECT "+target+" HTTP/1.1\r\nHost: "+target+"\r\n"+credentials+"\r\n")
	reader := bufio.NewReader(connection)
	response, err := http.ReadResponse(reader, &http.Request{Method: "CONNECT"})
	if err != nil {
		return nil, err
	}
	say(map[string]any{"event": "connect", "status": response.StatusCode, "headers": response.Header})
	if response.StatusCode != 200 {
		return nil, errors.New("CONNECT answered " + response.Status)
	}
	return connection, nil
}

// proxyTransport has one connection to the proxy, which all tunnels share.
var proxyTransport = sync.OnceValue(func() *http.Transport {
	transport := &http.Transport{Protocols: &http.Protocols{}}
	transport.Protocols.SetUnencryptedHTTP2(true)
	return transport
})

func tunnelOverHTTP2(ctx context.Context, proxy, target string) (net.Conn, error) {
	up, body := io.Pipe()
	request := (&http.Request{
		Method: "CONNECT",
		URL:    &url.URL{Scheme: "http", Host: proxy},
		Host:   target,
		Header: http.Header{},
		Body:   up,
	}).WithContext(ctx)
	request.ContentLength = -1
	if proxyAuthorization != "" {
		request.Header.Set("Proxy-Authorization", proxyAuthorization)
	}
	response, err := proxyTransport().RoundTrip(request)
	if err != nil {
		return nil, err
	}
	say(map[string]any{"event": "connect", "status": response.StatusCode, "headers": response.Header,
		"protocol": response.Proto})
	if response.StatusCode != 200 {
		return nil, errors.New("CONNECT answered " + response.Status)
	}
	return &streamConn{Reader: response.Body, WriteCloser: body, closer: response.Body}, nil
}

// streamConn is a CONNECT stream as a connection.
type streamConn struct {
	io.Reader
	io.WriteCloser
	closer io.Closer
}

func (c *streamConn) Close() error {
	c.WriteCloser.Close()
	return c.closer.Close()
}

func (c *streamConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *streamConn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *streamConn) SetDeadline(time.Time) error      { return nil }
func (c *streamConn) SetReadDeadline(time.Time) error  { return nil }
func (c *streamConn) SetWriteDeadline(time.Time) error { return nil }
