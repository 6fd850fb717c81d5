package oci_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci"
	"github.com/hchart/hchart/repo/repotest"
)

// canary is the password of these tests. It must be in no error.
const canary = "c4n4ry/p+ss"

func ada() repo.Access { return repo.Access{PlainHTTP: true, Username: "ada", Password: canary} }

// checkSilent looks for the password in an error and in all that it wraps.
func checkSilent(t *testing.T, err error) {
	t.Helper()
	for ; err != nil; err = errors.Unwrap(err) {
		text := err.Error()
		for _, secret := range []string{canary, url.QueryEscape(canary), basic("ada", canary), "token-of-repotest"} {
			if strings.Contains(text, secret) {
				t.Errorf("the error has a secret: %s", text)
			}
		}
		if strings.ContainsAny(text, "\x1b\n") {
			t.Errorf("the error has what moves a cursor: %q", text)
		}
	}
}

func basic(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

// TestAuth has registries that want a password, with those that are right and wrong, given
// in each way.
func TestAuth(t *testing.T) {
	file := func(content string) func(*testing.T, string) oci.Options {
		return func(t *testing.T, host string) oci.Options {
			path := filepath.Join(t.TempDir(), "config.json")
			write(t, path, []byte(strings.ReplaceAll(content, "HOST", host)))
			return oci.Options{ConfigFile: path}
		}
	}
	none := func(*testing.T, string) oci.Options { return oci.Options{} }
	good := `"HOST":{"auth":"` + basic("ada", canary) + `"}`
	for _, tt := range []struct {
		name    string
		options func(t *testing.T, host string) oci.Options
		access  repo.Access
		ok      bool
		sent    bool
	}{
		{"right", none, ada(), true, true},
		{"wrong", none, repo.Access{PlainHTTP: true, Username: "ada", Password: "x" + canary}, false, true},
		{"nothing", none, plain(), false, false},
		{"user alone", none, repo.Access{PlainHTTP: true, Username: "ada"}, false, false},
		{"file", file(`{"auths":{` + good + `}}`), plain(), true, true},
		{"file with user and password", file(`{"auths":{"HOST":{"username":"ada","password":"` + canary + `"}}}`), plain(), true, true},
		{"file with scheme", file(`{"auths":{"http://HOST/v2/":{"auth":"` + basic("ada", canary) + `"}}}`), plain(), true, true},
		{"file, other host", file(`{"auths":{"x.HOST":{"auth":"` + basic("ada", canary) + `"}}}`), plain(), false, false},
		{"file, other port", file(`{"auths":{"127.0.0.1:1":{"auth":"` + basic("ada", canary) + `"}}}`), plain(), false, false},
		{"access before file", file(`{"auths":{` + good + `}}`), repo.Access{PlainHTTP: true, Username: "eve", Password: "no"}, false, true},
		{"no file", func(t *testing.T, _ string) oci.Options {
			return oci.Options{ConfigFile: filepath.Join(t.TempDir(), "none.json")}
		}, plain(), false, false},
		{"fallback", func(t *testing.T, host string) oci.Options {
			o := file(`{"auths":{`+good+`}}`)(t, host)
			return oci.Options{ConfigFile: filepath.Join(t.TempDir(), "none.json"), Fallback: o.ConfigFile}
		}, plain(), true, true},
		{"first before fallback", func(t *testing.T, host string) oci.Options {
			return oci.Options{
				ConfigFile: file(`{"auths":{"HOST":{"auth":"`+basic("eve", "no")+`"}}}`)(t, host).ConfigFile,
				Fallback:   file(`{"auths":{`+good+`}}`)(t, host).ConfigFile,
			}
		}, plain(), false, true},
	} {
		for _, token := range []bool{false, true} {
			name := tt.name + map[bool]string{false: ", basic", true: ", token"}[token]
			t.Run(name, func(t *testing.T) {
				_, host := serve(t, repotest.RegistryOptions{Username: "ada", Password: canary, Token: token})
				push(t, client(oci.Options{}), host, ada())
				_, err := pull(t.Context(), client(tt.options(t, host)), host+"/charts/demo", "1.2.3", tt.access)
				if (err == nil) != tt.ok {
					t.Fatalf("error %v, want none: %v", err, tt.ok)
				}
				var auth *oci.AuthError
				if err != nil && (!errors.As(err, &auth) || auth.Sent != tt.sent || !strings.Contains(err.Error(), "registry login "+host)) {
					t.Errorf("%v (%+v)", err, auth)
				}
				checkSilent(t, err)
			})
		}
	}
}

// TestHelper asks a program for the login of a host, as Docker does.
func TestHelper(t *testing.T) {
	_, host := serve(t, repotest.RegistryOptions{Username: "ada", Password: canary})
	push(t, client(oci.Options{}), host, ada())
	dir := t.TempDir()
	script := "#!/bin/sh\nread host\ncase $1 in\nget) echo '{\"ServerURL\":\"'$host'\",\"Username\":\"ada\",\"Secret\":\"" + canary + "\"}';;\n*) echo " + canary + "; exit 1;;\nesac\n"
	if err := os.WriteFile(filepath.Join(dir, "docker-credential-test"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, content := range []string{`{"credsStore":"test"}`, `{"credHelpers":{"` + host + `":"test"}}`} {
		file := filepath.Join(t.TempDir(), "config.json")
		write(t, file, []byte(content))
		c := client(oci.Options{ConfigFile: file})
		if _, err := pull(t.Context(), c, host+"/charts/demo", "1.2.3", plain()); err != nil {
			t.Errorf("%s: %v", content, err)
		}
		var e *oci.CredentialsError
		err := c.Login(t.Context(), host, oci.LoginOptions{Access: ada()})
		if !errors.As(err, &e) {
			t.Errorf("%s: a helper that fails: %v", content, err)
		}
		checkSilent(t, err)
	}
	file := filepath.Join(t.TempDir(), "config.json")
	write(t, file, []byte(`{"credsStore":"not-there"}`))
	_, err := pull(t.Context(), client(oci.Options{ConfigFile: file}), host+"/charts/demo", "1.2.3", plain())
	var e *oci.CredentialsError
	if !errors.As(err, &e) || !strings.Contains(err.Error(), "docker-credential-not-there") {
		t.Errorf("a helper that is not there: %v", err)
	}
}

// TestBadFile has files that are no configuration. They are an error when a registry wants
// a login, and do not show what is in them.
func TestBadFile(t *testing.T) {
	_, host := serve(t, repotest.RegistryOptions{Username: "ada", Password: canary})
	for _, content := range []string{
		"{", canary, `{"auths":"` + canary + `"}`, `{"auths":{"` + host + `":"` + canary + `"}}`,
		`{"auths":{"` + host + `":{"auth":"` + base64.StdEncoding.EncodeToString([]byte(canary)) + `"}}}`,
		`{"auths":{"` + host + `":{"auth":"` + canary + `!"}}}`, `{"credHelpers":["` + canary + `"]}`,
	} {
		file := filepath.Join(t.TempDir(), "config.json")
		write(t, file, []byte(content))
		_, err := pull(t.Context(), client(oci.Options{ConfigFile: file}), host+"/charts/demo", "1.2.3", plain())
		var e *oci.CredentialsError
		if !errors.As(err, &e) || e.File != file {
			t.Errorf("%s: %v", content, err)
		}
		checkSilent(t, err)
	}
}

// TestLogin checks what is kept, and that nothing is kept of a login that fails.
func TestLogin(t *testing.T) {
	for _, token := range []bool{false, true} {
		_, host := serve(t, repotest.RegistryOptions{Username: "ada", Password: canary, Token: token})
		dir := t.TempDir()
		file := filepath.Join(dir, "registry", "config.json")
		c := client(oci.Options{ConfigFile: file})
		err := c.Login(t.Context(), host, oci.LoginOptions{Access: repo.Access{PlainHTTP: true, Username: "ada", Password: "no"}})
		var auth *oci.AuthError
		if !errors.As(err, &auth) || !auth.Sent {
			t.Errorf("wrong password: %v", err)
		}
		if _, err := os.Stat(file); err == nil {
			t.Error("a wrong password is kept")
		}
		if err := c.Login(t.Context(), host, oci.LoginOptions{Access: ada()}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		var content struct {
			Auths map[string]struct{ Auth string }
		}
		if err := json.Unmarshal([]byte(read(t, file)), &content); err != nil || content.Auths[host].Auth != basic("ada", canary) {
			t.Errorf("%s, %v", read(t, file), err)
		}
		push(t, c, host, plain()) // the same client knows the login
		if err := c.Logout(t.Context(), host); err != nil || strings.Contains(read(t, file), host) {
			t.Errorf("after logout %s, %v", read(t, file), err)
		}
		if _, err := pull(t.Context(), c, host+"/charts/demo", "1.2.3", plain()); !errors.As(err, &auth) {
			t.Errorf("after logout: %v", err)
		}
		if err := c.Logout(t.Context(), "never.example.com"); err != nil {
			t.Errorf("logout without login: %v", err)
		}
		left, err := os.ReadDir(filepath.Dir(file))
		if err != nil || len(left) != 2 || left[1].Name() != "config.json.lock" {
			t.Errorf("%v, %v beside the file", left, err)
		}
	}
}

// TestLoginsAtOnce has many programs log in at the same time: none of the logins is lost,
// and what killed ones left is gone.
func TestLoginsAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.json")
	stale, fresh := filepath.Join(filepath.Dir(file), "oras_credstore_temp_1"), filepath.Join(filepath.Dir(file), "oras_credstore_temp_2")
	write(t, stale, []byte(canary))
	write(t, fresh, []byte(canary))
	if err := os.Chtimes(stale, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var hosts []string
	for range 12 {
		_, host := serve(t, repotest.RegistryOptions{Username: "ada", Password: canary})
		hosts = append(hosts, host)
		all.Go(func() {
			if err := client(oci.Options{ConfigFile: file}).Login(t.Context(), host, oci.LoginOptions{Access: ada()}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, host := range hosts {
		if !strings.Contains(read(t, file), host) {
			t.Errorf("the login of %s is lost", host)
		}
	}
	if _, err := os.Stat(stale); err == nil {
		t.Error("what a killed program left is still there")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("what somebody writes just now is gone")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client(oci.Options{ConfigFile: file}).Login(ctx, hosts[0], oci.LoginOptions{Access: ada()}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestLoginHost refuses what is no host.
func TestLoginHost(t *testing.T) {
	for _, host := range []string{"", "oci://example.com", "example.com/charts", "user:" + canary + "@example.com", "exa mple.com", "example.com?x=" + canary} {
		err := client(oci.Options{ConfigFile: filepath.Join(t.TempDir(), "config.json")}).Login(t.Context(), host, oci.LoginOptions{Access: ada()})
		var e *oci.ReferenceError
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", host, err)
		}
		checkSilent(t, err)
	}
	_, host := serve(t, repotest.RegistryOptions{})
	var e *oci.CredentialsError
	if err := client(oci.Options{}).Login(t.Context(), host, oci.LoginOptions{Access: ada()}); !errors.As(err, &e) {
		t.Errorf("no file: %v", err)
	}
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	host = strings.TrimPrefix(other.URL, "http://")
	var status *oci.StatusError
	if err := client(oci.Options{ConfigFile: filepath.Join(t.TempDir(), "x")}).Login(t.Context(), host, oci.LoginOptions{Access: ada()}); !errors.As(err, &status) {
		t.Errorf("no registry: %v", err)
	}
}

// TestTLS talks to a registry whose certificate no authority of the system signed.
func TestTLS(t *testing.T) {
	reg := repotest.NewRegistry(repotest.RegistryOptions{})
	server := httptest.NewTLSServer(reg)
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "https://")
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	for _, tt := range []struct {
		name   string
		access repo.Access
		ok     bool
	}{
		{"authority", repo.Access{CAFile: ca}, true},
		{"unchecked", repo.Access{InsecureSkipTLSVerify: true}, true},
		{"unknown", repo.Access{}, false},
		{"no file", repo.Access{CAFile: ca + ".none"}, false},
		{"no certificate", repo.Access{CAFile: filepath.Join("testdata", "..", "doc.go")}, false},
		{"plain", repo.Access{PlainHTTP: true}, false},
	} {
		_, err := client(oci.Options{Retries: -1}).Push(t.Context(), host+"/charts/demo", archive(t, demo), nil, oci.PushOptions{Access: tt.access})
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
