package oci

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/hchart/hchart/repo"
)

func tlsConfig(access repo.Access) (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: access.InsecureSkipTLSVerify}
	if access.CertFile != "" && access.KeyFile != "" {
		cert, err := tls.LoadX509KeyPair(access.CertFile, access.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", access.CertFile, err)
		}
		conf.Certificates = []tls.Certificate{cert}
	}
	if access.CAFile != "" {
		pem, err := os.ReadFile(access.CAFile)
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", access.CAFile, err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("certificate %s: %w", access.CAFile, errors.New("holds no certificate in PEM"))
		}
	}
	return conf, nil
}
