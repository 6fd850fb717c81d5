package registry

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const (
	user     = "ada"
	password = "c4n4ry/p+ss"
	// htpasswd is that password by bcrypt.
	htpasswd = "ada:$2a$04$bGzxmPEt5TWfBU7Mk9WFSuupvQerosJnAllwNvbSSD2vJyMrU761W\n"
)

// server is a registry that runs.
type server struct {
	host string // HOST:PORT
	ca   string // the file with its authority, empty without TLS
}

// start starts a registry, with TLS and a password if it is secure, and stops it when the
// test ends.
func start(t *testing.T, secure bool) *server {
	t.Helper()
	program := os.Getenv("HCHART_REGISTRY")
	if program == "" {
		t.Skip("no HCHART_REGISTRY: `make test-registry` sets it")
	}
	dir := t.TempDir()
	for try := 0; ; try++ {
		s, err := launch(t, program, dir, secure)
		if err == nil {
			return s
		}
		if try == 3 { // its port may have been taken in between
			t.Fatal(err)
		}
	}
}

func launch(t *testing.T, program, dir string, secure bool) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{host: listener.Addr().String()}
	listener.Close()
	config := fmt.Sprintf("version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: %q}}\nhttp:\n  addr: %s\n  secret: test\n", filepath.Join(dir, "data"), s.host)
	if secure {
		s.ca = filepath.Join(dir, "ca.pem")
		cert, key := certificate(t, dir)
		users := filepath.Join(dir, "htpasswd")
		put(t, users, []byte(htpasswd))
		config += fmt.Sprintf("  tls: {certificate: %q, key: %q}\nauth: {htpasswd: {realm: test, path: %q}}\n", cert, key, users)
	}
	file := filepath.Join(dir, "config.yml")
	put(t, file, []byte(config))
	var log bytes.Buffer
	cmd := exec.Command(program, "serve", file)
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "OTEL_TRACES_EXPORTER=none"}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if err := s.wait(ended); err != nil {
		_ = cmd.Process.Kill() // it may have ended
		return nil, fmt.Errorf("the registry does not start: %w\n%s", err, log.String())
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	return s, nil
}

// wait waits until the registry answers.
func (s *server) wait(ended chan error) error {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	scheme := "http://"
	if s.ca != "" {
		scheme = "https://"
	}
	for range 300 {
		select {
		case err := <-ended:
			ended <- err
			return fmt.Errorf("it ended: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
		resp, err := client.Get(scheme + s.host + "/v2/")
		if err == nil {
			resp.Body.Close()
			return nil
		}
	}
	return fmt.Errorf("no answer at %s", s.host)
}

// certificate writes an authority, ca.pem, and a certificate that it signed.
func certificate(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "registry"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for name, c := range map[string]*x509.Certificate{"ca.pem": authority, "cert.pem": leaf} {
		der, err := x509.CreateCertificate(rand.Reader, c, authority, &private.PublicKey, private)
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key = filepath.Join(dir, "key.pem")
	put(t, key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	return filepath.Join(dir, "cert.pem"), key
}

func put(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
