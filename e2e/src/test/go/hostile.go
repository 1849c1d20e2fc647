package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// runHostile is an origin that sends certificates as they are, sound or not, with as much behind them as asked for, and
// as slowly. The first connections may be served honestly, so that what looks at it first learns nothing of the rest.
func runHostile(args []string) {
	flags := flag.NewFlagSet("hostile", flag.ExitOnError)
	cert := flags.String("cert", "", "PEM chain, which is not looked into")
	key := flags.String("key", "", "PEM key")
	filler := flags.Int("filler", 0, "bytes of one more certificate behind the chain")
	drip := flags.Duration("drip", 0, "time between two bytes of the handshake")
	honest := flags.Int64("honest", 0, "how many connections get the chain alone, and at once")
	flags.Parse(args)

	honestly := rawCertificate(*cert, *key)
	filled := honestly
	if *filler > 0 {
		filled.Certificate = append(append([][]byte{}, honestly.Certificate...), make([]byte, *filler))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err.Error())
	}
	o := &origin{gate: &gate{open: make(chan struct{})}, pages: http.NotFoundHandler()}
	go o.commands()
	server := &http.Server{Handler: o, TLSConfig: &tls.Config{
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello.Conn.(*counted).number <= *honest {
				return &honestly, nil
			}
			return &filled, nil
		},
	}}
	say(map[string]any{"event": "listening", "address": listener.Addr().String()})
	fail(server.ServeTLS(&counting{Listener: listener, honest: *honest, drip: *drip}, "", "").Error())
}

// rawCertificate reads a chain that no library may be able to read.
func rawCertificate(certFile, keyFile string) tls.Certificate {
	rest, err := os.ReadFile(certFile)
	if err != nil {
		fail(err.Error())
	}
	made := tls.Certificate{}
	for block, rest := pem.Decode(rest); block != nil; block, rest = pem.Decode(rest) {
		made.Certificate = append(made.Certificate, block.Bytes)
	}
	pair, err := os.ReadFile(keyFile)
	if err != nil {
		fail(err.Error())
	}
	block, _ := pem.Decode(pair)
	if made.PrivateKey, err = x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
		fail(err.Error())
	}
	return made
}

type counting struct {
	net.Listener
	honest  int64
	drip    time.Duration
	numbers atomic.Int64
}

func (l *counting) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	number := l.numbers.Add(1)
	connection := &counted{Conn: accepted, number: number}
	if number > l.honest {
		connection.drip = l.drip
	}
	say(map[string]any{"event": "connection", "number": number})
	return connection, nil
}

// counted is a connection with its number, that says at its end what it has sent.
type counted struct {
	net.Conn
	number int64
	drip   time.Duration
	sent   atomic.Int64
}

func (c *counted) Write(bytes []byte) (int, error) {
	if c.drip == 0 {
		n, err := c.Conn.Write(bytes)
		c.sent.Add(int64(n))
		return n, err
	}
	for i := range bytes {
		if _, err := c.Conn.Write(bytes[i : i+1]); err != nil {
			return i, err
		}
		c.sent.Add(1)
		time.Sleep(c.drip)
	}
	return len(bytes), nil
}

func (c *counted) Close() error {
	say(map[string]any{"event": "closed", "number": c.number, "sent": c.sent.Load()})
	return c.Conn.Close()
}
