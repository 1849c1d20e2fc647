package main

import (
	"crypto/tls"
	"flag"
	"net"
	"net/http"
	"sync/atomic"
)

// runChanging is an origin that presents one certificate in its first handshake and another one from then on: what
// looks at it first learns nothing of what comes later.
func runChanging(args []string) {
	flags := flag.NewFlagSet("changing", flag.ExitOnError)
	cert := flags.String("cert", "", "PEM chain of the first handshake")
	key := flags.String("key", "", "PEM key of the first handshake")
	thenCert := flags.String("then-cert", "", "PEM chain of all further handshakes")
	thenKey := flags.String("then-key", "", "PEM key of all further handshakes")
	flags.Parse(args)

	first, err := tls.LoadX509KeyPair(*cert, *key)
	if err != nil {
		fail(err.Error())
	}
	then, err := tls.LoadX509KeyPair(*thenCert, *thenKey)
	if err != nil {
		fail(err.Error())
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err.Error())
	}
	o := &origin{gate: &gate{open: make(chan struct{})}, pages: http.NotFoundHandler()}
	go o.commands()
	var handshakes atomic.Int64
	server := &http.Server{Handler: o, TLSConfig: &tls.Config{
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			n := handshakes.Add(1)
			say(map[string]any{"event": "handshake", "number": n})
			if n == 1 {
				return &first, nil
			}
			return &then, nil
		},
	}}
	say(map[string]any{"event": "listening", "address": listener.Addr().String()})
	fail(server.ServeTLS(listener, "", "").Error())
}
