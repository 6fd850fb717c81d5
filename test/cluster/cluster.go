package cluster

import (
	"context"
	"crypto/tls"
	"embed"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Options are the options of Start.
type Options struct {
	// ControlPlane and Kwok are the programs.
	ControlPlane, Kwok string
	// Dir is where data and logs go. It is removed by Stop if it is empty here.
	Dir string
}

// Cluster is a running control plane.
type Cluster struct {
	// Kubeconfig is a file for an administrator; Dir holds it, the data and the logs.
	Kubeconfig string
	Dir        string
	Server     string

	procs  []*exec.Cmd
	remove bool
}

// AdminToken is who may do everything; UserToken is the user "limited", who may do what
// a test gives them.
const (
	AdminToken = "test-admin-token"
	UserToken  = "test-limited-token"
)

// LogText is the log of each container.
const LogText = "line one of the log\nline two of the log\nthe last line of the log\n"

//go:embed stages/*.yaml
var stages embed.FS

// Start starts a control plane and waits until pods can run on it.
func Start(ctx context.Context, opts Options) (*Cluster, error) {
	c := &Cluster{Dir: opts.Dir}
	if c.Dir == "" {
		dir, err := os.MkdirTemp("", "hchart-cluster-")
		if err != nil {
			return nil, err
		}
		c.Dir, c.remove = dir, true
	}
	if err := c.start(ctx, opts); err != nil {
		c.Stop()
		return nil, fmt.Errorf("starting the control plane in %s: %w", c.Dir, err)
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context, opts Options) error {
	ports, err := freePorts(5)
	if err != nil {
		return err
	}
	if err := c.writeFiles(ports[2]); err != nil {
		return err
	}
	etcd := fmt.Sprintf("http://127.0.0.1:%d", ports[0])
	peer := fmt.Sprintf("http://127.0.0.1:%d", ports[1])
	c.Server = fmt.Sprintf("https://127.0.0.1:%d", ports[2])
	in := func(name string) string { return filepath.Join(c.Dir, name) }

	err = c.run(opts.ControlPlane, "etcd", "--data-dir="+in("etcd"), "--unsafe-no-fsync", "--log-level=error",
		"--listen-client-urls="+etcd, "--advertise-client-urls="+etcd, "--listen-peer-urls="+peer,
		"--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer)
	if err != nil {
		return err
	}
	err = c.run(opts.ControlPlane, "kube-apiserver", "--etcd-servers="+etcd, "--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", ports[2]), "--cert-dir="+in("certs"), "--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=RBAC", "--token-auth-file="+in("tokens.csv"),
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file="+in("sa.pub"),
		"--service-account-signing-key-file="+in("sa.key"), "--allow-privileged=true", "--profiling=false",
		"--max-requests-inflight=2000", "--max-mutating-requests-inflight=1000")
	if err != nil {
		return err
	}
	if err := c.ready(ctx, "/readyz"); err != nil {
		return err
	}
	err = c.run(opts.ControlPlane, "kube-controller-manager", "--kubeconfig="+c.Kubeconfig, "--leader-elect=false", "--secure-port=0",
		"--service-account-private-key-file="+in("sa.key"), "--use-service-account-credentials=true",
		"--node-monitor-grace-period=1h", "--kube-api-qps=200", "--kube-api-burst=400", "--concurrent-gc-syncs=10")
	if err != nil {
		return err
	}
	err = c.run(opts.ControlPlane, "kube-scheduler", "--kubeconfig="+c.Kubeconfig, "--leader-elect=false", "--secure-port=0",
		"--kube-api-qps=200", "--kube-api-burst=400")
	if err != nil {
		return err
	}
	if err := c.apply(ctx, "/api/v1/nodes", node); err != nil {
		return err
	}
	args := []string{"--kubeconfig=" + c.Kubeconfig, "--manage-all-nodes=true", "--cidr=10.0.0.1/16", "--node-ip=127.0.0.1",
		fmt.Sprintf("--node-port=%d", ports[3]), fmt.Sprintf("--server-address=127.0.0.1:%d", ports[3]),
		"--tls-cert-file=" + in("node.crt"), "--tls-private-key-file=" + in("node.key")}
	names, err := filepath.Glob(in("stages/*.yaml"))
	if err != nil {
		return err
	}
	for _, name := range names {
		args = append(args, "--config="+name)
	}
	if err := c.run(opts.Kwok, args...); err != nil {
		return err
	}
	if err := c.ready(ctx, "/api/v1/namespaces/default/serviceaccounts/default"); err != nil {
		return err
	}
	return c.nodeReady(ctx)
}

const node = `{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-0",
"annotations":{"kwok.x-k8s.io/node":"fake","node.alpha.kubernetes.io/ttl":"0"},
"labels":{"kubernetes.io/hostname":"node-0","kubernetes.io/os":"linux","kubernetes.io/arch":"amd64"}}}`

// run starts a part of it, whose output goes to a file.
func (c *Cluster) run(program string, args ...string) error {
	name := filepath.Base(program)
	if !strings.HasPrefix(args[0], "-") {
		name = args[0]
	}
	log, err := os.Create(filepath.Join(c.Dir, name+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "HOME="+c.Dir)
	// A process group of its own: an interrupt from the terminal is for the tests.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.procs = append(c.procs, cmd)
	return nil
}

// Stop ends all processes, the last one started first.
func (c *Cluster) Stop() {
	for i := len(c.procs) - 1; i >= 0; i-- {
		p := c.procs[i]
		_ = p.Process.Signal(syscall.SIGTERM)
		done := make(chan struct{})
		go func() { _ = p.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			_ = p.Process.Kill()
			<-done
		}
	}
	c.procs = nil
	if c.remove {
		_ = os.RemoveAll(c.Dir)
	}
}

// client trusts the API server whatever its certificate says.
func client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true,
	}, Timeout: 10 * time.Second}
}

