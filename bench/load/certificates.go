package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

const day = 24 * time.Hour

// An authority is a certificate that others are signed with, and what leads from it to a root.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	above       [][]byte // without the root
}

// runCertificates writes what the systems need: the origins' root and intermediate, a wildcard for the systems that
// show a static certificate, and an authority for those that sign with one.
func runCertificates(args []string) {
	flags := flag.NewFlagSet("certificates", flag.ExitOnError)
	folder := flags.String("folder", ".", "where the files go")
	flags.Parse(args)

	root := newAuthority("Bench Origins Root", nil)
	issuing := newAuthority("Bench Origins Issuing", root)
	shown := newAuthority("Bench Gateway Root", nil)
	names := []string{"bench.test", "*.bench.test"}
	file := func(name string) string { return filepath.Join(*folder, name) }
	writeCertificates(file("origin-root.pem"), root.certificate.Raw)
	writeCertificates(file("issuing.pem"), issuing.certificate.Raw)
	writeKey(file("issuing.key"), issuing.key)
	writeCertificates(file("gateway-root.pem"), shown.certificate.Raw)
	writeKey(file("gateway-root.key"), shown.key)
	leaf := shown.leaf(names...)
	writeCertificates(file("wildcard.pem"), leaf.Certificate...)
	writeKey(file("wildcard.key"), leaf.PrivateKey.(*ecdsa.PrivateKey))
}

// newAuthority makes one that another has signed, or that signs itself.
func newAuthority(name string, above *authority) *authority {
	key := newKey()
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-day),
		NotAfter:              time.Now().Add(365 * day),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	parent, signer, chain := template, key, [][]byte(nil)
	if above != nil {
		parent, signer = above.certificate, above.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	must(err)
	if above != nil {
		chain = append([][]byte{der}, above.above...)
	}
	certificate, err := x509.ParseCertificate(der)
	must(err)
	return &authority{certificate, key, chain}
}

// readAuthority reads an intermediate one.
func readAuthority(certificateFile, keyFile string) *authority {
	pair, err := tls.LoadX509KeyPair(certificateFile, keyFile)
	must(err)
	certificate, err := x509.ParseCertificate(pair.Certificate[0])
	must(err)
	return &authority{certificate, pair.PrivateKey.(*ecdsa.PrivateKey), pair.Certificate}
}

// leaf makes a certificate for servers of these names, with a key of its own.
func (a *authority) leaf(names ...string) *tls.Certificate {
	key := newKey()
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: names[0]},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(60 * day),
		DNSNames:              names,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	must(err)
	return &tls.Certificate{Certificate: append([][]byte{der}, a.above...), PrivateKey: key}
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	return key
}

func serial() *big.Int {
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	must(err)
	return number.Add(number, big.NewInt(1))
}

func writeCertificates(path string, ders ...[]byte) {
	var text []byte
	for _, der := range ders {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	must(os.WriteFile(path, text, 0o644))
}

func writeKey(path string, key *ecdsa.PrivateKey) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	must(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
}
