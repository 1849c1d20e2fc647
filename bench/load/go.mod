module menura.dev/bench

go 1.25