// ready waits until a GET succeeds.
func (c *Cluster) ready(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		_, err := c.request(ctx, http.MethodGet, path, "")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", path, err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (c *Cluster) nodeReady(ctx context.Context) error {
	for range 300 {
		body, err := c.request(ctx, http.MethodGet, "/api/v1/nodes/node-0", "")
		if err == nil && strings.Contains(body, `"reason":"KubeletReady"`) && !strings.Contains(body, `"effect":"NoSchedule"`) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return fmt.Errorf("the node does not become ready, see kwok's log")
}

// apply makes an object from JSON.
func (c *Cluster) apply(ctx context.Context, path, body string) error {
	_, err := c.request(ctx, http.MethodPost, path, body)
	return err
}

func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// writeFiles writes what the processes read.
func (c *Cluster) writeFiles(port int) error {
	if err := os.MkdirAll(filepath.Join(c.Dir, "stages"), 0o755); err != nil {
		return err
	}
	names, err := fs.Glob(stages, "stages/*.yaml")
	if err != nil {
		return err
	}
	logFile := filepath.Join(c.Dir, "container.log")
	files := map[string]string{
		"tokens.csv":    AdminToken + ",admin,admin,system:masters\n" + UserToken + ",limited,limited\n",
		"container.log": containerLog(),
	}
	for _, name := range names {
		text, err := stages.ReadFile(name)
		if err != nil {
			return err
		}
		files[name] = strings.ReplaceAll(string(text), "LOGFILE", logFile)
	}
	c.Kubeconfig = filepath.Join(c.Dir, "kubeconfig")
	files["kubeconfig"] = Kubeconfig(fmt.Sprintf("https://127.0.0.1:%d", port), AdminToken)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(c.Dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return c.writeKeys()
}

// containerLog is LogText in the form in which container runtimes write logs.
func containerLog() string {
	var b strings.Builder
	for line := range strings.Lines(LogText) {
		b.WriteString("2026-01-01T00:00:00.000000000Z stdout F " + line)
	}
	return b.String()
}

// Kubeconfig is the text of a kubeconfig file for a server and a token.
func Kubeconfig(server, token string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: test
clusters:
- name: test
  cluster:
    server: %s
    insecure-skip-tls-verify: true
users:
- name: test
  user:
    token: %s
contexts:
- name: test
  context:
    cluster: test
    user: test
`, server, token)
}
