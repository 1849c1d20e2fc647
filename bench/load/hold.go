package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"
)

// runHold opens tunnels, asks once over each, and keeps them open until a line or the end of standard input comes.
func runHold(args []string) {
	flags := flag.NewFlagSet("hold", flag.ExitOnError)
	c := clientFlags(flags)
	host := flags.String("host", "bench.test", "the target's name")
	count := flags.Int("count", 1000, "how many tunnels")
	flags.Parse(args)
	client := c()

	open := make([]*tunnel, *count)
	errs := make([]error, *count)
	var all sync.WaitGroup
	limit := make(chan struct{}, 16)
	for i := range open {
		all.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			open[i], errs[i] = client.open(*host)
			if errs[i] == nil {
				_, errs[i] = open[i].exchange()
			}
		})
	}
	all.Wait()
	held, first := 0, ""
	for _, err := range errs {
		if err == nil {
			held++
		} else if first == "" {
			first = err.Error()
		}
	}
	say(map[string]any{"held": held, "error": first})
	bufio.NewReader(os.Stdin).ReadString('\n')
	for i, t := range open {
		if errs[i] == nil {
			t.close()
		}
	}
}

// runFirst asks again and again until it is served, and says how long that took from a given moment.
func runFirst(args []string) {
	flags := flag.NewFlagSet("first", flag.ExitOnError)
	c := clientFlags(flags)
	host := flags.String("host", "bench.test", "the target's name")
	since := flags.Int64("since", 0, "nanoseconds since 1970; 0 is now")
	patience := flags.Duration("patience", 60*time.Second, "when to give up")
	flags.Parse(args)
	client := c()
	start := time.Now()
	if *since > 0 {
		start = time.Unix(0, *since)
	}
	for {
		t, err := client.open(*host)
		if err == nil {
			_, err = t.exchange()
			t.close()
		}
		if err == nil {
			say(map[string]any{"ms": milliseconds(time.Since(start))})
			return
		}
		if time.Since(start) > *patience {
			fail(fmt.Sprintf("not served within %v: %v", *patience, err))
		}
		time.Sleep(2 * time.Millisecond)
	}
}
