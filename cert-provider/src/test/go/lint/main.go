// Lints certificates as the public web's are linted. Each argument is a file with one certificate; prints a line for
// each finding: the number of the argument, what it is, and the lint.
package main

import (
	"encoding/pem"
	"fmt"
	"os"

	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
)

func main() {
	ran := 0
	for number, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		block, _ := pem.Decode(text)
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			fmt.Println(number, "unreadable", err)
			continue
		}
		for name, result := range zlint.LintCertificate(certificate).Results {
			if result.Status > lint.NE {
				ran++
			}
			if result.Status > lint.Notice {
				fmt.Println(number, result.Status, name)
			}
		}
	}
	fmt.Println("ran", ran)
}
