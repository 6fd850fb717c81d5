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
	"path/filepath"
	"strings"
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
	// Server is the address of the API server, https://….
	Server string

	procs   *processes
	kubelet *http.Server
	gate    *http.Server
	remove  bool
}

// AdminToken is who may do everything; UserToken is the user "limited", who may do what
// a test gives them.
const (
	AdminToken = "test-admin-token"
	UserToken  = "test-limited-token"
)

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
	c.procs = newProcesses(c.Dir)
	if err := c.start(ctx, opts); err != nil {
		c.Stop()
		return nil, fmt.Errorf("starting the control plane in %s: %w", c.Dir, err)
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context, opts Options) error {
	ports, err := listeners(6)
	if err != nil {
		return err
	}
	if err := c.writeFiles(port(ports[2])); err != nil {
		return err
	}
	// The last two are for us to serve, the others are for the parts to listen on.
	if err := c.serveLogs(ports[4]); err != nil {
		return err
	}
	for _, l := range ports[:4] {
		l.Close()
	}
	if err := c.startServer(ctx, opts, ports); err != nil {
		return err
	}
	if err := c.startControllers(opts); err != nil {
		return err
	}
	if err := c.openGate(ports[5]); err != nil {
		return err
	}
	for _, object := range fixtures() {
		if _, err := c.request(ctx, http.MethodPost, object.path, object.body); err != nil {
			return err
		}
	}
	if err := c.startKwok(opts, port(ports[3]), port(ports[4]), port(ports[5])); err != nil {
		return err
	}
	if err := c.ready(ctx, "/api/v1/namespaces/default/serviceaccounts/default"); err != nil {
		return err
	}
	return c.nodesReady(ctx)
}

