package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A result is what one run measured.
type result struct {
	Requests   uint64            `json:"requests"`
	Errors     uint64            `json:"errors"`
	Kinds      map[string]uint64 `json:"errorKinds,omitempty"`
	Closed     uint64            `json:"closed"` // kept connections that ended before the client wanted
	Seconds    float64           `json:"seconds"`
	CPUSeconds float64           `json:"cpuSeconds"` // of the system's processes
	P50        float64           `json:"p50Ms"`
	P90        float64           `json:"p90Ms"`
	P99        float64           `json:"p99Ms"`
	Max        float64           `json:"maxMs"`
	FirstP50   float64           `json:"firstByteP50Ms"`
	FirstP99   float64           `json:"firstByteP99Ms"`
	Next       int64             `json:"next"`       // the number of the next new name
	Begin      int64             `json:"beginNanos"` // since 1970
	Timeline   []second          `json:"timeline,omitempty"`
}

// A second is a part of a run, by the intended times of its requests.
type second struct {
	Requests uint64  `json:"requests"`
	Errors   uint64  `json:"errors"`
	P50      float64 `json:"p50Ms"`
	P99      float64 `json:"p99Ms"`
	Max      float64 `json:"maxMs"`
}

const (
	kindsMax   = 5
	secondsMax = 3600
)

type load struct {
	client      *client
	mode        string
	host        string
	prefix      string
	connections int
	streams     int
	warm        time.Duration
	length      time.Duration
	rate        float64
	count       int64
	roots       []int

	next     atomic.Int64 // the next new name, or the next request of a constant rate
	begin    time.Time    // of what is measured
	end      time.Time
	timeline bool

	lock sync.Mutex
	sum  tally
}

// A tally is what one worker has counted.
type tally struct {
	whole, first histogram
	errors       uint64
	closed       uint64
	kinds        map[string]uint64
	seconds      []*secondTally
}

type secondTally struct {
	histogram
	errors uint64
}

func runLoad(args []string) {
	flags := flag.NewFlagSet("run", flag.ExitOnError)
	l := &load{}
	c := clientFlags(flags)
	flags.StringVar(&l.mode, "mode", "keep", "keep, fresh, first or h2")
	flags.StringVar(&l.host, "host", "bench.test", "the target's name")
	flags.IntVar(&l.connections, "connections", 16, "how many at the same time")
	flags.IntVar(&l.streams, "streams", 8, "in h2, requests at the same time on each connection")
	flags.DurationVar(&l.warm, "warm", 500*time.Millisecond, "before anything is measured")
	flags.DurationVar(&l.length, "for", 5*time.Second, "how long is measured")
	flags.Float64Var(&l.rate, "rate", 0, "requests a second; 0 is one after the other, as fast as they are answered")
	flags.Int64Var(&l.count, "count", 0, "end after so many requests; 0 is by time alone")
	flags.BoolVar(&l.timeline, "timeline", false, "say each second apart")
	flags.StringVar(&l.prefix, "prefix", "", "in first, what new names begin with")
	from := flags.Int64("from", 0, "in first, the number of the first new name")
	processes := flags.String("processes", "", "ids, with commas; CPU is counted of these and all below them")
	flags.Parse(args)
	l.client = c()
	l.roots = numbers(*processes)
	l.next.Store(*from)
	say(l.run())
}

func clientFlags(flags *flag.FlagSet) func() *client {
	proxy := flags.String("proxy", "", "HOST:PORT of the proxy")
	dial := flags.String("dial", "", "HOST:PORT of the origin, dialled in place of the proxy")
	port := flags.String("port", "443", "the target's port")
	ca := flags.String("cacert", "", "PEM file of the roots that the client trusts")
	method := flags.String("method", "GET", "")
	path := flags.String("path", "/api", "")
	body := flags.Int("body", 0, "bytes to send")
	return func() *client {
		c := &client{proxy: *proxy, dial: *dial, port: *port, method: *method, path: *path}
		c.tls = &tls.Config{RootCAs: roots(*ca), NextProtos: []string{"http/1.1"}}
		if *body > 0 {
			c.body = textOf(*body)
		}
		return c
	}
}

func numbers(list string) []int {
	var all []int
	for _, word := range strings.Split(list, ",") {
		if number, err := strconv.Atoi(word); err == nil {
			all = append(all, number)
		}
	}
	return all
}

func (l *load) run() result {
	work, workers := l.worker(), l.connections
	if l.mode == "h2" {
		workers *= l.streams
	}
	start := time.Now()
	l.begin = start.Add(l.warm)
	l.end = l.begin.Add(l.length)
	if l.rate > 0 {
		l.next.Store(0)
	}
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			mine := &tally{kinds: map[string]uint64{}}
			work(i, mine)
			l.lock.Lock()
			defer l.lock.Unlock()
			l.sum.merge(mine)
		})
	}
	time.Sleep(time.Until(l.begin))
	before := treeCPU(l.roots)
	began := time.Now()
	finished := make(chan struct{})
	go func() { all.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-time.After(time.Until(l.end)):
	}
	seconds := time.Since(began).Seconds()
	used := treeCPU(l.roots) - before
	<-finished
	r := l.sum.result(seconds, used, l.timeline)
	r.Next = l.next.Load()
	r.Begin = l.begin.UnixNano()
	return r
}

