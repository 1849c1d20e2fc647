package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/http2"
)

// A client of one question: it reaches a target in one of the ways in, speaks one protocol inside, and says what came
// back in one line.
type question struct {
	way    *way
	inner  string // h1, h2, ws, ws-h2, grpc, grpc-stream or sse
	target *url.URL
	text   string // what is sent, or for sse asked for
	tls    *tls.Config

	answer map[string]any
}

func runAsk(args []string) {
	flags := flag.NewFlagSet("ask", flag.ExitOnError)
	kind := flags.String("way", "", "h1, h2, h1-tls, h2-tls or h3")
	proxy := flags.String("proxy", "", "HOST:PORT of the proxy, or without a way, what to dial in place of the target")
	name := flags.String("proxy-name", "", "what the proxy's certificate must be for")
	roots := flags.String("cacert", "", "PEM roots, of the proxy and the target")
	inner := flags.String("inner", "h1", "h1, h2, ws, ws-h2, grpc, grpc-stream or sse")
	target := flags.String("url", "", "https://HOST:PORT of the target")
	text := flags.String("text", "lyrebird", "what is sent, or for sse asked for")
	certificate := flags.String("proxy-cert", "", "PEM certificate and key to present to the proxy")
	flags.StringVar(&proxyAuthorization, "proxy-authorization", "", "the header of the CONNECT")
	flags.Parse(args)

	parsed, err := url.Parse(*target)
	if err != nil {
		fail(err.Error())
	}
	q := &question{
		way:    newWay(*kind, *proxy, *name, pool(*roots)),
		inner:  *inner,
		target: parsed,
		text:   *text,
		tls:    &tls.Config{ServerName: parsed.Hostname(), RootCAs: pool(*roots)},
		answer: map[string]any{"event": "answer"},
	}
	if *certificate != "" {
		pair, err := tls.LoadX509KeyPair(*certificate, *certificate)
		if err != nil {
			fail(err.Error())
		}
		q.way.certificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	// Shorter than the test's patience.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := q.ask(ctx); err != nil {
		q.answer["error"] = err.Error()
	}
	say(q.answer)
}

func (q *question) ask(ctx context.Context) error {
	switch q.inner {
	case "h1":
		return q.exchange(ctx, q.http1(), "POST", "/respond", strings.NewReader(q.text), nil)
	case "h2":
		return q.exchange(ctx, q.http2(), "POST", "/respond", strings.NewReader(q.text), nil)
	case "sse":
		return q.exchange(ctx, q.http2(), "GET", "/sse", nil,
			map[string]string{"X-Respond": base64.StdEncoding.EncodeToString([]byte(q.text))})
	case "grpc":
		return q.grpc(ctx, 1)
	case "grpc-stream":
		return q.grpc(ctx, 20)
	case "ws":
		return q.websocket(ctx)
	case "ws-h2":
		return q.websocketOverHTTP2(ctx)
	}
	return errors.New("no protocol " + q.inner)
}

func (q *question) dial(ctx context.Context, protocols ...string) (*tls.Conn, error) {
	connection, err := q.way.tunnel(ctx, q.target.Host)
	if err != nil {
		return nil, err
	}
	config := q.tls.Clone()
	config.NextProtos = protocols
	secured := tls.Client(connection, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	state := secured.ConnectionState()
	q.answer["issuer"] = state.PeerCertificates[0].Issuer.String()
	q.answer["alpn"] = state.NegotiatedProtocol
	return secured, nil
}

func (q *question) http1() http.RoundTripper {
	return &http.Transport{
		DisableCompression: true,
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return q.dial(ctx, "http/1.1")
		},
	}
}

func (q *question) http2() http.RoundTripper {
	return &http2.Transport{
		DisableCompression: true,
		DialTLSContext: func(ctx context.Context, _, _ string, _ *tls.Config) (net.Conn, error) {
			return q.dial(ctx, "h2")
		},
	}
}

