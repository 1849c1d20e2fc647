package main

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"time"
)

// A client that hides the name it wants with Encrypted Client Hello (RFC 9849), under a key that the gateway cannot have.
// Where its hello is answered without ECH, in the name that it shows, it does as browsers do: it asks again without.
func runEch(args []string) {
	flags := flag.NewFlagSet("ech", flag.ExitOnError)
	proxy := flags.String("proxy", "", "HOST:PORT of the proxy; none where it is empty")
	dial := flags.String("dial", "", "HOST:PORT to name to the proxy, or to dial")
	name := flags.String("name", "", "the name that is wanted")
	public := flags.String("public", "", "the name that is shown")
	roots := flags.String("cacert", "", "PEM roots")
	flags.Parse(args)

	kind := ""
	if *proxy != "" {
		kind = "h1"
	}
	way := newWay(kind, *proxy, "", nil)
	config := &tls.Config{ServerName: *name, RootCAs: pool(*roots), MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}}
	hidden := config.Clone()
	hidden.EncryptedClientHelloConfigList = echConfigs(*public)
	err := getOver(way, *dial, "https://"+*name+"/hidden", hidden)
	var rejected *tls.ECHRejectionError
	if !errors.As(err, &rejected) || len(rejected.RetryConfigList) != 0 {
		sayEnd(err)
		return
	}
	say(map[string]any{"event": "rejected"})
	sayEnd(getOver(way, *dial, "https://"+*name+"/seen", config))
}

func sayEnd(err error) {
	if err != nil {
		say(map[string]any{"event": "error", "error": err.Error()})
	}
}

func getOver(way *way, target, url string, config *tls.Config) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	transport := &http.Transport{DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		connection, err := way.tunnel(ctx, target)
		if err != nil {
			return nil, err
		}
		secure := tls.Client(connection, config)
		return secure, secure.HandshakeContext(ctx)
	}}
	request, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	request.Host = config.ServerName + target[len(target)-len(portOf(target))-1:]
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	say(map[string]any{"event": "response", "status": response.StatusCode, "body": string(body)})
	return nil
}

func portOf(target string) string {
	_, port, err := net.SplitHostPort(target)
	if err != nil {
		fail(err.Error())
	}
	return port
}

// echConfigs is an ECHConfigList (RFC 9849 4) with one X25519 key whose private half nobody keeps.
func echConfigs(public string) []byte {
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		fail(err.Error())
	}
	short := binary.BigEndian.AppendUint16
	contents := short([]byte{7}, 0x0020)
	contents = append(short(contents, 32), key.PublicKey().Bytes()...)
	contents = short(contents, 4)
	contents = short(short(contents, 1), 1) // HKDF-SHA256, AES-128-GCM
	contents = append(contents, 0, byte(len(public)))
	contents = append(contents, public...)
	contents = short(contents, 0)
	config := append(short(short(nil, 0xfe0d), uint16(len(contents))), contents...)
	return append(short(nil, uint16(len(config))), config...)
}
