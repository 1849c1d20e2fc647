//go:debug rsa1024min=0

// The origins and clients of the end-to-end tests that are better not written in Java, so that the two sides of the
// gateway share no code with it. Each speaks JSON lines on standard output and takes commands on standard input.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

func main() {
	if len(os.Args) < 2 {
		fail("usage: e2e origin|origins|changing|hostile|client|direct|origin-h3|session|ask|ech FLAGS")
	}
	switch os.Args[1] {
	case "origin":
		runOrigin(os.Args[2:])
	case "origins":
		runOrigins(os.Args[2:])
	case "changing":
		runChanging(os.Args[2:])
	case "hostile":
		runHostile(os.Args[2:])
	case "client":
		runClient(os.Args[2:])
	case "ask":
		runAsk(os.Args[2:])
	case "direct":
		runDirect(os.Args[2:])
	case "origin-h3":
		runOriginWithHTTP3(os.Args[2:])
	case "ech":
		runEch(os.Args[2:])
	case "session":
		runSession(os.Args[2:])
	default:
		fail("unknown command " + os.Args[1])
	}
}

var out = struct {
	sync.Mutex
	*json.Encoder
}{Encoder: json.NewEncoder(os.Stdout)}

// say prints one event as a line of JSON.
func say(event map[string]any) {
	out.Lock()
	defer out.Unlock()
	if err := out.Encode(event); err != nil {
		os.Exit(1)
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(2)
}
