package main

import (
	"fmt"
	"math/rand"
	"strings"
)

// text is 64 KiB of what programs send each other: JSON with words, numbers and dates. It holds nothing that a detector
// looks for, and is the same in each run.
var text = makeText(64 << 10)

func makeText(size int) []byte {
	words := strings.Fields("order customer invoice street number delivery paid open amount note price quantity article " +
		"the of a to in for with from by on and or not until again please thanks regards office north south green")
	random := rand.New(rand.NewSource(7))
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, `{"id":%d,"when":"2026-%02d-%02dT%02d:%02d:00Z","amount":%d.%02d,"note":"`,
			random.Intn(1_000_000), 1+random.Intn(12), 1+random.Intn(28), random.Intn(24), random.Intn(60),
			random.Intn(10_000), random.Intn(100))
		for range 4 + random.Intn(12) {
			b.WriteString(words[random.Intn(len(words))])
			b.WriteByte(' ')
		}
		b.WriteString("\"}\n")
	}
	return []byte(b.String()[:size])
}

// textOf is the beginning of that text, repeated as often as it takes.
func textOf(size int) []byte {
	out := make([]byte, 0, size)
	for len(out) < size {
		out = append(out, text[:min(size-len(out), len(text))]...)
	}
	return out
}
