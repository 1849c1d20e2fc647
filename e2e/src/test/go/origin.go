package main

import (
	"bufio"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// An origin over TLS (HTTP/1.1 and HTTP/2) or in clear text. It reports every connection, and of every request the head
// and each piece of the body as it arrives.
type origin struct {
	requests atomic.Int64
	gate     *gate
	pages    http.Handler
}

// gate lets handlers wait for a "release" line on standard input.
type gate struct {
	mu   sync.Mutex
	open chan struct{}
}

// next is closed by the next release.
func (g *gate) next() chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
}

// wait says that the request waits, and waits for a release that comes after it has said so.
func (g *gate) wait(id int64, r *http.Request) bool {
	open := g.next()
	say(map[string]any{"event": "waiting", "id": id, "path": r.URL.RequestURI()})
	select {
	case <-open:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (g *gate) release() {
	g.mu.Lock()
	close(g.open)
	g.open = make(chan struct{})
	g.mu.Unlock()
}

func runOrigin(args []string) {
	flags := flag.NewFlagSet("origin", flag.ExitOnError)
	address := flags.String("address", "127.0.0.1:0", "where to listen")
	cert := flags.String("cert", "", "PEM chain; clear text where empty")
	key := flags.String("key", "", "PEM key")
	alpn := flags.String("alpn", "h2,http/1.1", "application protocols")
	tls12 := flags.Bool("tls12", false, "TLS 1.2 only")
	lowest := flags.String("lowest", "", "the lowest version: 1.0, 1.1, 1.2 or 1.3")
	highest := flags.String("highest", "", "the highest version")
	suites := flags.String("suites", "", "cipher suites up to TLS 1.2, in hexadecimal with commas between")
	groups := flags.String("groups", "", "key exchange groups by number, with commas between")
	pages := flags.String("pages", "", "a folder whose files are served under /pages/")
	clients := flags.String("client-roots", "", "PEM roots that clients' certificates must lead to; none is asked for where empty")
	flags.Parse(args)

	o := &origin{gate: &gate{open: make(chan struct{})}}
	o.pages = http.StripPrefix("/pages/", http.FileServer(http.Dir(*pages)))
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		fail(err.Error())
	}
	server := &http.Server{Handler: o, ErrorLog: nil, ConnState: func(c net.Conn, s http.ConnState) {
		if s == http.StateNew {
			say(map[string]any{"event": "connection", "from": c.RemoteAddr().String()})
		}
	}}
	go o.commands()
	say(map[string]any{"event": "listening", "address": listener.Addr().String()})
	if *cert == "" {
		err = server.Serve(listener)
	} else {
		server.TLSConfig = &tls.Config{NextProtos: strings.Split(*alpn, ",")}
		if *tls12 {
			server.TLSConfig.MaxVersion = tls.VersionTLS12
		}
		if *clients != "" {
			server.TLSConfig.ClientAuth = tls.RequireAndVerifyClientCert
			server.TLSConfig.ClientCAs = pool(*clients)
		}
		restrict(server.TLSConfig, *lowest, *highest, *suites, *groups)
		server.TLSConfig.VerifyConnection = func(state tls.ConnectionState) error {
			say(map[string]any{"event": "handshake", "sni": state.ServerName, "tls": tls.VersionName(state.Version),
				"curve": state.CurveID.String(), "suite": tls.CipherSuiteName(state.CipherSuite)})
			return nil
		}
		if !strings.Contains(*alpn, "h2") {
			server.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
		}
		err = server.ServeTLS(listener, *cert, *key)
	}
	fail(err.Error())
}

var versions = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12,
	"1.3": tls.VersionTLS13}

// restrict leaves a server with what the flags name.
func restrict(config *tls.Config, lowest, highest, suites, groups string) {
	if lowest != "" {
		config.MinVersion = versions[lowest]
	}
	if highest != "" {
		config.MaxVersion = versions[highest]
	}
	for _, suite := range numbers(suites, 16) {
		config.CipherSuites = append(config.CipherSuites, suite)
	}
	for _, group := range numbers(groups, 10) {
		config.CurvePreferences = append(config.CurvePreferences, tls.CurveID(group))
	}
}

func numbers(list string, base int) []uint16 {
	var all []uint16
	for _, text := range strings.Split(list, ",") {
		if text == "" {
			continue
		}
		number, err := strconv.ParseUint(text, base, 16)
		if err != nil {
			fail(err.Error())
		}
		all = append(all, uint16(number))
	}
	return all
}

func chainPEM(chain []*x509.Certificate) string {
	var text strings.Builder
	for _, each := range chain {
		pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: each.Raw})
	}
	return text.String()
}

