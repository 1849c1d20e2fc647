package main

import (
	"os"
	"strconv"
	"strings"
)

// ticks is how many units of /proc/PID/stat's times are a second; Linux shows 100 on every architecture.
const ticks = 100

type process struct {
	parent int
	cpu    int // of all its threads, and of its children that have ended
}

// treeCPU is the CPU time, in seconds, that these processes and all below them have used.
func treeCPU(roots []int) float64 {
	all := processes()
	wanted := make(map[int]bool, len(roots))
	for _, root := range roots {
		wanted[root] = true
	}
	used := 0
	for id := range all {
		for at, depth := id, 0; at > 1 && depth < 64; at, depth = all[at].parent, depth+1 {
			if wanted[at] {
				used += all[id].cpu
				break
			}
		}
	}
	return float64(used) / ticks
}

func processes() map[int]process {
	entries, err := os.ReadDir("/proc")
	must(err)
	all := make(map[int]process, len(entries))
	for _, entry := range entries {
		id, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		if err != nil {
			continue // it has ended
		}
		// The second field is the program's name, which may hold anything; it ends with the last bracket.
		text := string(stat)
		fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
		number := func(field int) int { // as proc(5) counts them
			value, _ := strconv.Atoi(fields[field-3])
			return value
		}
		all[id] = process{parent: number(4), cpu: number(14) + number(15) + number(16) + number(17)}
	}
	return all
}
