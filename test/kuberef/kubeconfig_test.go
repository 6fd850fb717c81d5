package kuberef

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hchart/hchart/release/kube"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// kubeconfigs is what a comparison of kubeconfigs is given.
type kubeconfigs struct {
	dir   string
	files []string // by path
	opts  kube.ConfigOptions
}

// names that entries have, and that contexts ask for; the last exists nowhere.
var names = []string{"a", "b", "c"}

// randomKubeconfigs writes kubeconfig files. They contain nothing for which hchart
// refuses or accepts more than kubectl on purpose.
func randomKubeconfigs(t *testing.T, r *rand.Rand) *kubeconfigs {
	t.Helper()
	k := &kubeconfigs{dir: t.TempDir()}
	write(t, filepath.Join(k.dir, "ca.crt"), "authority")
	write(t, filepath.Join(k.dir, "token"), "from-a-file\n")
	for i := range 1 + r.IntN(3) {
		dir := filepath.Join(k.dir, fmt.Sprint("d", i))
		write(t, filepath.Join(dir, "near.crt"), "authority near by")
		file := filepath.Join(dir, "config")
		k.files = append(k.files, file)
		if chance(r, 6) {
			continue // a file that is not there
		}
		text, err := json.MarshalIndent(randomKubeconfig(r, k.dir), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		write(t, file, string(text))
	}
	k.opts = randomOptions(r, k.dir)
	return k
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func randomKubeconfig(r *rand.Rand, dir string) map[string]any {
	c := map[string]any{"apiVersion": "v1", "kind": "Config"}
	if !chance(r, 4) {
		c["current-context"] = one(r, names...)
	}
	var clusters, users, contexts []any
	for _, name := range names {
		if !chance(r, 5) {
			clusters = append(clusters, map[string]any{"name": name, "cluster": randomCluster(r, dir)})
		}
		if !chance(r, 5) {
			users = append(users, map[string]any{"name": name, "user": randomUser(r, dir)})
		}
		if !chance(r, 5) {
			context := map[string]any{"cluster": one(r, names...), "user": one(r, names...)}
			if chance(r, 2) {
				context["namespace"] = one(r, "default", "prod")
			}
			contexts = append(contexts, map[string]any{"name": name, "context": context})
		}
	}
	c["clusters"], c["users"], c["contexts"] = clusters, users, contexts
	return c
}

func randomCluster(r *rand.Rand, dir string) map[string]any {
	c := map[string]any{"server": one(r, "https://one.example", "https://two.example:6443", "https://three.example/k8s/c1", "https://four.example/x?y=z#f", "http://five.example", "http://six.example:8080/p")}
	switch r.IntN(5) {
	case 0:
		c["certificate-authority"] = one(r, filepath.Join(dir, "ca.crt"), "near.crt", "../ca.crt", "../none.crt")
	case 1:
		c["certificate-authority-data"] = encoded("authority")
	case 2:
		c["insecure-skip-tls-verify"] = true
	case 3:
		if chance(r, 3) {
			c["certificate-authority"], c["certificate-authority-data"] = "near.crt", encoded("authority")
		}
	}
	if chance(r, 4) {
		c["tls-server-name"] = "inner.example"
	}
	if chance(r, 5) {
		c["proxy-url"] = one(r, "http://proxy.example:3128", "socks5://proxy.example:1080", "https://u:p@proxy.example", "ftp://proxy.example", "proxy.example:1")
	}
	if chance(r, 5) {
		c["disable-compression"] = true
	}
	if chance(r, 4) {
		c["extensions"] = []any{map[string]any{"name": one(r, "client.authentication.k8s.io/exec", "other"), "extension": map[string]any{"audience": "x"}}}
	}
	return c
}

func encoded(text string) string {
	return base64.StdEncoding.EncodeToString([]byte(text))
}

func randomUser(r *rand.Rand, dir string) map[string]any {
	u := map[string]any{}
	ways := 1
	if chance(r, 4) {
		ways = 2
	}
	for range ways {
		switch r.IntN(6) {
		case 0:
			u["token"] = "static"
		case 1:
			u["tokenFile"] = one(r, filepath.Join(dir, "token"), "../token", "../none")
		case 2:
			u["username"], u["password"] = "user", "secret"
		case 3:
			u["client-certificate-data"] = encoded("certificate")
			if !chance(r, 6) {
				u["client-key-data"] = encoded("key")
			}
		case 4:
			u["client-certificate"], u["client-key"] = one(r, "near.crt", "../none.crt"), one(r, "../ca.crt", "../none.key")
		case 5:
			u["exec"] = randomExec(r)
		}
	}
	if chance(r, 4) {
		u["as"] = "someone"
	}
	if chance(r, 6) {
		u["as-groups"] = []any{"g1", "g2"}
	}
	if chance(r, 8) {
		u["as-uid"] = "7"
	}
	if chance(r, 8) {
		u["as-user-extra"] = map[string]any{"reason": []any{"a", "b"}}
	}
	return u
}

func randomExec(r *rand.Rand) map[string]any {
	e := map[string]any{
		"apiVersion": "client.authentication.k8s.io/" + one(r, "v1", "v1", "v1beta1"),
		"command":    one(r, "plugin", "./plugin", "/usr/bin/plugin", "bin/plugin"),
	}
	if chance(r, 2) {
		e["args"] = []any{"get-token", "--x"}
	}
	if chance(r, 2) {
		e["env"] = []any{map[string]any{"name": "A", "value": "b"}}
	}
	if !chance(r, 5) {
		e["interactiveMode"] = one(r, "Never", "IfAvailable", "Always")
	}
	if chance(r, 10) {
		e["interactiveMode"] = "Sometimes"
	}
	if chance(r, 10) {
		delete(e, one(r, "apiVersion", "command"))
	}
	if chance(r, 2) {
		e["provideClusterInfo"] = true
	}
	if chance(r, 3) {
		e["installHint"] = "install it"
	}
	return e
}

func randomOptions(r *rand.Rand, dir string) kube.ConfigOptions {
	var o kube.ConfigOptions
	if chance(r, 3) {
		o.Context = one(r, names...)
	}
	if chance(r, 6) {
		o.Server = one(r, "https://flag.example", "http://flag.example")
	}
	if chance(r, 6) {
		o.Token = "flag"
	}
	if chance(r, 6) {
		o.CAFile = filepath.Join(dir, one(r, "ca.crt", "none.crt"))
	}
	if chance(r, 6) {
		o.TLSServerName = "flag.inner.example"
	}
	if chance(r, 6) {
		o.Insecure = true
	}
	if chance(r, 6) {
		o.AsUser = "flag"
	}
	if chance(r, 8) {
		o.AsGroups = []string{"flag1", "flag2"}
	}
	return o
}

// theirs reads the kubeconfigs as Helm does. Its flags always set a token, an empty one
// included, and so on.
func (k *kubeconfigs) theirs() (*rest.Config, string, error) {
	overrides := &clientcmd.ConfigOverrides{ClusterDefaults: clientcmd.ClusterDefaults}
	overrides.AuthInfo.Token = k.opts.Token
	overrides.AuthInfo.Impersonate = k.opts.AsUser
	overrides.AuthInfo.ImpersonateGroups = k.opts.AsGroups
	overrides.ClusterInfo.Server = k.opts.Server
	overrides.ClusterInfo.TLSServerName = k.opts.TLSServerName
	overrides.ClusterInfo.CertificateAuthority = k.opts.CAFile
	overrides.ClusterInfo.InsecureSkipTLSVerify = k.opts.Insecure
	overrides.CurrentContext = k.opts.Context
	rules := &clientcmd.ClientConfigLoadingRules{Precedence: k.files, DefaultClientConfig: &clientcmd.DefaultClientConfig}
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	// Helm takes a kubeconfig that cannot be used for one that names no namespace.
	ns, _, err := loader.Namespace()
	if err != nil {
		ns = "default"
	}
	c, err := loader.ClientConfig()
	return c, ns, err
}

func (k *kubeconfigs) ours() (*kube.Config, error) { return kube.LoadConfig(k.options()) }

func (k *kubeconfigs) options() kube.ConfigOptions {
	opts := k.opts
	opts.Env = func(name string) (string, bool) {
		if name == "KUBECONFIG" {
			return strings.Join(k.files, string(filepath.ListSeparator)), true
		}
		return "", false
	}
	return opts
}

// onPurpose reports whether the two may differ: clientcmd takes a context whose cluster
// or user is not there for one with the server http://localhost:8080 or without
// credentials, and lets neither the token of a flag replace that of a file nor one way
// to say who one is another.
func onPurpose(theirs *rest.Config, theirErr, ourErr error, o *kube.ConfigOptions) bool {
	switch {
	case ourErr != nil && strings.Contains(ourErr.Error(), "does not exist"):
		return true
	case theirErr != nil && o.Token != "":
		return ourErr == nil
	}
	return theirs != nil && o.Token != "" && (theirs.BearerTokenFile != "" || theirs.ExecProvider != nil)
}

func TestKubeconfig(t *testing.T) {
	compared := 0
	forCases(t, 2000, func(t *testing.T, r *rand.Rand, seed int) {
		k := randomKubeconfigs(t, r)
		theirs, ns, theirErr := k.theirs()
		ours, ourErr := k.ours()
		if got := kube.Namespace(k.options()); got != ns && !(theirErr != nil && ourErr == nil || theirErr != nil && strings.Contains(ourErr.Error(), "does not exist")) {
			t.Errorf("the namespace is %q, clientcmd has %q (error: %v, ours: %v)", got, ns, theirErr, ourErr)
		}
		if onPurpose(theirs, theirErr, ourErr, &k.opts) {
			return
		}
		if (theirErr != nil) != (ourErr != nil) {
			t.Fatalf("their error: %v\nour error: %v", theirErr, ourErr)
		}
		if theirErr != nil {
			return
		}
		compared++
		want, got := describeTheirs(theirs, ns), describeOurs(ours)
		if strings.HasPrefix(theirs.Host, "http://") {
			// clientcmd leaves out what is of use with TLS only.
			for _, key := range []string{"name", "insecure", "ca", "cert", "key", "token", "basic", "exec"} {
				delete(want, key)
			}
		}
		for key := range want {
			if !reflect.DeepEqual(got[key], want[key]) {
				t.Errorf("%s: got %q, clientcmd has %q", key, got[key], want[key])
			}
		}
	})
	if compared < 10 && number(t, "HCHART_CASES", 2000) >= 100 {
		t.Errorf("only %d kubeconfigs were usable: the comparison says nothing", compared)
	}
}

func describeTheirs(c *rest.Config, ns string) map[string]string {
	d := map[string]string{
		"server": strings.TrimSuffix(c.Host, "/"), "namespace": ns,
		"name": c.ServerName, "insecure": fmt.Sprint(c.Insecure),
		"ca": c.CAFile + string(c.CAData), "cert": c.CertFile + string(c.CertData), "key": c.KeyFile + string(c.KeyData),
		"token": c.BearerToken, "basic": c.Username + ":" + c.Password,
		"as":          fmt.Sprint(c.Impersonate.UserName, c.Impersonate.UID, c.Impersonate.Groups, c.Impersonate.Extra),
		"compression": fmt.Sprint(!c.DisableCompression),
		"exec":        "",
	}
	if c.BearerTokenFile != "" {
		d["token"] = c.BearerTokenFile
	}
	if e := c.ExecProvider; e != nil {
		d["exec"] = fmt.Sprint(e.APIVersion, e.Command, e.Args, e.Env, e.InteractiveMode, e.ProvideClusterInfo, e.InstallHint)
	}
	if c.Proxy != nil {
		u, err := c.Proxy(nil)
		d["proxy"] = fmt.Sprint(u, " ", err)
	} else {
		d["proxy"] = ""
	}
	return d
}

func describeOurs(c *kube.Config) map[string]string {
	server, _, _ := strings.Cut(c.Server, "?") // left out when a Client is made
	d := map[string]string{
		"server": strings.TrimSuffix(server, "/"), "namespace": c.Namespace,
		"name": c.TLSServerName, "insecure": fmt.Sprint(c.Insecure),
		"ca": c.CAFile + string(c.CAData), "cert": c.CertFile + string(c.CertData), "key": c.KeyFile + string(c.KeyData),
		"token": c.Token, "basic": c.Username + ":" + c.Password,
		"as":          fmt.Sprint(c.AsUser, c.AsUID, c.AsGroups, c.AsExtra),
		"compression": fmt.Sprint(!c.DisableCompression),
		"exec":        "",
	}
	if c.Namespace == "" {
		d["namespace"] = "default"
	}
	if c.TokenFile != "" {
		d["token"] = c.TokenFile
	}
	if e := c.Exec; e != nil {
		d["exec"] = fmt.Sprint(e.APIVersion, e.Command, e.Args, e.Env, e.InteractiveMode, e.ProvideClusterInfo, e.InstallHint)
	}
	if c.ProxyURL != "" {
		d["proxy"] = c.ProxyURL + " <nil>"
	}
	return d
}