func (o *origin) commands() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "release" {
			o.gate.release()
		}
	}
	os.Exit(0) // the test is gone
}

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := o.requests.Add(1)
	event := map[string]any{
		"event": "request", "id": id, "method": r.Method, "path": r.URL.RequestURI(), "host": r.Host,
		"protocol": r.Proto, "headers": r.Header,
	}
	if r.TLS != nil {
		event["sni"] = r.TLS.ServerName
		event["tls"] = tls.VersionName(r.TLS.Version)
		if len(r.TLS.PeerCertificates) > 0 {
			event["client"] = r.TLS.PeerCertificates[0].Subject.String()
			event["client-chain"] = chainPEM(r.TLS.PeerCertificates)
			event["from"] = r.RemoteAddr
		}
	}
	say(event)
	w.Header().Set("X-Origin-Protocol", r.Proto)
	switch {
	case strings.HasPrefix(r.URL.Path, "/pages/"):
		o.pages.ServeHTTP(w, r)
	case r.URL.Path == "/ws":
		websocketEcho(w, r)
	case r.URL.Path == "/early": // an answer before the upload has ended, and no interest in the rest
		if r.ProtoMajor == 1 {
			w.Header().Set("Connection", "close") // else net/http reads the rest first
		}
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, "no need to read on\n")
	case r.URL.Path == "/early-keep": // an answer at once, which ends when the upload does
		http.NewResponseController(w).EnableFullDuplex()
		io.WriteString(w, "answered\n")
		w.(http.Flusher).Flush()
		o.read(id, r)
		io.WriteString(w, "read on\n")
	case r.URL.Path == "/duplex": // each piece goes back as it comes
		o.duplex(id, w, r)
	case r.URL.Path == "/content": // ranges, conditions, HEAD
		w.Header().Set("Etag", `"v1"`)
		http.ServeContent(w, r, "content.txt", time.Time{}, strings.NewReader(strings.Repeat("0123456789abcde\n", 6250)))
	case r.URL.Path == "/events": // three server-sent events, a wait for "release" before the second and the third
		o.events(id, w, r)
	case r.URL.Path == "/sse": // three server-sent events, each with what x-respond (base64) says
		text, _ := base64.StdEncoding.DecodeString(r.Header.Get("X-Respond"))
		w.Header().Set("Content-Type", "text/event-stream")
		for range 3 {
			io.WriteString(w, "data: "+string(text)+"\n\n")
			w.(http.Flusher).Flush()
		}
	case r.URL.Path == "/grpc": // each message goes back as it comes
		grpcEcho(w, r)
	case r.URL.Path == "/silent":
		<-r.Context().Done()
	case strings.HasPrefix(r.URL.Path, "/status/"):
		o.read(id, r)
		code, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/status/"))
		w.WriteHeader(code)
	case strings.HasPrefix(r.URL.Path, "/bytes/"):
		o.read(id, r)
		count, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/bytes/"))
		pattern := []byte(strings.Repeat("0123456789abcde\n", 4096))
		for count > 0 {
			n := min(count, len(pattern))
			if _, err := w.Write(pattern[:n]); err != nil {
				return
			}
			count -= n
		}
	case r.URL.Path == "/gated": // half, then a wait for "release", then the other half
		o.read(id, r)
		io.WriteString(w, "first half\n")
		w.(http.Flusher).Flush()
		if o.gate.wait(id, r) {
			io.WriteString(w, "second half\n")
		}
	case r.URL.Path == "/trailers":
		body := o.read(id, r)
		w.Header().Set("Trailer", "X-Checksum")
		w.(http.Flusher).Flush() // else net/http sends a length, which leaves no room for trailers in HTTP/1.1
		w.Write(body)
		w.Header().Set("X-Checksum", "of-the-body")
	case r.URL.Path == "/file": // the file that x-file names, labelled with x-encoding
		o.digest(id, r)
		file, err := os.Open(r.Header.Get("X-File"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer file.Close()
		if encoding := r.Header.Get("X-Encoding"); encoding != "" {
			w.Header().Set("Content-Encoding", encoding)
		}
		w.Header().Set("Content-Type", "text/plain")
		io.Copy(w, file)
	case r.URL.Path == "/respond":
		o.respond(id, w, r, o.read(id, r))
	default:
		body := o.read(id, r)
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, "hello from "+r.Host+r.URL.Path+", "+strconv.Itoa(len(body))+" bytes\n")
	}
}

// respond sends back what the request asks for in headers: x-respond (base64) or the request's body, split after
// x-split bytes, labelled with x-encoding.
func (o *origin) respond(id int64, w http.ResponseWriter, r *http.Request, body []byte) {
	if wanted := r.Header.Get("X-Respond"); wanted != "" {
		body, _ = base64.StdEncoding.DecodeString(wanted)
	}
	if encoding := r.Header.Get("X-Encoding"); encoding != "" {
		w.Header().Set("Content-Encoding", encoding)
	}
	w.Header().Set("Content-Type", "text/plain")
	split, _ := strconv.Atoi(r.Header.Get("X-Split"))
	if split > 0 && split < len(body) {
		w.Write(body[:split])
		w.(http.Flusher).Flush()
		if r.Header.Get("X-Wait") != "" {
			if !o.gate.wait(id, r) {
				return
			}
		}
		body = body[split:]
	}
	w.Write(body)
}