// startServer starts the database and the API server.
func (c *Cluster) startServer(ctx context.Context, opts Options, ports []net.Listener) error {
	in := c.file
	etcd := fmt.Sprintf("http://127.0.0.1:%d", port(ports[0]))
	peer := fmt.Sprintf("http://127.0.0.1:%d", port(ports[1]))
	c.Server = fmt.Sprintf("https://127.0.0.1:%d", port(ports[2]))
	err := c.procs.run(opts.ControlPlane, "etcd", "--data-dir="+in("etcd"), "--unsafe-no-fsync", "--log-level=error",
		"--listen-client-urls="+etcd, "--advertise-client-urls="+etcd, "--listen-peer-urls="+peer,
		"--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer)
	if err != nil {
		return err
	}
	// Some charts ask for more than the default limits of requests at once allow on a
	// machine with two processors.
	err = c.procs.run(opts.ControlPlane, "kube-apiserver", "--etcd-servers="+etcd, "--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port(ports[2])), "--cert-dir="+in("certs"), "--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=RBAC", "--token-auth-file="+in("tokens.csv"),
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file="+in("sa.pub"),
		"--service-account-signing-key-file="+in("sa.key"), "--allow-privileged=true", "--profiling=false",
		"--max-requests-inflight=2000", "--max-mutating-requests-inflight=1000")
	if err != nil {
		return err
	}
	return c.ready(ctx, "/readyz")
}

// startControllers starts the controller manager and the scheduler.
func (c *Cluster) startControllers(opts Options) error {
	quick := []string{"--kubeconfig=" + c.Kubeconfig, "--leader-elect=false", "--secure-port=0",
		"--kube-api-qps=500", "--kube-api-burst=1000"}
	// No kubelet reports that its node lives, so nobody is to miss that.
	manager := []string{"kube-controller-manager", "--service-account-private-key-file=" + c.file("sa.key"),
		"--use-service-account-credentials=true", "--node-monitor-grace-period=8760h", "--concurrent-gc-syncs=10",
		"--concurrent-namespace-syncs=20"}
	if err := c.procs.run(opts.ControlPlane, append(manager, quick...)...); err != nil {
		return err
	}
	return c.procs.run(opts.ControlPlane, append([]string{"kube-scheduler"}, quick...)...)
}

// startKwok starts what plays the kubelets. The nodes name kubeletPort, which is ours,
// for logs; kwok itself would serve there, and is sent elsewhere. It talks to the API
// server by way of gatePort.
func (c *Cluster) startKwok(opts Options, kwokPort, kubeletPort, gatePort int) error {
	args := []string{"--kubeconfig=" + c.Kubeconfig, fmt.Sprintf("--master=http://127.0.0.1:%d", gatePort), "--manage-all-nodes=true", "--cidr=10.0.0.1/16", "--node-ip=127.0.0.1",
		fmt.Sprintf("--node-port=%d", kubeletPort), fmt.Sprintf("--server-address=127.0.0.1:%d", kwokPort)}
	names, err := filepath.Glob(c.file("stages/*.yaml"))
	if err != nil {
		return err
	}
	for _, name := range names {
		args = append(args, "--config="+name)
	}
	return c.procs.run(opts.Kwok, args...)
}

func (c *Cluster) file(name string) string { return filepath.Join(c.Dir, name) }

// Nodes is how many nodes there are: enough for pods that want no other beside them.
const Nodes = 3

type fixture struct{ path, body string }

// fixtures are the objects that are there from the start.
func fixtures() []fixture {
	all := []fixture{{"/apis/storage.k8s.io/v1/storageclasses", `{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass",
"metadata":{"name":"standard","annotations":{"storageclass.kubernetes.io/is-default-class":"true"}},
"provisioner":"test.hchart.sh/volume","reclaimPolicy":"Delete","volumeBindingMode":"Immediate"}`}}
	for i := range Nodes {
		all = append(all, fixture{"/api/v1/nodes", strings.ReplaceAll(node, "NAME", fmt.Sprintf("node-%d", i))})
	}
	return all
}

const node = `{"apiVersion":"v1","kind":"Node","metadata":{"name":"NAME",
"annotations":{"kwok.x-k8s.io/node":"fake","node.alpha.kubernetes.io/ttl":"0"},
"labels":{"kubernetes.io/hostname":"NAME","kubernetes.io/os":"linux","kubernetes.io/arch":"amd64"}}}`

// Stop ends all processes and removes the directory if it is a temporary one.
func (c *Cluster) Stop() {
	c.procs.stop()
	for _, s := range []*http.Server{c.kubelet, c.gate} {
		if s != nil {
			_ = s.Close()
		}
	}
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

// nodesReady waits until each node can take pods: it is ready, and the taint of those
// that are not has gone.
func (c *Cluster) nodesReady(ctx context.Context) error {
	for range 300 {
		body, err := c.request(ctx, http.MethodGet, "/api/v1/nodes", "")
		if err == nil && strings.Count(body, `"reason":"KubeletReady"`) == Nodes && !strings.Contains(body, `"effect":"NoSchedule"`) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return fmt.Errorf("the nodes do not become ready, see %s", c.file("kwok.log"))
}

// writeFiles writes what the processes read.
func (c *Cluster) writeFiles(port int) error {
	// What an earlier one in the same place has left is not wanted.
	if err := os.RemoveAll(c.file("etcd")); err != nil {
		return err
	}
	if err := os.MkdirAll(c.file("stages"), 0o755); err != nil {
		return err
	}
	names, err := fs.Glob(stages, "stages/*.yaml")
	if err != nil {
		return err
	}
	files := map[string]string{
		"tokens.csv": AdminToken + ",admin,admin,system:masters\n" + UserToken + ",limited,limited\n",
	}
	for _, name := range names {
		text, err := stages.ReadFile(name)
		if err != nil {
			return err
		}
		files[name] = string(text)
	}
	c.Kubeconfig = c.file("kubeconfig")
	files["kubeconfig"] = Kubeconfig(fmt.Sprintf("https://127.0.0.1:%d", port), AdminToken)
	for name, text := range files {
		if err := os.WriteFile(c.file(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return c.writeKeys()
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