// worker is what each of the connections does until the end.
func (l *load) worker() func(int, *tally) {
	switch l.mode {
	case "keep":
		return l.keep
	case "fresh":
		return func(_ int, t *tally) {
			l.each(t, func() (time.Time, error) { return l.once(l.host) })
		}
	case "first":
		return func(_ int, t *tally) {
			l.each(t, func() (time.Time, error) {
				return l.once(fmt.Sprintf("%sn%d.%s", l.prefix, l.next.Add(1)-1, l.host))
			})
		}
	case "h2":
		return l.http2()
	default:
		fail("unknown mode " + l.mode)
		return nil
	}
}

// keep asks over one connection, which it opens again where the other side closed it.
func (l *load) keep(_ int, t *tally) {
	var open *tunnel
	used := false
	l.each(t, func() (time.Time, error) {
		if open == nil {
			fresh, err := l.client.open(l.host)
			if err != nil {
				return time.Time{}, err
			}
			open, used = fresh, false
		}
		o, err := open.exchange()
		if err != nil || o.closing {
			open.close()
			open = nil
			if used || o.closing {
				t.closed++
			}
			return o.firstByte, err
		}
		used = true
		return o.firstByte, nil
	})
	if open != nil {
		open.close()
	}
}

// once asks over a connection of its own.
func (l *load) once(host string) (time.Time, error) {
	fresh, err := l.client.open(host)
	if err != nil {
		return time.Time{}, err
	}
	defer fresh.close()
	o, err := fresh.exchange()
	return o.firstByte, err
}

// http2 shares each connection among workers.
func (l *load) http2() func(int, *tally) {
	connections := make([]*http2Connection, l.connections)
	for i := range connections {
		connections[i] = newHTTP2(l.client, l.host)
	}
	return func(i int, t *tally) {
		own := connections[i%len(connections)]
		l.each(t, func() (time.Time, error) { return own.exchange() })
	}
}

// each asks until the end. With a rate, latency counts from when a request was meant to be sent, so that a stall is
// seen by all requests that it delays; without one, from when it was sent.
func (l *load) each(t *tally, ask func() (time.Time, error)) {
	for asked := int64(0); ; asked++ {
		intended := time.Now()
		if l.rate > 0 {
			number := l.next.Add(1) - 1
			intended = l.begin.Add(-l.warm).Add(time.Duration(float64(number) / l.rate * float64(time.Second)))
			if intended.After(l.end) {
				return
			}
			time.Sleep(time.Until(intended))
		}
		if l.count > 0 && asked*int64(l.connections) >= l.count || !time.Now().Before(l.end) && l.rate == 0 {
			return
		}
		firstByte, err := ask()
		done := time.Now()
		counted := done // as fast as possible, what ends in the measured time is what was achieved in it
		if l.rate > 0 {
			counted = intended
		}
		if !counted.Before(l.begin) && counted.Before(l.end) {
			t.add(l, intended, firstByte, done, err)
		}
		if err != nil && l.rate == 0 {
			time.Sleep(time.Millisecond) // a refusal at once is no reason to spin
		}
	}
}

func (t *tally) add(l *load, intended, firstByte, done time.Time, err error) {
	at := &secondTally{}
	if l.timeline {
		number := min(max(int(intended.Sub(l.begin)/time.Second), 0), secondsMax)
		for len(t.seconds) <= number {
			t.seconds = append(t.seconds, &secondTally{})
		}
		at = t.seconds[number]
	}
	if err != nil {
		t.errors++
		at.errors++
		t.kind(err.Error(), 1)
		return
	}
	t.whole.add(done.Sub(intended))
	t.first.add(firstByte.Sub(intended))
	if l.timeline {
		at.add(done.Sub(intended))
	}
}

func (t *tally) kind(text string, times uint64) {
	if _, known := t.kinds[text]; known || len(t.kinds) < kindsMax {
		t.kinds[text] += times
	}
}

func (t *tally) merge(other *tally) {
	if t.kinds == nil {
		t.kinds = map[string]uint64{}
	}
	t.whole.merge(&other.whole)
	t.first.merge(&other.first)
	t.errors += other.errors
	t.closed += other.closed
	for kind, times := range other.kinds {
		t.kind(kind, times)
	}
	for i, part := range other.seconds {
		if i == len(t.seconds) {
			t.seconds = append(t.seconds, &secondTally{})
		}
		t.seconds[i].merge(&part.histogram)
		t.seconds[i].errors += part.errors
	}
}

func (t *tally) result(seconds, cpu float64, timeline bool) result {
	r := result{
		Requests: t.whole.total, Errors: t.errors, Kinds: t.kinds, Closed: t.closed,
		Seconds: seconds, CPUSeconds: cpu,
		P50: t.whole.at(0.5), P90: t.whole.at(0.9), P99: t.whole.at(0.99), Max: milliseconds(t.whole.max),
		FirstP50: t.first.at(0.5), FirstP99: t.first.at(0.99),
	}
	if timeline {
		for _, part := range t.seconds {
			r.Timeline = append(r.Timeline, second{part.total, part.errors, part.at(0.5), part.at(0.99),
				milliseconds(part.max)})
		}
	}
	return r
}
