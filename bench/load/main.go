// The load generator of the comparison, and the origin that it asks for. Results are lines of JSON on standard output.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fail("usage: load certificates|origin|run|hold|first|attack FLAGS")
	}
	switch os.Args[1] {
	case "certificates":
		runCertificates(os.Args[2:])
	case "origin":
		runOrigin(os.Args[2:])
	case "run":
		runLoad(os.Args[2:])
	case "hold":
		runHold(os.Args[2:])
	case "first":
		runFirst(os.Args[2:])
	case "attack":
		runAttack(os.Args[2:])
	default:
		fail("unknown command " + os.Args[1])
	}
}

// say prints one result as a line of JSON.
func say(result any) {
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fail(err.Error())
	}
}

func must(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(2)
}
