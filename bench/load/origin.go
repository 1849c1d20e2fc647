package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

const (
	names = "bench.test" // the origin is this host and all below it

	// http2Name is the one host that offers HTTP/2.
	http2Name = "h2." + names

	certificatesMax = 200_000
	downloadMax     = 1 << 30
)

// runOrigin serves small JSON, takes uploads, and sends downloads. Each name has a certificate of its own, made when it
// is first asked for. It ends with its standard input.
func runOrigin(args []string) {
	flags := flag.NewFlagSet("origin", flag.ExitOnError)
	certificate := flags.String("certificate", "", "PEM file of the authority of its certificates")
	key := flags.String("key", "", "PEM file with that one's key")
	listen := flags.String("listen", "127.0.0.1:0", "HOST:PORT")
	flags.Parse(args)

	listener, err := net.Listen("tcp", *listen)
	must(err)
	site := &site{issuer: readAuthority(*certificate, *key)}
	http2 := site.settings("h2", "http/1.1")
	config := site.settings("http/1.1")
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if hello.ServerName == http2Name {
			return http2, nil
		}
		return nil, nil
	}
	server := &http.Server{
		Handler:   http.HandlerFunc(serve),
		TLSConfig: http2.Clone(), // says that HTTP/2 is spoken where it was agreed on
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	say(map[string]any{"port": listener.Addr().(*net.TCPAddr).Port})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	must(server.Serve(tls.NewListener(listener, config)))
}

type site struct {
	issuer *authority
	made   sync.Map // of *certificateOnce by name
	count  sync.Mutex
	names  int
}

type certificateOnce struct {
	sync.Once
	certificate *tls.Certificate
}

func (s *site) settings(protocols ...string) *tls.Config {
	return &tls.Config{GetCertificate: s.certificate, NextProtos: protocols}
}

func (s *site) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := hello.ServerName
	if name != names && !strings.HasSuffix(name, "."+names) {
		return nil, fmt.Errorf("no certificate for %q", name)
	}
	kept, found := s.made.Load(name)
	if !found {
		s.count.Lock()
		s.names++
		full := s.names > certificatesMax
		s.count.Unlock()
		if full {
			return nil, fmt.Errorf("more than %d names", certificatesMax)
		}
		kept, _ = s.made.LoadOrStore(name, new(certificateOnce))
	}
	once := kept.(*certificateOnce)
	once.Do(func() { once.certificate = s.issuer.leaf(name) })
	return once.certificate, nil
}

var (
	small  = []byte(`{"id":42,"name":"a small answer","items":[1,2,3,4,5],"ok":true}`)
	copies = sync.Pool{New: func() any { buffer := make([]byte, 64<<10); return &buffer }}
)

func serve(w http.ResponseWriter, r *http.Request) {
	buffer := copies.Get().(*[]byte)
	defer copies.Put(buffer)
	got := 0
	for {
		n, err := r.Body.Read(*buffer)
		got += n
		if err != nil {
			break
		}
	}
	w.Header().Set("content-type", "application/json")
	if size, wanted := strings.CutPrefix(r.URL.Path, "/download/"); wanted {
		send(w, size)
		return
	}
	if got > 0 {
		w.Header().Set("x-got", strconv.Itoa(got))
	}
	w.Write(small)
}

func send(w http.ResponseWriter, size string) {
	left, err := strconv.Atoi(size)
	if err != nil || left < 0 || left > downloadMax {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("content-length", size)
	for left > 0 {
		piece := text[:min(left, len(text))]
		if _, err := w.Write(piece); err != nil {
			return
		}
		left -= len(piece)
	}
}
