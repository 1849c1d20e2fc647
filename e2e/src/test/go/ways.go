package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// way is how a client reaches the proxy. All its tunnels over HTTP/2 or HTTP/3 share a connection.
type way struct {
	kind    string // h1, h2, h1-tls, h2-tls or h3; empty where there is no proxy
	address string // HOST:PORT of the proxy; where there is none, what to dial in place of the target, if not empty
	name    string // what the proxy's certificate must be for
	roots   *x509.CertPool

	// certificate is presented to the proxy where it asks, whoever it says that it trusts.
	certificate func(*tls.CertificateRequestInfo) (*tls.Certificate, error)

	http2 func() *http.Transport
	http3 func() (*http3.ClientConn, error)
}

func newWay(kind, address, name string, roots *x509.CertPool) *way {
	w := &way{kind: kind, address: address, name: name, roots: roots}
	w.http2 = sync.OnceValue(w.dialHTTP2)
	w.http3 = sync.OnceValues(w.dialHTTP3)
	return w
}

func (w *way) tls(protocols ...string) *tls.Config {
	return &tls.Config{ServerName: w.name, RootCAs: w.roots, NextProtos: protocols, GetClientCertificate: w.certificate}
}

// tunnel dials the target, through the proxy where there is one.
func (w *way) tunnel(ctx context.Context, target string) (net.Conn, error) {
	switch w.kind {
	case "":
		if w.address != "" {
			target = w.address
		}
		return (&net.Dialer{}).DialContext(ctx, "tcp", target)
	case "h1":
		connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", w.address)
		if err != nil {
			return nil, err
		}
		return tunnelOverHTTP1(connection, target)
	case "h1-tls":
		connection, err := (&tls.Dialer{Config: w.tls("http/1.1")}).DialContext(ctx, "tcp", w.address)
		if err != nil {
			return nil, err
		}
		return tunnelOverHTTP1(connection, target)
	case "h2", "h2-tls":
		return w.tunnelOverHTTP2(ctx, target)
	case "h3":
		return w.tunnelOverHTTP3(ctx, target)
	}
	return nil, errors.New("no way " + w.kind)
}

func tunnelOverHTTP1(connection net.Conn, target string) (net.Conn, error) {
	credentials := ""
	if proxyAuthorization != "" {
		credentials = "Proxy-Authorization: " + proxyAuthorization + "\r\n"
	}
	io.WriteString(connection, "CONNECT "+target+" HTTP/1.1\r\nHost: "+target+"\r\n"+credentials+"\r\n")
	response, err := http.ReadResponse(bufio.NewReader(connection), &http.Request{Method: "CONNECT"})
	if err != nil {
		return nil, err
	}
	if err := tunnelled(response); err != nil {
		return nil, err
	}
	return connection, nil
}

func (w *way) dialHTTP2() *http.Transport {
	transport := &http.Transport{Protocols: &http.Protocols{}, TLSClientConfig: w.tls()}
	if w.kind == "h2" {
		transport.Protocols.SetUnencryptedHTTP2(true)
	} else {
		transport.Protocols.SetHTTP2(true)
	}
	return transport
}

func (w *way) tunnelOverHTTP2(ctx context.Context, target string) (net.Conn, error) {
	scheme := map[string]string{"h2": "http", "h2-tls": "https"}[w.kind]
	up, body := io.Pipe()
	request := (&http.Request{
		Method: "CONNECT",
		URL:    &url.URL{Scheme: scheme, Host: w.address},
		Host:   target,
		Header: http.Header{},
		Body:   up,
	}).WithContext(ctx)
	request.ContentLength = -1
	authorize(request)
	response, err := w.http2().RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if err := tunnelled(response); err != nil {
		return nil, err
	}
	return &streamConn{Reader: response.Body, WriteCloser: body, closer: response.Body}, nil
}

func (w *way) dialHTTP3() (*http3.ClientConn, error) {
	connection, err := quic.DialAddr(context.Background(), w.address, w.tls("h3"), &quic.Config{})
	if err != nil {
		return nil, err
	}
	return (&http3.Transport{}).NewClientConn(connection), nil
}

func (w *way) tunnelOverHTTP3(ctx context.Context, target string) (net.Conn, error) {
	client, err := w.http3()
	if err != nil {
		return nil, err
	}
	stream, err := client.OpenRequestStream(ctx)
	if err != nil {
		return nil, err
	}
	request := &http.Request{Method: "CONNECT", URL: &url.URL{Host: target}, Host: target, Header: http.Header{}}
	authorize(request)
	if err := stream.SendRequestHeader(request); err != nil {
		return nil, err
	}
	response, err := stream.ReadResponse()
	if err != nil {
		return nil, err
	}
	if err := tunnelled(response); err != nil {
		return nil, err
	}
	return &streamConn{Reader: stream, WriteCloser: stream, closer: stream}, nil
}

func authorize(request *http.Request) {
	if proxyAuthorization != "" {
		request.Header.Set("Proxy-Authorization", proxyAuthorization)
	}
}

// tunnelled says what the proxy answered.
func tunnelled(response *http.Response) error {
	say(map[string]any{"event": "connect", "status": response.StatusCode, "headers": response.Header,
		"protocol": response.Proto})
	if response.StatusCode != 200 {
		return errors.New("CONNECT answered " + response.Status)
	}
	return nil
}

// streamConn is a CONNECT stream as a connection.
type streamConn struct {
	io.Reader
	io.WriteCloser
	closer io.Closer
	noDeadlines
}

func (c *streamConn) Close() error {
	c.WriteCloser.Close()
	return c.closer.Close()
}

// noDeadlines is what a stream lacks to be a connection.
type noDeadlines struct{}

func (noDeadlines) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (noDeadlines) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (noDeadlines) SetDeadline(time.Time) error      { return nil }
func (noDeadlines) SetReadDeadline(time.Time) error  { return nil }
func (noDeadlines) SetWriteDeadline(time.Time) error { return nil }
