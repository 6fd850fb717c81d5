package kube

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// script writes a program that serves as a credential plugin.
func script(t *testing.T, text string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the plugin is a shell script")
	}
	file := filepath.Join(t.TempDir(), "plugin")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestExecOnce: the plugin is run once for many requests, and again when the server does
// not take what it gave.
func TestExecOnce(t *testing.T) {
	file := script(t, `echo run >>"$0.runs"
n=$(wc -l <"$0.runs" | tr -d ' ')
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t'$n'"}}'
`)
	var good atomic.Value
	good.Store("Bearer t1")
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != good.Load() {
			refuse(w, 401, `{"kind":"Status","reason":"Unauthorized","message":"Unauthorized"}`)
		}
	})
	c := client(t, s, func(c *Config, _ *Options) {
		c.Exec = &ExecConfig{APIVersion: "client.authentication.k8s.io/v1", Command: file, InteractiveMode: "Never", place: "user u"}
	})
	ask := func() error { return c.call(t.Context(), "GET", "/api", nil, nil, nil) }
	for range 3 {
		if err := ask(); err != nil {
			t.Fatal(err)
		}
	}
	good.Store("Bearer t2")
	if err := ask(); err != nil {
		t.Errorf("after the token was withdrawn: %v", err)
	}
	if runs, _ := os.ReadFile(file + ".runs"); strings.Count(string(runs), "\n") != 2 {
		t.Errorf("the plugin ran %d times", strings.Count(string(runs), "\n"))
	}
	good.Store("none is good")
	var status *StatusError
	if err := ask(); !errors.As(err, &status) || status.Code != 401 {
		t.Errorf("error %v", err)
	}
}

func TestExecErrors(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) {})
	for _, tt := range []struct {
		name   string
		config ExecConfig
		has    string
	}{
		{"not installed", ExecConfig{Command: "no-such-plugin", InstallHint: "get it\nfrom \x1b[31mhere"}, "get it\nfrom ?[31mhere"},
		{"fails", ExecConfig{Command: script(t, "echo canary; exit 3")}, "exit status 3"},
		{"prints no JSON", ExecConfig{Command: script(t, "echo canary")}, "did not print an ExecCredential"},
		{"prints nothing of use", ExecConfig{Command: script(t, `echo '{"apiVersion":"client.authentication.k8s.io/v1"}'`)}, "neither a token nor a certificate"},
		{"bad certificate", ExecConfig{Command: script(t, `echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{"clientCertificateData":"canary","clientKeyData":"canary"}}'`)}, "do not fit"},
		{"wants a terminal", ExecConfig{Command: "x", InteractiveMode: "Always"}, "wants a terminal"},
		{"old", ExecConfig{Command: "x", APIVersion: "client.authentication.k8s.io/v1alpha1"}, "is not supported"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := client(t, s, func(c *Config, _ *Options) {
				tt.config.place = "user u"
				if tt.config.APIVersion == "" {
					tt.config.APIVersion = "client.authentication.k8s.io/v1"
				}
				c.Exec = &tt.config
			})
			err := c.call(t.Context(), "GET", "/api", nil, nil, nil)
			var config *ConfigError
			if !errors.As(err, &config) || !strings.HasPrefix(err.Error(), "user u: exec: ") || !strings.Contains(err.Error(), tt.has) {
				t.Errorf("error %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("the answer of the plugin is in %q", err)
			}
		})
	}
}

// TestExecCancelled: a plugin that hangs, and what it started, is not waited for.
func TestExecCancelled(t *testing.T) {
	file := script(t, "echo >\"$0.runs\"\nsleep 60 & wait\n")
	s := server(t, func(http.ResponseWriter, *http.Request) {})
	c := client(t, s, func(c *Config, _ *Options) {
		c.Exec = &ExecConfig{APIVersion: "client.authentication.k8s.io/v1", Command: file}
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			if _, err := os.Stat(file + ".runs"); err == nil {
				cancel()
				return
			}
		}
	}()
	if err := c.call(ctx, "GET", "/api", nil, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
