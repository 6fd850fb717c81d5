package kuberef

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"

	"github.com/hchart/hchart/release/kube"
	"k8s.io/client-go/rest"
)

// plugin writes what it was told and which arguments it got, and prints the answer
// that its first argument names.
const plugin = `#!/bin/sh
printf '%s' "$KUBERNETES_EXEC_INFO" >"$TOLD"
printf '%s ' "$A" "$@" >"$TOLD.args"
cat "$1"
`

// TestExec has both run a credential plugin, and compares what they tell it and what
// they make of its answer.
func TestExec(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the plugin is a shell script")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "plugin")
	write(t, file, plugin)
	if err := os.Chmod(file, 0o700); err != nil {
		t.Fatal(err)
	}
	var auth string
	s := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { auth = r.Header.Get("Authorization") }))
	defer s.Close()
	forCases(t, 150, func(t *testing.T, r *rand.Rand, seed int) {
		told := filepath.Join(dir, "told")
		k := execCase(t, r, dir, s.URL, told)
		config, _, err := k.theirs()
		if err != nil {
			t.Fatal(err)
		}
		var got, want execOutcome
		http, err := rest.HTTPClientFor(config)
		if err != nil {
			t.Fatal(err)
		}
		auth = ""
		resp, err := http.Get(s.URL + "/api")
		if err == nil {
			resp.Body.Close()
		}
		want.read(t, told, auth, err)

		ours, err := k.ours()
		if err != nil {
			t.Fatal(err)
		}
		c, err := kube.New(ours, kube.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		auth = ""
		_, err = c.Version(t.Context())
		if err != nil && auth != "" {
			err = nil // the answer is no version, but it came
		}
		got.read(t, told, auth, err)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}

type execOutcome struct {
	told   any
	args   string
	auth   string
	failed bool
}

func (o *execOutcome) read(t *testing.T, file, auth string, err error) {
	t.Helper()
	text, _ := os.ReadFile(file)
	args, _ := os.ReadFile(file + ".args")
	o.args, o.auth, o.failed = string(args), auth, err != nil && auth == ""
	if len(text) > 0 {
		if err := json.Unmarshal(text, &o.told); err != nil {
			t.Errorf("the plugin was told %q", text)
		}
	}
	os.Remove(file)
	os.Remove(file + ".args")
}

// execCase writes a kubeconfig whose user is a plugin, and what the plugin answers.
func execCase(t *testing.T, r *rand.Rand, dir, server, told string) *kubeconfigs {
	t.Helper()
	version := "client.authentication.k8s.io/" + one(r, "v1", "v1", "v1beta1")
	status := map[string]any{"token": fmt.Sprint("token", r.IntN(1000))}
	answered := version
	switch r.IntN(8) {
	case 0:
		status["expirationTimestamp"] = one(r, "2100-01-01T00:00:00Z", "2000-01-01T00:00:00Z")
	case 1:
		answered = "client.authentication.k8s.io/" + one(r, "v1", "v1beta1", "v7")
	case 2:
		delete(status, "token")
	case 3:
		status["clientCertificateData"] = "half"
	}
	answer := map[string]any{"apiVersion": answered, "kind": "ExecCredential", "status": status}
	if chance(r, 10) {
		delete(answer, "status")
	}
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	if chance(r, 12) {
		text = text[:len(text)/2]
	}
	write(t, filepath.Join(dir, "answer"), string(text))
	cluster := map[string]any{"server": server, "insecure-skip-tls-verify": true}
	if chance(r, 3) {
		cluster["tls-server-name"] = "inner.example"
	}
	if chance(r, 3) {
		cluster["disable-compression"] = true
	}
	if chance(r, 2) {
		cluster["extensions"] = []any{map[string]any{"name": "client.authentication.k8s.io/exec", "extension": map[string]any{"audience": "x", "n": r.IntN(100)}}}
	}
	exec := map[string]any{
		"apiVersion": version, "command": one(r, "./plugin", filepath.Join(dir, "plugin")),
		"args":            []any{filepath.Join(dir, "answer"), fmt.Sprint("arg", r.IntN(1000000))},
		"env":             []any{map[string]any{"name": "TOLD", "value": told}, map[string]any{"name": "A", "value": "b"}},
		"interactiveMode": one(r, "Never", "IfAvailable"), "provideClusterInfo": chance(r, 2),
	}
	if chance(r, 4) {
		exec["env"] = append(exec["env"].([]any), map[string]any{"name": "KUBERNETES_EXEC_INFO", "value": "mine"})
	}
	config, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": "a",
		"clusters": []any{map[string]any{"name": "a", "cluster": cluster}},
		"users":    []any{map[string]any{"name": "a", "user": map[string]any{"exec": exec}}},
		"contexts": []any{map[string]any{"name": "a", "context": map[string]any{"cluster": "a", "user": "a"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "config")
	write(t, file, string(config))
	return &kubeconfigs{dir: dir, files: []string{file}}
}