func (q *question) exchange(ctx context.Context, transport http.RoundTripper, method, path string, body io.Reader, headers map[string]string) error {
	request, err := http.NewRequestWithContext(ctx, method, q.target.String()+path, body)
	if err != nil {
		return err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	q.heard(response)
	all, err := io.ReadAll(response.Body)
	q.answer["body"] = string(all)
	q.answer["trailers"] = response.Trailer
	return err
}

func (q *question) heard(response *http.Response) {
	q.answer["status"] = response.StatusCode
	q.answer["protocol"] = response.Proto
	q.answer["headers"] = response.Header
}

// grpc sends messages one after the other, each when the one before has come back (gRPC over HTTP/2).
func (q *question) grpc(ctx context.Context, messages int) error {
	up, body := io.Pipe()
	request, err := http.NewRequestWithContext(ctx, "POST", q.target.String()+"/grpc", up)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("Te", "trailers")
	send := func() {
		body.Write(grpcMessage([]byte(q.text)))
	}
	go func() {
		send()
		if messages == 1 {
			body.Close()
		}
	}()
	response, err := q.http2().RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	q.heard(response)
	var all []string
	for {
		message, err := readGrpcMessage(response.Body)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			q.answer["messages"] = len(all)
			return err
		}
		all = append(all, string(message))
		if len(all) < messages {
			send()
		} else if messages > 1 {
			body.Close()
		}
	}
	q.answer["messages"] = len(all)
	q.answer["body"] = strings.Join(all, "\n")
	status := response.Trailer.Get("Grpc-Status")
	if status == "" {
		status = response.Header.Get("Grpc-Status") // an answer of nothing but trailers
	}
	q.answer["grpc-status"] = status
	q.answer["grpc-message"] = response.Trailer.Get("Grpc-Message") + response.Header.Get("Grpc-Message")
	return nil
}

func grpcMessage(bytes []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(bytes))), bytes...)
}

func readGrpcMessage(reader io.Reader) ([]byte, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(reader, head); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(head[1:])
	if length > frameMax {
		return nil, errors.New("a message larger than any test sends")
	}
	message := make([]byte, length)
	_, err := io.ReadFull(reader, message)
	return message, err
}

// websocket opens one with an upgrade of HTTP/1.1 (RFC 6455 4).
func (q *question) websocket(ctx context.Context) error {
	connection, err := q.dial(ctx, "http/1.1")
	if err != nil {
		return err
	}
	defer connection.Close()
	io.WriteString(connection, "GET /ws HTTP/1.1\r\nHost: "+q.target.Host+
		"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: "+base64.StdEncoding.EncodeToString(random(16))+"\r\n\r\n")
	reader := bufio.NewReader(connection)
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		return err
	}
	q.heard(response)
	if response.StatusCode != http.StatusSwitchingProtocols {
		all, err := io.ReadAll(response.Body)
		q.answer["body"] = string(all)
		return err
	}
	return q.frames(reader, connection)
}

// websocketOverHTTP2 opens one with an extended CONNECT (RFC 8441 4).
func (q *question) websocketOverHTTP2(ctx context.Context) error {
	up, body := io.Pipe()
	request, err := http.NewRequestWithContext(ctx, "CONNECT", q.target.String()+"/ws", up)
	if err != nil {
		return err
	}
	request.Header.Set(":protocol", "websocket")
	request.Header.Set("Sec-WebSocket-Version", "13")
	response, err := q.http2().RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	q.heard(response)
	if response.StatusCode != http.StatusOK {
		all, err := io.ReadAll(response.Body)
		q.answer["body"] = string(all)
		return err
	}
	return q.frames(response.Body, body)
}

// frames sends the text in one frame, takes the echo, and closes.
func (q *question) frames(reader io.Reader, writer io.Writer) error {
	writer.Write(frame(1, []byte(q.text)))
	code, echo, err := readFrame(reader)
	if err != nil {
		return err
	}
	if code == 8 { // closed instead of echoed
		q.closed(echo)
		return nil
	}
	q.answer["body"] = string(echo)
	writer.Write(frame(8, binary.BigEndian.AppendUint16(nil, 1000)))
	code, closing, err := readFrame(reader)
	if err != nil {
		q.answer["close"] = 1006 // RFC 6455 7.1.5
		return nil
	}
	if code == 8 {
		q.closed(closing)
	}
	return nil
}

func (q *question) closed(payload []byte) {
	if len(payload) >= 2 {
		q.answer["close"] = int(binary.BigEndian.Uint16(payload))
		q.answer["why"] = string(payload[2:])
	}
}

// frame is a client's, masked (RFC 6455 5.2).
func frame(code byte, payload []byte) []byte {
	mask := random(4)
	head := []byte{0x80 | code, 0x80 | byte(len(payload))}
	if len(payload) > 125 {
		fail("a longer text than is needed")
	}
	masked := bytes.Clone(payload)
	for i := range masked {
		masked[i] ^= mask[i%4]
	}
	return append(append(head, mask...), masked...)
}

func readFrame(reader io.Reader) (byte, []byte, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(reader, head); err != nil {
		return 0, nil, err
	}
	payload := make([]byte, head[1]&0x7f)
	_, err := io.ReadFull(reader, payload)
	return head[0] & 0x0f, payload, err
}

func random(count int) []byte {
	bytes := make([]byte, count)
	rand.Read(bytes)
	return bytes
}
