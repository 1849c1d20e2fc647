package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"os"
	"sync"
	"time"
)

// A client of many requests, each of which the test sends piece by piece. Commands are JSON values on standard input;
// every event names the request that it is about. A piece is one chunk of HTTP/1.1 or one DATA frame of HTTP/2.
type session struct {
	// way may have all tunnels on one connection to the proxy.
	way   *way
	roots string

	mu   sync.Mutex
	open map[string]*call
	// h2 has one connection to each origin, which all requests to it share.
	h2 map[string]*http.Transport
}

type command struct {
	Do       string            // open, write, end or abort
	ID       string            // the request
	Method   string            // of open, as all below
	URL      string            //
	Protocol string            // HTTP/1.1 or HTTP/2.0
	Headers  map[string]string //
	Trailers map[string]string //
	Body     bool              // whether pieces follow
	File     string            // sent as the body, in place of pieces
	Length   int64             // content-length; chunked where negative
	Digest   bool              // report what came in its length and SHA-256 only
	Bytes    []byte            // of write
}

// call is a request whose body still comes.
type call struct {
	id     string
	pieces chan command
}

func runSession(args []string) {
	flags := flag.NewFlagSet("session", flag.ExitOnError)
	proxy := flags.String("proxy", "", "HOST:PORT of the proxy")
	proxyHTTP2 := flags.Bool("proxy-h2", false, "speak HTTP/2 in clear text to the proxy")
	roots := flags.String("cacert", "", "PEM roots")
	flags.Parse(args)
	s := &session{way: oneWay(*proxy, *proxyHTTP2), roots: *roots, open: map[string]*call{}, h2: map[string]*http.Transport{}}
	commands := json.NewDecoder(os.Stdin)
	for {
		var c command
		if err := commands.Decode(&c); err != nil {
			os.Exit(0) // the test is gone
		}
		if c.Do == "open" {
			s.begin(c)
		} else {
			s.mu.Lock()
			open := s.open[c.ID]
			s.mu.Unlock()
			if open == nil {
				fail("no request " + c.ID)
			}
			open.pieces <- c
		}
	}
}

func (s *session) begin(c command) {
	target, err := url.Parse(c.URL)
	if err != nil {
		fail(err.Error())
	}
	var body io.Reader
	if c.File != "" {
		file, err := os.Open(c.File)
		if err != nil {
			fail(err.Error())
		}
		body = file
	} else if c.Body {
		reader, writer := io.Pipe()
		body = reader
		open := &call{id: c.ID, pieces: make(chan command, 1024)}
		s.mu.Lock()
		s.open[c.ID] = open
		s.mu.Unlock()
		go open.feed(writer)
	}
	// The client's own deadline is longer than the test's patience.
	deadline, cancel := context.WithTimeout(context.Background(), time.Minute)
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(deadline, trace(c.ID)), c.Method, c.URL, body)
	if err != nil {
		fail(err.Error())
	}
	for name, value := range c.Headers {
		request.Header.Set(name, value)
	}
	if body != nil {
		request.ContentLength = c.Length
	}
	for name, value := range c.Trailers {
		if request.Trailer == nil {
			request.Trailer = http.Header{}
		}
		request.Trailer.Set(name, value)
	}
	transport := s.transport(c, target)
	go func() {
		defer cancel()
		run(c, request, transport)
	}()
}

func (c *call) feed(writer *io.PipeWriter) {
	for piece := range c.pieces {
		switch piece.Do {
		case "write":
			if _, err := writer.Write(piece.Bytes); err != nil {
				say(map[string]any{"event": "unwritten", "id": c.id, "error": err.Error()})
				continue
			}
			say(map[string]any{"event": "written", "id": c.id, "bytes": len(piece.Bytes)})
		case "end":
			writer.Close()
		case "abort":
			writer.CloseWithError(errors.New("aborted by the test"))
		}
	}
}

func trace(id string) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		Got100Continue: func() { say(map[string]any{"event": "continue", "id": id}) },
		WroteHeaders:   func() { say(map[string]any{"event": "head", "id": id}) },
		Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
			say(map[string]any{"event": "informational", "id": id, "status": code})
			return nil
		},
	}
}

// transport has one connection for all requests over HTTP/2, and a new one for each over HTTP/1.1.
func (s *session) transport(c command, target *url.URL) *http.Transport {
	http2 := c.Protocol == "HTTP/2.0"
	s.mu.Lock()
	defer s.mu.Unlock()
	if shared := s.h2[target.Host]; http2 && shared != nil {
		return shared
	}
	made := &http.Transport{
		Protocols:             &http.Protocols{},
		TLSClientConfig:       &tls.Config{ServerName: target.Hostname(), RootCAs: pool(s.roots)},
		DisableCompression:    true,
		ExpectContinueTimeout: time.Minute,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return s.way.tunnel(ctx, target.Host)
		},
	}
	made.Protocols.SetHTTP1(!http2)
	made.Protocols.SetHTTP2(http2)
	if c.Length >= 0 {
		// With a content-length, net/http gathers pieces in this buffer.
		made.WriteBufferSize = 1
	}
	if http2 {
		s.h2[target.Host] = made
	}
	return made
}

func run(c command, request *http.Request, transport *http.Transport) {
	if c.Protocol != "HTTP/2.0" {
		defer transport.CloseIdleConnections()
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		say(map[string]any{"event": "error", "id": c.ID, "error": err.Error()})
		return
	}
	defer response.Body.Close()
	say(map[string]any{"event": "response", "id": c.ID, "status": response.StatusCode, "protocol": response.Proto,
		"headers": response.Header, "length": response.ContentLength})
	sum := sha256.New()
	length := 0
	buffer := make([]byte, 64*1024)
	for {
		n, err := response.Body.Read(buffer)
		length += n
		if c.Digest {
			sum.Write(buffer[:n])
		} else if n > 0 {
			say(map[string]any{"event": "body", "id": c.ID, "bytes": buffer[:n]})
		}
		if errors.Is(err, io.EOF) {
			say(map[string]any{"event": "end", "id": c.ID, "trailers": response.Trailer, "length": length,
				"sha256": hex.EncodeToString(sum.Sum(nil))})
			return
		}
		if err != nil {
			say(map[string]any{"event": "broken", "id": c.ID, "error": err.Error(), "length": length})
			return
		}
	}
}
