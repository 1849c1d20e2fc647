package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

func TestAttacksAreRequestsToTheServer(t *testing.T) {
	seen := make(chan string, 10_000)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case seen <- r.Method + " " + r.Proto + " " + r.URL.Path:
		default:
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.CloseClientConnections()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	c := &client{
		dial: server.Listener.Addr().String(), port: "443", path: "/attacked",
		tls: &tls.Config{RootCAs: pool, NextProtos: []string{"http/1.1"}},
	}
	var done atomic.Int64
	go c.reset("example.com", &done)
	expect(t, seen, "GET HTTP/2.0 /attacked")
	open, err := c.beginBody("example.com")
	if err != nil {
		t.Fatal(err)
	}
	defer open.close()
	expect(t, seen, "POST HTTP/1.1 /attacked")
	if done.Load() == 0 {
		t.Error("nothing was counted")
	}
}

func expect(t *testing.T, seen chan string, wanted string) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case request := <-seen:
			if request == wanted {
				return
			}
		case <-limit:
			t.Fatal("not seen: " + wanted)
		}
	}
}
