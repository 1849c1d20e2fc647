// Writes cases of Netflix's BetterTLS with the keys of their leaves, which the suite's own export leaves out, so that a
// server can present them. The first line has the root; then comes one line of JSON for each case.
package main

import (
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/Netflix/bettertls/test-suites/certutil"
	"github.com/Netflix/bettertls/test-suites/nameconstraints"
	"github.com/Netflix/bettertls/test-suites/pathbuilding"
	test_case "github.com/Netflix/bettertls/test-suites/test-case"
)

func main() {
	most := flag.Uint("most", 0, "how many cases of each suite, spread over it; all of them where 0")
	suite := flag.String("suite", "", "pathbuilding or nameconstraints")
	flag.Parse()
	if err := write(*suite, *most); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(suite string, most uint) error {
	root, key, err := certutil.GenerateSelfSignedCert("bettertls_trust_root")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(os.Stdout)
	if err := lines.Encode(map[string]any{"root": root.Raw}); err != nil {
		return err
	}
	for _, provider := range []test_case.TestCaseProvider{
		pathbuilding.NewTestCaseProvider(), nameconstraints.NewTestCaseProvider(),
	} {
		count, err := provider.GetTestCaseCount()
		if err != nil {
			return err
		}
		if provider.Name() != suite {
			continue
		}
		taken := count
		if most > 0 && most < count {
			taken = most
		}
		for i := uint(0); i < taken; i++ {
			id := i * count / taken
			each, err := provider.GetTestCase(id)
			if err != nil {
				return err
			}
			certificate, err := each.GetCertificates(root, key)
			if err != nil {
				return err
			}
			pkcs8, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
			if err != nil {
				return err
			}
			expected := each.ExpectedResult()
			err = lines.Encode(map[string]any{
				"id": id, "host": each.GetHostname(), "chain": certificate.Certificate, "key": pkcs8,
				"accept": expected == test_case.EXPECTED_RESULT_PASS || expected == test_case.EXPECTED_RESULT_SOFT_PASS,
				"firm":   expected == test_case.EXPECTED_RESULT_PASS || expected == test_case.EXPECTED_RESULT_FAIL,
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
