package manifest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// object is a rendered document of the kind and name, with annotations in
// pairs.
func object(kind, name string, annotations ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: v1\nkind: %s\nmetadata:\n  name: %s\n", kind, name)
	for i := 0; i < len(annotations); i += 2 {
		if i == 0 {
			b.WriteString("  annotations:\n")
		}
		fmt.Fprintf(&b, "    %s: %q\n", annotations[i], annotations[i+1])
	}
	return b.String()
}

func parse(t *testing.T, files map[string]string) *Set {
	t.Helper()
	set, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// names lists the documents as "path kind name".
func names(docs []Document) []string {
	var list []string
	for _, d := range docs {
		list = append(list, strings.Join([]string{d.Path, d.Kind, d.Name}, " "))
	}
	return list
}

func TestParseOrder(t *testing.T) {
	set := parse(t, map[string]string{
		"c/templates/b.yaml": object("Zebra", "1") + "---\n" + object("Deployment", "2") + "---\n" + object("Service", "3"),
		"c/templates/a.yaml": object("Deployment", "4") + "---\n" + object("Apple", "5") + "---\n" + object("Zebra", "6"),
		"c/templates/c.yaml": "# nothing\n---\n" + object("ValidatingWebhookConfiguration", "7") + "---\n" +
			object("MutatingWebhookConfiguration", "8") + "---\n" + object("Namespace", "9"),
		"c/templates/_helpers.tpl": "not: [yaml",
		"c/templates/empty.yaml":   " \n\n",
		"c/_dir/d.yaml":            object("PriorityClass", "10"),
	})
	want := []string{
		"c/_dir/d.yaml PriorityClass 10",
		"c/templates/c.yaml Namespace 9",
		"c/templates/b.yaml Service 3",
		"c/templates/a.yaml Deployment 4",
		"c/templates/b.yaml Deployment 2",
		"c/templates/c.yaml MutatingWebhookConfiguration 8",
		"c/templates/c.yaml ValidatingWebhookConfiguration 7",
		"c/templates/c.yaml  ", // a kind without a name sorts first among the unknown
		"c/templates/a.yaml Apple 5",
		"c/templates/a.yaml Zebra 6",
		"c/templates/b.yaml Zebra 1",
	}
	if got := names(set.Documents); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestParseHooks(t *testing.T) {
	tests := []struct {
		name        string
		annotations []string
		want        string // of the hook; "skipped" and "document" otherwise
	}{
		{"one event", []string{"helm.sh/hook", "pre-install"}, "[pre-install] 0 [] []"},
		{"events trimmed and in any case", []string{"helm.sh/hook", " Pre-Install ,POST-UPGRADE"}, "[pre-install post-upgrade] 0 [] []"},
		{"events repeat", []string{"helm.sh/hook", "test,test"}, "[test test] 0 [] []"},
		{"every event", []string{"helm.sh/hook", "pre-install,post-install,pre-delete,post-delete,pre-upgrade,post-upgrade,pre-rollback,post-rollback,test"},
			"[pre-install post-install pre-delete post-delete pre-upgrade post-upgrade pre-rollback post-rollback test] 0 [] []"},
		{"the old name of test", []string{"helm.sh/hook", "test-success"}, "[test] 0 [] []"},
		{"unknown event", []string{"helm.sh/hook", "pre-install,crd-install"}, "skipped"},
		{"empty event", []string{"helm.sh/hook", ""}, "skipped"},
		{"trailing comma", []string{"helm.sh/hook", "pre-install,"}, "skipped"},
		{"weight", []string{"helm.sh/hook", "test", "helm.sh/hook-weight", "-5"}, "[test] -5 [] []"},
		{"weight with a sign", []string{"helm.sh/hook", "test", "helm.sh/hook-weight", "+5"}, "[test] 5 [] []"},
		{"weight not a number", []string{"helm.sh/hook", "test", "helm.sh/hook-weight", "1.5"}, "[test] 0 [] []"},
		{"weight with a blank", []string{"helm.sh/hook", "test", "helm.sh/hook-weight", " 1"}, "[test] 0 [] []"},
		{"weight too large", []string{"helm.sh/hook", "test", "helm.sh/hook-weight", "99999999999999999999"}, "[test] 0 [] []"},
		{"delete policies", []string{"helm.sh/hook", "test", "helm.sh/hook-delete-policy", "Hook-Succeeded , before-hook-creation,other"},
			"[test] 0 [hook-succeeded before-hook-creation other] []"},
		{"empty delete policy", []string{"helm.sh/hook", "test", "helm.sh/hook-delete-policy", ""}, "[test] 0 [] []"},
		{"output log policies", []string{"helm.sh/hook", "test", "helm.sh/hook-output-log-policy", "hook-failed,HOOK-SUCCEEDED"},
			"[test] 0 [] [hook-failed hook-succeeded]"},
		{"policies without a hook", []string{"helm.sh/hook-delete-policy", "hook-failed"}, "document"},
		{"no annotations", nil, "document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := parse(t, map[string]string{"c/x.yaml": object("Job", "j", tt.annotations...)})
			got := "nothing"
			switch {
			case len(set.Hooks) == 1:
				h := set.Hooks[0]
				got = fmt.Sprint(h.Events, h.Weight, h.DeletePolicies, h.OutputLogPolicies)
			case len(set.Skipped) == 1:
				got = "skipped"
			case len(set.Documents) == 1:
				got = "document"
			}
			got = strings.Join(strings.Fields(got), " ")
			if want := strings.Join(strings.Fields(tt.want), " "); strings.ReplaceAll(got, "] [", "][") != strings.ReplaceAll(want, "] [", "][") {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// An annotation that is there but empty is one empty policy, and an absent one
// is none: a record tells the two apart.
func TestEmptyPolicy(t *testing.T) {
	set := parse(t, map[string]string{"c/x.yaml": object("Job", "j",
		"helm.sh/hook", "test", "helm.sh/hook-delete-policy", "")})
	h := set.Hooks[0]
	if len(h.DeletePolicies) != 1 || h.OutputLogPolicies == nil || len(h.OutputLogPolicies) != 0 {
		t.Errorf("got %q and %#v, want one empty policy and an empty list", h.DeletePolicies, h.OutputLogPolicies)
	}
}

func TestParseHookOrder(t *testing.T) {
	hook := []string{"helm.sh/hook", "pre-install"}
	set := parse(t, map[string]string{
		"c/b.yaml": object("Job", "1", hook...) + "---\n" + object("Secret", "2", hook...),
		"c/a.yaml": object("Job", "3", hook...) + "---\n" + object("ServiceAccount", "4", hook...),
	})
	var got []string
	for _, h := range set.Hooks {
		got = append(got, h.Name)
	}
	if want := []string{"4", "2", "3", "1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseOffsets(t *testing.T) {
	text := "\n\n---\n  # c\n" + object("A", "1") + "---\n\n" + object("B", "2")
	set := parse(t, map[string]string{"c/x.yaml": text})
	if len(set.Documents) != 2 {
		t.Fatalf("%d documents, want 2", len(set.Documents))
	}
	for _, d := range set.Documents {
		if !strings.HasPrefix(text[d.Offset:], d.Content) {
			t.Errorf("%s is not at %d", d.Name, d.Offset)
		}
	}
}

// What was found before the fault is returned with the error, unsorted.
func TestParseStopsAtFault(t *testing.T) {
	set, err := Parse(map[string]string{
		"c/a.yaml": object("Job", "1", "helm.sh/hook", "test"),
		"c/b.yaml": object("B", "2") + "---\na: b: c\n---\n" + object("A", "3"),
		"c/c.yaml": "x: [",
	})
	fault, ok := errors.AsType[*ParseError](err)
	if !ok {
		t.Fatalf("error %v, want a ParseError", err)
	}
	if fault.Path != "c/b.yaml" || fault.Document != 1 || fault.Line != 6 {
		t.Errorf("fault in %s, document %d, line %d", fault.Path, fault.Document, fault.Line)
	}
	if len(set.Hooks) != 1 || len(set.Documents) != 1 {
		t.Errorf("%d hooks and %d documents before the fault", len(set.Hooks), len(set.Documents))
	}
}

func TestOrders(t *testing.T) {
	install, uninstall := InstallOrder(), UninstallOrder()
	install[0] = "changed"
	if InstallOrder()[0] == "changed" {
		t.Error("a caller can change the order")
	}
	install = InstallOrder()
	slices.Sort(install)
	slices.Sort(uninstall)
	if !slices.Equal(install, uninstall) {
		t.Error("the orders do not name the same kinds")
	}
	docs := []Document{{Kind: "Namespace"}, {Kind: "Unknown"}, {Kind: "Deployment"}, {Kind: "Service"}, {Kind: "ValidatingWebhookConfiguration"}}
	UninstallOrder().Sort(docs)
	var got []string
	for _, d := range docs {
		got = append(got, d.Kind)
	}
	want := []string{"ValidatingWebhookConfiguration", "Service", "Deployment", "Namespace", "Unknown"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
