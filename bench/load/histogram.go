package main

import (
	"math/bits"
	"time"
)

const (
	subBits    = 6 // 64 buckets for each power of two: a value is off by at most 1.6 %
	subBuckets = 1 << subBits
)

// A histogram counts durations in buckets whose width grows with the value, as HDR histograms do.
type histogram struct {
	counts [64 * subBuckets]uint64
	total  uint64
	max    time.Duration
}

func bucket(ns uint64) int {
	if ns < subBuckets {
		return int(ns)
	}
	shift := bits.Len64(ns) - subBits - 1
	return (shift+1)*subBuckets + int(ns>>shift) - subBuckets
}

// upper is the highest value of a bucket.
func upper(index int) uint64 {
	if index < subBuckets {
		return uint64(index)
	}
	shift := index/subBuckets - 1
	return (uint64(index%subBuckets+subBuckets)+1)<<shift - 1
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.counts[bucket(uint64(d))]++
	h.total++
	h.max = max(h.max, d)
}

func (h *histogram) merge(other *histogram) {
	for i, count := range other.counts {
		h.counts[i] += count
	}
	h.total += other.total
	h.max = max(h.max, other.max)
}

// at is the duration that this share of the values does not exceed, in milliseconds.
func (h *histogram) at(share float64) float64 {
	wanted := uint64(share*float64(h.total) + 0.5)
	wanted = max(wanted, 1)
	var seen uint64
	for i, count := range h.counts {
		seen += count
		if seen >= wanted {
			return milliseconds(min(time.Duration(upper(i)), h.max))
		}
	}
	return 0
}

func milliseconds(d time.Duration) float64 {
	return float64(d) / float64(time.Millisecond)
}
