// Verifies chains as a Go client does. Each argument is ROOT,CHAIN,NAME; prints a line for each.
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
)

func certificates(file string) []*x509.Certificate {
	rest, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	var all []*x509.Certificate
	for {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			return all
		}
		one, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			fmt.Println(err)
			continue
		}
		all = append(all, one)
	}
}

func main() {
	for _, argument := range os.Args[1:] {
		part := strings.Split(argument, ",")
		roots, above := x509.NewCertPool(), x509.NewCertPool()
		for _, root := range certificates(part[0]) {
			roots.AddCert(root)
		}
		chain := certificates(part[1])
		if len(chain) == 0 {
			continue
		}
		for _, one := range chain[1:] {
			above.AddCert(one)
		}
		_, err := chain[0].Verify(x509.VerifyOptions{DNSName: part[2], Roots: roots, Intermediates: above})
		if err == nil {
			fmt.Println("ok")
		} else {
			fmt.Println(err)
		}
	}
}
