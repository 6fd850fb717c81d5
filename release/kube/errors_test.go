package kube

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestStatusErrors(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		code       int
		body       string
		has        []string
		hasNot     string
	}{
		{"no status", "/api", 502, "<html>", []string{"the server answered /api with 502 Bad Gateway"}, "html"},
		{"namespaced right", "/api/v1/namespaces/n/secrets", 403, `{"kind":"Status","message":"secrets is forbidden: User \"u\" cannot list resource \"secrets\" in API group \"\""}`, []string{"cannot list", "RoleBinding"}, "ClusterRole"},
		{"right for the cluster", "/api/v1/nodes", 403, `{"kind":"Status","message":"nodes is forbidden: User \"u\" cannot list resource \"nodes\""}`, []string{"ClusterRoleBinding"}, ""},
		{"quota", "/api", 403, `{"kind":"Status","message":"pods \"x\" is forbidden: exceeded quota: q"}`, []string{"ResourceQuota"}, "Role "},
		{"namespace goes", "/api", 403, `{"kind":"Status","message":"unable to create","details":{"causes":[{"reason":"NamespaceTerminating"}]}}`, []string{"being deleted"}, ""},
		{"webhook refuses", "/api", 400, `{"kind":"Status","message":"admission webhook \"w\" denied the request: no"}`, []string{"a webhook of this cluster refuses"}, ""},
		{"webhook fails", "/api", 500, `{"kind":"Status","message":"Internal error occurred: failed calling webhook \"w\": connection refused"}`, []string{"does not answer"}, ""},
		{"credentials", "/api", 401, `{"kind":"Status","message":"Unauthorized"}`, []string{"log in again"}, ""},
		{"Secret", "/api/v1/namespaces/n/secrets/s", 422, `{"kind":"Status","message":"data: Invalid value: \"canary \\\" canary\": no; x: Invalid value: \"canary\": no"}`, []string{`data: Invalid value: "(hidden)": no; x: Invalid value: "(hidden)": no`}, "canary"},
		{"Secret cut off", "/api/v1/namespaces/n/secrets/s", 422, `{"kind":"Status","message":"data: Invalid value: \"canary"}`, []string{"(hidden)"}, "canary"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := server(t, func(w http.ResponseWriter, _ *http.Request) { refuse(w, tt.code, tt.body) })
			err := client(t, s, nil).call(t.Context(), "POST", tt.path, nil, map[string]any{}, nil)
			var status *StatusError
			if !errors.As(err, &status) || status.StatusCode() != tt.code {
				t.Fatalf("error %#v", err)
			}
			for _, has := range tt.has {
				if !strings.Contains(err.Error(), has) {
					t.Errorf("%q is not in %q", has, err)
				}
			}
			if tt.hasNot != "" && strings.Contains(err.Error(), tt.hasNot) {
				t.Errorf("%q is in %q", tt.hasNot, err)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) {})
	for _, tt := range []struct {
		name   string
		change func(*Config, *Options)
		has    string
	}{
		{"unknown authority", func(c *Config, _ *Options) { c.Insecure = false }, "certificate-authority of the kubeconfig is not the one"},
		{"nothing listens", func(c *Config, _ *Options) { c.Server = "https://127.0.0.1:1" }, "nothing listens there"},
		{"no name", func(c *Config, _ *Options) { c.Server = "https://none.invalid" }, "kubernetes cluster unreachable: https://none.invalid (test): "},
		{"password in the URL", func(c *Config, _ *Options) { c.Server = "https://u:canary@127.0.0.1:1" }, "xxxxx"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := client(t, s, tt.change).call(t.Context(), "GET", "/version", nil, nil, nil)
			var unreachable *UnreachableError
			if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), tt.has) || strings.Contains(err.Error(), "canary") {
				t.Errorf("error %v", err)
			}
		})
	}
}
