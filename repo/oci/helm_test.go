package oci_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci"
	"github.com/hchart/hchart/repo/repotest"
)

// helm runs the program that HCHART_HELM names, with a home of its own.
func helm(t *testing.T, home string, args ...string) string {
	t.Helper()
	program := os.Getenv("HCHART_HELM")
	if program == "" {
		t.Skip("HCHART_HELM is not set")
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "HOME="+home, "DOCKER_CONFIG="+home, "HELM_CACHE_HOME="+home+"/cache", "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home+"/data",
		"HELM_REGISTRY_CONFIG="+filepath.Join(home, "config.json"), "HELM_DEBUG=")
	cmd.Dir = home
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("helm %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String()
}

// TestHelmPush checks that both programs write the same manifest, by its digest.
func TestHelmPush(t *testing.T) {
	reg, host := serve(t, repotest.RegistryOptions{})
	for _, tt := range []struct {
		name, chart string
		provenance  string
	}{
		{"least", demo, ""},
		{"signed", "apiVersion: v2\nname: demo\nversion: 1.2.4\n", "a signature"},
		{"plus", "apiVersion: v2\nname: demo\nversion: 1.2.5+b.1\n", ""},
		{"old", "apiVersion: v1\nname: demo\nversion: 0.1.0\nappVersion: 1\ndescription: \"\\t \"\n", ""},
		{"full", `apiVersion: v2
name: demo
version: 2.0.0-rc.1
type: application
kubeVersion: ">=1.20"
appVersion: "<1 & 2>"
deprecated: true
description: "ümlaut <b> \" \\ & more\n"
home: https://example.com
icon: https://example.com/i.png
keywords: [a, b]
sources: [https://example.com/a, https://example.com/b]
maintainers: [{name: Ada, email: ada@example.com, url: https://a}, {name: "", email: only@example.com}, {name: Bob}]
condition: x
tags: y
annotations:
  org.opencontainers.image.title: no
  org.opencontainers.image.version: no
  org.opencontainers.image.created: never
  org.opencontainers.image.url: https://other.example.com
  empty: ""
  key: value
dependencies:
- {name: sub, version: 1.x, repository: "https://example.com", alias: other, condition: sub.on, tags: [t], import-values: [data, {child: a, parent: b}]}
`, "another signature"},
		{"source", "apiVersion: v2\nname: demo\nversion: 3.0.0\nsources: [\" \"]\nmaintainers: [{email: x@y}]\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := t.TempDir()
			data := archive(t, tt.chart)
			file := filepath.Join(home, "demo.tgz")
			when := time.Date(2025, 6, 7, 8, 9, 10, 11, time.UTC)
			write(t, file, data)
			if tt.provenance != "" {
				write(t, file+".prov", []byte(tt.provenance))
			}
			if err := os.Chtimes(file, when, when); err != nil {
				t.Fatal(err)
			}
			out := helm(t, home, "push", file, "oci://"+host+"/helm", "--plain-http")
			var provenance []byte
			if tt.provenance != "" {
				provenance = []byte(tt.provenance)
			}
			pushed, err := client(oci.Options{}).Push(t.Context(), host+"/ours/demo", data, provenance, oci.PushOptions{Access: plain(), Created: when.Local()})
			if err != nil {
				t.Fatal(err)
			}
			_, tag, _ := strings.Cut(pushed.Ref, "/demo:")
			if a, b := reg.Manifest("ours/demo", tag), reg.Manifest("helm/demo", tag); !bytes.Equal(a, b) || a == nil {
				t.Errorf("manifests differ:\n%s\n%s", a, b)
			}
			if !strings.Contains(out, pushed.ManifestDigest) {
				t.Errorf("Helm says %q, hchart %s", out, pushed.ManifestDigest)
			}
		})
	}
}

// TestHelmPull has each program pull what the other one pushed.
func TestHelmPull(t *testing.T) {
	_, host := serve(t, repotest.RegistryOptions{})
	home := t.TempDir()
	c := client(oci.Options{})
	data := push(t, c, host, plain())
	helm(t, home, "pull", "oci://"+host+"/charts/demo", "--version", "^1", "--plain-http")
	if got, err := os.ReadFile(filepath.Join(home, "demo-1.2.3.tgz")); err != nil || !bytes.Equal(got, data) {
		t.Errorf("Helm pulled %d of %d bytes, %v", len(got), len(data), err)
	}
	helm(t, home, "push", "demo-1.2.3.tgz", "oci://"+host+"/other", "--plain-http")
	if got, err := pull(t.Context(), c, host+"/other/demo", "1.2.3", plain()); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d of %d bytes, %v", len(got), len(data), err)
	}
}

// TestHelmLogin has each program use the login of the other one, and end it.
func TestHelmLogin(t *testing.T) {
	for _, token := range []bool{false, true} {
		_, host := serve(t, repotest.RegistryOptions{Username: "ada", Password: "secret", Token: token})
		home := t.TempDir()
		file := filepath.Join(home, "config.json")
		access := repo.Access{PlainHTTP: true, Username: "ada", Password: "secret"}
		c := client(oci.Options{ConfigFile: file})
		data := push(t, c, host, access)

		if err := c.Login(t.Context(), host, oci.LoginOptions{Access: access}); err != nil {
			t.Fatal(err)
		}
		ours := read(t, file)
		helm(t, home, "pull", "oci://"+host+"/charts/demo", "--plain-http")
		if got := read(t, filepath.Join(home, "demo-1.2.3.tgz")); got != string(data) {
			t.Errorf("Helm pulled %d of %d bytes", len(got), len(data))
		}
		helm(t, home, "registry", "logout", host)
		if _, err := pull(t.Context(), client(oci.Options{ConfigFile: file}), host+"/charts/demo", "1.2.3", plain()); err == nil {
			t.Error("logged out by Helm, and still in")
		}
		out := helm(t, home, "registry", "login", host, "--plain-http", "-u", "ada", "-p", "secret")
		if out != "Login Succeeded\n" {
			t.Errorf("Helm says %q", out)
		}
		if theirs := read(t, file); theirs != ours {
			t.Errorf("the files differ:\n%s\n%s", ours, theirs)
		}
		if _, err := pull(t.Context(), client(oci.Options{ConfigFile: file}), host+"/charts/demo", "1.2.3", plain()); err != nil {
			t.Error(err)
		}
		out = helm(t, home, "registry", "logout", host)
		emptied := read(t, file)
		if err := client(oci.Options{ConfigFile: file}).Login(t.Context(), host, oci.LoginOptions{Access: access}); err != nil {
			t.Fatal(err)
		}
		if err := client(oci.Options{ConfigFile: file}).Logout(t.Context(), host); err != nil {
			t.Fatal(err)
		}
		if got := read(t, file); got != emptied {
			t.Errorf("after logout by Helm (%q):\n%s\nby hchart:\n%s", out, emptied, got)
		}
	}
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
