package funcs

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// helmExpressions are of Helm's own functions, and of those where its function
// map replaces one of Sprig's.
var helmExpressions = strings.Split(strings.TrimSpace(`
toYaml (dict "b" 1 "a" (list "x" nil true 1.5))
toYaml nil
toYaml ""
toYaml "yes"
toYaml (list)
toYaml 1e10
toYaml (dict "a" "multi\nline\n")
toYaml (list "0x1" "1e3" "null" "~" "2024-01-02" "a: b" "# c" " lead" "é")
toYaml (now.Location.String | len)
mustToYaml (dict "a" (dict))
toYamlPretty (dict "a" (list 1 (dict "b" (list 2))) "c" "x")
toYamlPretty nil
toYamlPretty (list "yes" "on" "")
fromYaml "a: 1\nb: [x, 1.5, null]\nc: 1e3\n"
fromYaml ""
fromYaml "null"
fromYaml "- a"
fromYaml "a: ["
fromYaml "a: 1\na: 2"
fromYamlArray "- 1\n- a\n- {b: c}"
fromYamlArray ""
fromYamlArray "a: 1"
fromYamlArray "["
toJson (dict "b" "<&>" "a" (list 1 nil 1.5 1e21))
toJson nil
mustToJson (list "\u2028")
toPrettyJson (dict "a" (list))
toRawJson (dict "a" "<")
fromJson "{\"a\": [1, 2.5, {\"b\": null}]}"
fromJson "[1]"
fromJson ""
fromJson "{"
fromJson "null"
fromJsonArray "[1, \"a\", {}]"
fromJsonArray "{}"
fromJsonArray ""
toToml (dict "a" 1 "b" (dict "c" true "d" (list 1 2)))
toToml nil
toToml (list 1 nil)
toToml 5
mustToToml (dict "x" "y")
fromToml "a = 1\n[b]\nc = [1, 2.5]\nd = 2024-01-02"
fromToml "a ="
fromToml ""
mustToDuration "1h30m"
mustToDuration 90
mustToDuration 1.5
mustToDuration " 2.5 "
durationSeconds "2m"
durationSeconds "x"
durationMilliseconds 1.5
durationMicroseconds "1ms"
durationNanoseconds "1us"
durationMinutes 90
durationHours "90m"
durationDays "36h"
durationWeeks "84h"
durationWeeks nil
durationRoundTo "2h13m" "30m"
durationRoundTo "2h13m" "x"
durationTruncateTo "2h13m" 1800
durationTruncateTo nil nil
seq 1 2 9
until 3
split "," "a,b"
semver "1.2.3-a+b"
regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W"
merge (dict "a" (dict "b" 1)) (dict "a" (dict "b" 2 "c" 3))
mergeOverwrite (dict "a" 5) (dict "a" 0 "b" nil)
deepCopy (dict "a" (list 1))
uniq (list 1 1.0 1 "1" (list) (list))
cat "a" nil 1
quote "a\"b" nil 1 (list)
getHostByName "localhost"
mustToDuration "x"
mustToDuration nil
mustToYaml (list (dict 1 2))
mustToToml (list 1 nil)
regexFind "(" "x"
substr 0 -1 ""
atoi "x"
trunc -3 "abcdef"
untilStep 0 5 0
`), "\n")

// TestHelm compares with the program that HCHART_HELM names.
func TestHelm(t *testing.T) {
	helm := os.Getenv("HCHART_HELM")
	if helm == "" {
		t.Skip("HCHART_HELM is not set")
	}
	fns := callable(New(testConfig()), NewRender(context.Background(), testConfig(), false))
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n")
	var fails []string
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n")
	want := map[string]string{}
	for i, e := range helmExpressions {
		text := fmt.Sprintf("{{ printf `%%T %%v` (%s) (%[1]s) | toJson }}", e)
		out, err := execute(fns, text, nil)
		if err != nil {
			fails = append(fails, text)
			continue
		}
		var s string
		if err := json.Unmarshal([]byte(out), &s); err != nil {
			t.Fatal(err)
		}
		key := fmt.Sprintf("k%d", i)
		want[key] = s
		fmt.Fprintf(&b, "  %s: %s\n", key, text)
	}
	write("templates/a.yaml", b.String())
	out, err := exec.Command(helm, "template", "r", dir).Output()
	if err != nil {
		t.Fatalf("helm: %v: %s", err, err.(*exec.ExitError).Stderr)
	}
	var doc struct{ Data map[string]string }
	if err := yaml.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	for i, e := range helmExpressions {
		key := fmt.Sprintf("k%d", i)
		if w, ok := want[key]; ok && doc.Data[key] != w {
			t.Errorf("%s:\n ours %q\n helm %q", e, w, doc.Data[key])
		}
	}
	for _, text := range fails {
		write("templates/a.yaml", text)
		if err := exec.Command(helm, "template", "r", dir).Run(); err == nil {
			t.Errorf("%s fails here and not in Helm", text)
		}
	}
	t.Logf("%d expressions, %d of them errors", len(helmExpressions), len(fails))
}
