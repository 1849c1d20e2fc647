package main

import (
	"math"
	"testing"
	"time"
)

func TestEachValueIsInTheBucketThatEndsAtMostAFewPercentAboveIt(t *testing.T) {
	for ns := uint64(0); ns < 1<<40; ns += 1 + ns/97 {
		end := upper(bucket(ns))
		if end < ns || float64(end) > float64(ns)*1.016+1 {
			t.Fatalf("%d is in a bucket that ends at %d", ns, end)
		}
	}
}

func TestQuantilesAreThoseOfTheValues(t *testing.T) {
	var h histogram
	for i := 1; i <= 1000; i++ {
		h.add(time.Duration(i) * time.Millisecond)
	}
	for share, want := range map[float64]float64{0.5: 500, 0.99: 990, 1: 1000} {
		if got := h.at(share); math.Abs(got-want) > want*0.02 {
			t.Errorf("expected %v ms at %v, found %v", want, share, got)
		}
	}
}

func TestMergedHistogramsCountAllValues(t *testing.T) {
	var a, b histogram
	a.add(time.Second)
	b.add(3 * time.Second)
	a.merge(&b)
	if a.total != 2 || a.max != 3*time.Second {
		t.Errorf("expected 2 values up to 3 s, found %d up to %v", a.total, a.max)
	}
}
