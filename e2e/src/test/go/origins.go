package main

import (
	"bufio"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync/atomic"
)

// lineMax bounds one command: a chain of a hundred certificates, or one with thousands of names.
const lineMax = 8 * 1024 * 1024

// A server to start. Byte slices are base64 in JSON.
type server struct {
	ID         string
	Address    string
	Chain      [][]byte // DER, sent as it is, whether it can be read or not
	Key        []byte   // PKCS#8
	FirstChain [][]byte // presented once, to the first who comes
	FirstKey   []byte
	Staple     []byte
	MinVersion uint16
	MaxVersion uint16
	Ciphers    []uint16
	ClientCert bool
}

// runOrigins serves HTTP/1.1 over TLS on many ports, one for each line of JSON on standard input. Every answer is the
// host that was asked for. Nothing about a certificate is checked.
func runOrigins([]string) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, lineMax)
	for lines.Scan() {
		var s server
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			fail(err.Error())
		}
		if err := s.start(); err != nil {
			say(map[string]any{"event": "server", "id": s.ID, "address": "", "error": err.Error()})
		}
	}
	os.Exit(0) // the test is gone
}

func (s *server) start() error {
	parsed, err := x509.ParsePKCS8PrivateKey(s.Key)
	if err != nil {
		return err
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{{
			Certificate: s.Chain, PrivateKey: parsed.(crypto.Signer), OCSPStaple: s.Staple,
		}},
		MinVersion:   s.MinVersion,
		MaxVersion:   s.MaxVersion,
		CipherSuites: s.Ciphers,
	}
	if len(s.FirstChain) > 0 {
		first, err := x509.ParsePKCS8PrivateKey(s.FirstKey)
		if err != nil {
			return err
		}
		presented := tls.Certificate{Certificate: s.FirstChain, PrivateKey: first.(crypto.Signer)}
		then := config.Certificates[0]
		var came atomic.Bool
		config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if came.Swap(true) {
				return &then, nil
			}
			return &presented, nil
		}
		config.Certificates = nil
	}
	if s.ClientCert {
		config.ClientAuth = tls.RequestClientCert
	}
	listener, err := net.Listen("tcp", s.Address)
	if err != nil {
		return err
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		say(map[string]any{"event": "request", "id": s.ID})
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, "hello from "+r.Host+"\n")
	})
	go (&http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}).Serve(tls.NewListener(listener, config))
	say(map[string]any{"event": "server", "id": s.ID, "address": listener.Addr().String()})
	return nil
}
