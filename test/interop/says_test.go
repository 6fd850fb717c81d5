package interop

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/test/player"
)

// question is a command that only reads.
type question struct {
	args string // NAME and REVISION stand for those of the release
	// helm3 is whether Helm 3 answers in the same words.
	helm3 bool
}

func questions() []question {
	return []question{
		{"history NAME -o json", false}, // Helm 3 says nothing of rollback_revision
		{"history NAME", true},
		{"history NAME --max 2 -o yaml", false},
		{"get values NAME -o json", true},
		{"get values NAME --revision REVISION", true},
		{"get values NAME --all -o json", true},
		{"get manifest NAME", true},
		{"get manifest NAME --revision REVISION", true},
		{"get hooks NAME", true},
		{"get notes NAME", true},
		{"get metadata NAME -o json", false},
		{"get all NAME", false},
		{"get all NAME --revision REVISION", false},
		{"status NAME -o json", false},
		{"status NAME", false},
		{"status NAME --revision REVISION -o json", false},
		{"list -o json", false},
		{"list", false},
		{"list --short", true},
		{"list --uninstalled -o yaml", true},
	}
}

// says asks all programs n questions and compares what they answer.
func (p *play) says(ctx context.Context, records []*release.Release, n int) bool {
	all := questions()
	for _, i := range p.rand.Perm(len(all))[:n] {
		revision := "1"
		if len(records) > 0 {
			revision = strconv.Itoa(records[p.rand.IntN(len(records))].Version)
		}
		args := strings.Fields(strings.NewReplacer("NAME", name, "REVISION", revision).Replace(all[i].args))
		if !p.same(ctx, args, all[i].helm3) {
			return false
		}
	}
	return true
}

// same has one question answered by all programs, in both worlds.
func (p *play) same(ctx context.Context, args []string, helm3 bool) bool {
	roles := []string{"helm4", "hchart"}
	if helm3 {
		roles = append(roles, "helm3")
	}
	answers := make([]player.Result, len(roles))
	errs := make([]error, len(roles))
	var wait sync.WaitGroup
	for i, role := range roles {
		wait.Go(func() {
			answers[i], errs[i] = p.ours.players[role].Run(ctx, slices.Concat(args, []string{"-n", p.ours.namespace})...)
		})
	}
	wait.Wait()
	for i, role := range roles {
		if errs[i] != nil {
			return p.fail("%v", errs[i])
		}
		if (answers[0].Exit == 0) != (answers[i].Exit == 0) {
			return p.fail("one program failed, the other did not:\n%s\n%s", answers[0], answers[i])
		}
		if d := player.Diff(comparable(answers[0].Stdout), comparable(answers[i].Stdout)); d != "" {
			return p.fail("%s prints something else (+) than helm4 (-) for %s:\n%s", role, strings.Join(args, " "), d)
		}
	}
	return true
}

// comparable indents JSON, and leaves out of what status prints the live objects: Helm
// lists them in random order, and they change.
func comparable(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		before, rest, ok := strings.Cut(text, "\nRESOURCES:\n")
		if _, after, found := strings.Cut(rest, "\n\n\n"); ok && found {
			return before + "\n" + after
		}
		return text
	}
	if status, ok := v.(map[string]any); ok {
		if info, ok := status["info"].(map[string]any); ok {
			delete(info, "resources")
		}
	}
	indented, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return text
	}
	return string(indented)
}
