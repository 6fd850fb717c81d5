package manifest

import (
	"strings"
	"testing"
)

func TestDiscretion(t *testing.T) {
	const text = `kind: Deployment
metadata:
  name: web
env:
- name: DB_PASSWORD
  value: canary1
- name: MODE
  value: shown
- name: TOKEN
  valueFrom: {secretKeyRef: {name: shown}}
password: canary2
"api-key": canary3
secretName: shown
automountServiceAccountToken: false
tls: |
  -----BEGIN RSA PRIVATE KEY-----
  canary4
  -----END RSA PRIVATE KEY-----
after: shown
adminPassword: can: ary
broken: [`
	var d discretion
	var out strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		out.WriteString(d.line(line) + "\n")
	}
	if got := out.String(); strings.Contains(got, "canary") || strings.Contains(got, "can: ary") || strings.Count(got, "shown") != 4 || !strings.Contains(got, "automountServiceAccountToken: false") || !strings.Contains(got, "  value: ***\n") {
		t.Errorf("shown:\n%s", got)
	}
}

func TestExcerptIsDiscreet(t *testing.T) {
	_, err := Parse(map[string]string{"c/templates/a.yaml": "kind: Deployment\nenv:\n- name: DB_PASSWORD\n  value: canary\n broken: [\n"})
	if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "DB_PASSWORD") {
		t.Errorf("got %v", err)
	}
}
