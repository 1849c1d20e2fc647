package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"time"
)

// An http2Connection is one connection of HTTP/2 in a tunnel, which any number of workers may use.
type http2Connection struct {
	client *http.Client
	url    string
	method string
	body   []byte
}

func newHTTP2(c *client, host string) *http2Connection {
	config := c.tls.Clone()
	config.NextProtos = []string{"h2"}
	config.ServerName = host
	return &http2Connection{
		client: &http.Client{
			Timeout: exchangeLimit,
			Transport: &http.Transport{
				// The tunnel is asked for as by the other modes.
				DialContext: func(context.Context, string, string) (net.Conn, error) {
					raw, err := c.way(host)
					if err == nil {
						raw.SetDeadline(time.Time{})
					}
					return raw, err
				},
				TLSClientConfig:   config,
				ForceAttemptHTTP2: true,
				MaxConnsPerHost:   1,
			},
		},
		url:    "https://" + net.JoinHostPort(host, c.port) + c.path,
		method: c.method,
		body:   c.body,
	}
}

var errNotHTTP2 = errors.New("the answer did not come over HTTP/2")

func (h *http2Connection) exchange() (time.Time, error) {
	var firstByte time.Time
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		GotFirstResponseByte: func() { firstByte = time.Now() },
	})
	request, err := http.NewRequestWithContext(ctx, h.method, h.url, bytes.NewReader(h.body))
	if err != nil {
		return firstByte, err
	}
	answer, err := h.client.Do(request)
	if err != nil {
		return firstByte, err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return firstByte, err
	}
	if answer.ProtoMajor != 2 {
		return firstByte, errNotHTTP2
	}
	if answer.StatusCode != http.StatusOK {
		return firstByte, errors.New(answer.Status)
	}
	return firstByte, nil
}
