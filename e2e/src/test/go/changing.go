package main

import (
	"crypto/tls"
	"flag"
	"net"
	"net/http"
	"sync/atomic"
)

// runChanging is an origin that presents one certificate in its first handshake and another one from then on: what
// looks at it first learns nothing of what comes later. Its session tickets are good under every server name.
func runChanging(args []string) {
	flags := flag.NewFlagSet("changing", flag.ExitOnError)
	cert := flags.String("cert", "", "PEM chain of the first handshake")
	key := flags.String("key", "", "PEM key of the first handshake")
	thenCert := flags.String("then-cert", "", "PEM chain of all further handshakes")
	thenKey := flags.String("then-key", "", "PEM key of all further handshakes")
	only := flags.String("only", "", "the one server name whose certificate changes; all where empty")
	highest := flags.String("highest", "", "the highest version: 1.2 or 1.3")
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
		VerifyConnection: func(state tls.ConnectionState) error {
			say(map[string]any{"event": "finished", "sni": state.ServerName, "resumed": state.DidResume})
			return nil
		},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if *only != "" && hello.ServerName != *only {
				return &first, nil
			}
			n := handshakes.Add(1)
			say(map[string]any{"event": "handshake", "number": n})
			if n == 1 {
				return &first, nil
			}
			return &then, nil
		},
	}}
	restrict(server.TLSConfig, "", *highest, "", "")
	say(map[string]any{"event": "listening", "address": listener.Addr().String()})
	fail(server.ServeTLS(listener, "", "").Error())
}
