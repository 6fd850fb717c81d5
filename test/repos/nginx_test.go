package repos

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"
)

const (
	user   = "me"
	canary = "c4n4ry" // a password that must not be seen
)

// nginx is a running server. Its repositories serve the same folder.
type nginx struct {
	dir string // root has the files, access.log what was asked
	// Plain wants a password, TLS too, Mutual wants a certificate, Other is open to all.
	Plain, TLS, Mutual, Other int
}

// config serves files, compressed as far as they are indexes, and sends those who ask for
// /away/ to another port.
const config = `
daemon off;
master_process off;
pid {{.Dir}}/nginx.pid;
error_log stderr;
events { worker_connections 64; }
http {
  client_body_temp_path {{.Dir}}/tmp;
  proxy_temp_path {{.Dir}}/tmp;
  fastcgi_temp_path {{.Dir}}/tmp;
  uwsgi_temp_path {{.Dir}}/tmp;
  scgi_temp_path {{.Dir}}/tmp;
  types { text/yaml yaml; application/gzip tgz; }
  log_format asked '$server_port $uri $status "$http_authorization" "$http_range"';
  access_log {{.Dir}}/access.log asked;
  gzip on; gzip_min_length 1; gzip_types text/yaml;
  root {{.Dir}}/root;
  ssl_certificate {{.Dir}}/server.pem;
  ssl_certificate_key {{.Dir}}/server.key;
  server {
    listen 127.0.0.1:{{.Plain}};
    auth_basic charts; auth_basic_user_file {{.Dir}}/users;
    location /away/ { return 302 http://127.0.0.1:{{.Other}}/charts/; }
    location ~ ^/moved/(.*tgz)$ { return 302 http://127.0.0.1:{{.Other}}/charts/$1; }
    location /moved/ { alias {{.Dir}}/root/charts/; }
    location /slow/ { limit_rate_after 1m; limit_rate 1m; alias {{.Dir}}/root/charts/; }
  }
  server {
    listen 127.0.0.1:{{.TLS}} ssl;
    auth_basic charts; auth_basic_user_file {{.Dir}}/users;
    location ~ ^/moved/(.*tgz)$ { return 302 http://127.0.0.1:{{.Other}}/charts/$1; }
    location /moved/ { alias {{.Dir}}/root/charts/; }
  }
  server {
    listen 127.0.0.1:{{.Mutual}} ssl;
    ssl_client_certificate {{.Dir}}/ca.pem; ssl_verify_client on;
  }
  server { listen 127.0.0.1:{{.Other}}; }
}
`

// start starts nginx, which ends with the test.
func start(t *testing.T) *nginx {
	t.Helper()
	program := os.Getenv("HCHART_NGINX")
	if program == "" {
		for _, name := range []string{"nginx", "/usr/sbin/nginx"} {
			if path, err := exec.LookPath(name); err == nil {
				program = path
				break
			}
		}
	}
	if program == "" {
		t.Skip("there is no nginx (HCHART_NGINX)")
	}
	n := &nginx{dir: t.TempDir()}
	for _, port := range []*int{&n.Plain, &n.TLS, &n.Mutual, &n.Other} {
		*port = freePort(t)
	}
	for _, dir := range []string{"tmp", "root/charts"} {
		if err := os.MkdirAll(filepath.Join(n.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	n.write(t, "users", []byte(user+":{PLAIN}"+canary+"\n"))
	n.certificates(t)
	var conf bytes.Buffer
	err := template.Must(template.New("").Parse(config)).Execute(&conf, struct {
		Dir                       string
		Plain, TLS, Mutual, Other int
	}{n.dir, n.Plain, n.TLS, n.Mutual, n.Other})
	if err != nil {
		t.Fatal(err)
	}
	n.write(t, "nginx.conf", conf.Bytes())
	cmd := exec.Command(program, "-p", n.dir, "-e", "stderr", "-c", filepath.Join(n.dir, "nginx.conf"))
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		<-ended
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", n.Other))
		if err == nil {
			conn.Close()
			return n
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("nginx: %v\n%s", err, &output)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal("nginx does not listen")
		}
	}
}

// freePort returns a port that nobody listens at. Somebody may by the time it is used.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (n *nginx) write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(n.dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func (n *nginx) file(name string) string { return filepath.Join(n.dir, name) }

// asked returns the lines of the log about a port, and empties the log.
func (n *nginx) asked(t *testing.T, port int) []string {
	t.Helper()
	time.Sleep(50 * time.Millisecond) // nginx writes a line when the connection is done with
	data, err := os.ReadFile(n.file("access.log"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(n.file("access.log"), 0); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, fmt.Sprint(port, " ")) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// certificates makes an authority, and certificates of it for the server and a client.
func (n *nginx) certificates(t *testing.T) {
	t.Helper()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	n.certificate(t, "ca", authority, authority, key, key)
	for i, name := range []string{"server", "client"} {
		own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		n.certificate(t, name, &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 2)), Subject: pkix.Name{CommonName: name},
			NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}, authority, own, key)
	}
}

func (n *nginx) certificate(t *testing.T, name string, cert, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	n.write(t, name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	n.write(t, name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}