func (o *origin) duplex(id int64, w http.ResponseWriter, r *http.Request) {
	http.NewResponseController(w).EnableFullDuplex()
	w.Header().Set("Trailer", "X-Status")
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	buffer := make([]byte, 64*1024)
	for {
		n, err := r.Body.Read(buffer)
		if n > 0 {
			w.Write(buffer[:n])
			w.(http.Flusher).Flush()
		}
		if err != nil {
			say(map[string]any{"event": "end", "id": id, "trailers": r.Trailer})
			w.Header().Set("X-Status", "done")
			return
		}
	}
}

func (o *origin) events(id int64, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i, word := range []string{"one", "two", "three"} {
		if i > 0 && !o.gate.wait(id, r) {
			return
		}
		io.WriteString(w, "data: "+word+"\n\n")
		w.(http.Flusher).Flush()
	}
}

func (o *origin) read(id int64, r *http.Request) []byte {
	var all []byte
	buffer := make([]byte, 64*1024)
	for {
		n, err := r.Body.Read(buffer)
		if n > 0 {
			if len(all) < 32*1024*1024 {
				all = append(all, buffer[:n]...)
			}
			say(map[string]any{"event": "body", "id": id, "bytes": base64.StdEncoding.EncodeToString(buffer[:n])})
		}
		if err == io.EOF {
			say(map[string]any{"event": "end", "id": id, "trailers": r.Trailer})
			return all
		}
		if err != nil {
			say(map[string]any{"event": "broken", "id": id, "error": err.Error()})
			return all
		}
	}
}

// digest reads a body that is too large to be reported, and says what it was.
func (o *origin) digest(id int64, r *http.Request) {
	sum := sha256.New()
	n, err := io.Copy(sum, r.Body)
	if err != nil {
		say(map[string]any{"event": "broken", "id": id, "error": err.Error()})
		return
	}
	say(map[string]any{"event": "digest", "id": id, "path": r.URL.RequestURI(), "length": n,
		"sha256": hex.EncodeToString(sum.Sum(nil))})
}

const frameMax = 16 * 1024 * 1024

func websocketEcho(w http.ResponseWriter, r *http.Request) {
	if r.Method == "CONNECT" && r.Header.Get(":protocol") == "websocket" { // RFC 8441
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		echoFrames(r.Body, w, w.(http.Flusher).Flush)
		return
	}
	key := r.Header.Get("Sec-WebSocket-Key")
	if key == "" || !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		http.Error(w, "not a WebSocket handshake", http.StatusBadRequest)
		return
	}
	connection, stream, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	stream.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n")
	stream.Flush()
	echoFrames(stream, stream, func() { stream.Flush() })
}

func echoFrames(reader io.Reader, writer io.Writer, flush func()) {
	for {
		head := make([]byte, 2)
		if _, err := io.ReadFull(reader, head); err != nil {
			return
		}
		length := int(head[1] & 0x7f)
		if length == 126 {
			extended := make([]byte, 2)
			io.ReadFull(reader, extended)
			length = int(binary.BigEndian.Uint16(extended))
		} else if length == 127 {
			extended := make([]byte, 8)
			io.ReadFull(reader, extended)
			length = int(binary.BigEndian.Uint64(extended))
			if length > frameMax {
				return // larger than any test sends
			}
		}
		mask := make([]byte, 4)
		if head[1]&0x80 != 0 {
			io.ReadFull(reader, mask)
		}
		payload := make([]byte, length)
		if _, err := io.ReadFull(reader, payload); err != nil {
			return
		}
		for i := range payload {
			payload[i] ^= mask[i%4]
		}
		if length < 126 {
			say(map[string]any{"event": "frame", "payload": string(payload)})
		} else {
			say(map[string]any{"event": "frame", "length": length})
		}
		reply := []byte{head[0]}
		if length < 126 {
			reply = append(reply, byte(length))
		} else if length < 1<<16 {
			reply = append(reply, 126, byte(length>>8), byte(length))
		} else {
			reply = binary.BigEndian.AppendUint64(append(reply, 127), uint64(length))
		}
		writer.Write(append(reply, payload...))
		flush()
		if head[0]&0x0f == 8 {
			return
		}
	}
}

func grpcEcho(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "Grpc-Status")
	for {
		message, err := readGrpcMessage(r.Body)
		if err != nil {
			break
		}
		w.Write(grpcMessage(message))
		w.(http.Flusher).Flush()
	}
	w.Header().Set("Grpc-Status", "0")
}
