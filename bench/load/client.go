package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	dialLimit     = 5 * time.Second
	exchangeLimit = 60 * time.Second
	readBytes     = 16 << 10
)

// A client knows the way through the proxy, and what is asked for there.
type client struct {
	proxy  string
	dial   string // the origin's address, for a client that knows of no proxy; else empty
	port   string // of the origin
	tls    *tls.Config
	method string
	path   string
	body   []byte
}

func roots(file string) *x509.CertPool {
	pem, err := os.ReadFile(file)
	must(err)
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		fail("no certificate in " + file)
	}
	return pool
}

// A tunnel is one connection through the proxy, over which HTTP/1.1 is spoken inside TLS.
type tunnel struct {
	tls     *tls.Conn
	in      *bufio.Reader
	request []byte
	body    []byte
}

// open connects, asks for the tunnel where there is a proxy, and speaks TLS.
func (c *client) open(host string) (*tunnel, error) {
	raw, err := c.way(host)
	if err != nil {
		return nil, err
	}
	config := c.tls.Clone()
	config.ServerName = host
	secured := tls.Client(raw, config)
	if err := secured.Handshake(); err != nil {
		raw.Close()
		return nil, fmt.Errorf("handshake: %w", err)
	}
	return &tunnel{
		tls:     secured,
		in:      bufio.NewReaderSize(secured, readBytes),
		request: c.head(host),
		body:    c.body,
	}, nil
}

// way is the connection over which the origin is reached.
func (c *client) way(host string) (net.Conn, error) {
	first := c.proxy
	if c.dial != "" {
		first = c.dial
	}
	raw, err := net.DialTimeout("tcp", first, dialLimit)
	if err != nil {
		return nil, err
	}
	raw.SetDeadline(time.Now().Add(exchangeLimit))
	if c.dial != "" {
		return raw, nil
	}
	if err := connect(raw, net.JoinHostPort(host, c.port)); err != nil {
		raw.Close()
		return nil, err
	}
	return raw, nil
}

func connect(raw net.Conn, target string) error {
	if _, err := fmt.Fprintf(raw, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, target); err != nil {
		return err
	}
	// Nothing follows the answer before the client's hello, so nothing is read too far.
	answer, err := http.ReadResponse(bufio.NewReaderSize(raw, 4<<10), &http.Request{Method: "CONNECT"})
	if err != nil {
		return fmt.Errorf("CONNECT: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("CONNECT: %s", answer.Status)
	}
	return nil
}

// head is the request up to its body; small bodies are sent with it in one piece.
func (c *client) head(host string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\nUser-Agent: bench\r\n",
		c.method, c.path, net.JoinHostPort(host, c.port))
	if c.body != nil {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(c.body))
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

// An outcome is what came of one request.
type outcome struct {
	firstByte time.Time
	closing   bool // the proxy keeps the connection no longer
}

var errTooFew = errors.New("the origin got fewer bytes than were sent")

func (t *tunnel) exchange() (outcome, error) {
	var o outcome
	t.tls.SetDeadline(time.Now().Add(exchangeLimit))
	sent := make(chan error, 1)
	if len(t.body) <= readBytes {
		_, err := t.tls.Write(append(t.request[:len(t.request):len(t.request)], t.body...))
		sent <- err
	} else if _, err := t.tls.Write(t.request); err != nil {
		sent <- err
	} else {
		// An answer may come before the whole body is sent, and must be read then.
		go func() {
			_, err := t.tls.Write(t.body)
			sent <- err
		}()
	}
	if _, err := t.in.Peek(1); err != nil {
		t.tls.Close()
		return o, fmt.Errorf("%w (sending: %v)", err, <-sent)
	}
	o.firstByte = time.Now()
	answer, err := http.ReadResponse(t.in, nil)
	if err != nil {
		return o, err
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return o, err
	}
	o.closing = answer.Close
	if answer.StatusCode != http.StatusOK {
		t.tls.Close()
		<-sent
		return o, errors.New(answer.Status)
	}
	if err := <-sent; err != nil {
		return o, err
	}
	if len(t.body) > 0 && answer.Header.Get("x-got") != strconv.Itoa(len(t.body)) {
		return o, errTooFew
	}
	return o, nil
}

func (t *tunnel) close() {
	t.tls.Close()
}
