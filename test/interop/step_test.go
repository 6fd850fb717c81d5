package interop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hchart/hchart/release"
)

// step is a command and who gives it.
type step struct {
	role string
	args []string
}

// writeCharts writes the chart of testdata in three versions and returns their folders.
func writeCharts(dir string) ([]string, error) {
	var charts []string
	for _, version := range []string{"1.0.0", "1.1.0", "2.0.0"} {
		chart := filepath.Join(dir, version)
		if err := os.CopyFS(chart, os.DirFS("testdata/turns")); err != nil {
			return nil, err
		}
		file := filepath.Join(chart, "Chart.yaml")
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		changed := strings.Replace(string(text), "\nversion: 1.0.0", "\nversion: "+version, 1)
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			return nil, err
		}
		charts = append(charts, chart)
	}
	return charts, nil
}

// step draws the next step from what the records say.
func (p *play) step(records []*release.Release, last bool) step {
	s := step{role: p.one("hchart", "hchart", "helm4", "helm3")}
	switch {
	case len(records) == 0:
		s.args = p.install(s.role)
	case last:
		s.args = []string{"uninstall", name}
	case records[len(records)-1].Info.Status == release.Uninstalled:
		s.args = p.again(s.role, records)
	default:
		s.args = p.change(s.role, records)
	}
	return s
}

func (p *play) install(role string) []string {
	args := []string{p.one("install", "install", "upgrade --install"), name, p.one(p.charts...), "-f", p.writeValues(false)}
	if role != "helm3" && strings.HasPrefix(args[0], "install") {
		args = append(args, p.maybe(4, "--server-side=false")...)
	}
	args = append(args, p.maybe(5, "--wait", "--timeout=60s")...)
	args = append(args, p.maybe(5, "--labels", "team=a,tier="+strconv.Itoa(p.rand.IntN(3)))...)
	return append(strings.Fields(args[0]), args[1:]...)
}

// again works on a release of which only the history is left.
func (p *play) again(role string, records []*release.Release) []string {
	switch p.rand.IntN(4) {
	case 0:
		return []string{"upgrade", name, p.one(p.charts...)} // which is refused
	case 1:
		return []string{"install", name, p.one(p.charts...), "--replace", "-f", p.writeValues(false)}
	case 2:
		return []string{"uninstall", name}
	}
	return p.rollback(role, records)
}

// change upgrades or rolls back, or uninstalls and keeps the history.
func (p *play) change(role string, records []*release.Release) []string {
	switch n := p.rand.IntN(12); {
	case n < 8:
		return p.upgrade(role)
	case n < 11:
		return p.rollback(role, records)
	}
	return []string{"uninstall", name, "--keep-history"}
}

func (p *play) upgrade(role string) []string {
	args := []string{"upgrade", name, p.one(p.charts...)}
	broken := p.rand.IntN(8) == 0
	if p.rand.IntN(8) > 0 { // else the same again, or the defaults
		args = append(args, "-f", p.writeValues(broken))
	}
	args = append(args, p.maybe(2, p.one("--reuse-values", "--reset-values", "--reset-then-reuse-values"))...)
	if !broken { // hchart shortens the history only once an upgrade has succeeded
		args = append(args, p.maybe(4, "--history-max=3")...)
	}
	args = append(args, p.maybe(6, "--description", "because of "+strconv.Itoa(p.rand.IntN(9)))...)
	args = append(args, p.maybe(5, "--labels", "tier="+strconv.Itoa(p.rand.IntN(3)))...)
	args = append(args, p.maybe(6, "--wait", "--timeout=60s")...)
	if role != "helm3" {
		args = append(args, p.maybe(3, p.one("--server-side=true", "--server-side=false"))...)
	}
	return args
}

func (p *play) rollback(role string, records []*release.Release) []string {
	args := []string{"rollback", name}
	if p.rand.IntN(3) > 0 {
		args = append(args, strconv.Itoa(records[p.rand.IntN(len(records))].Version))
	}
	if role != "helm3" {
		args = append(args, p.maybe(4, p.one("--server-side=true", "--server-side=false"))...)
	}
	return args
}

// writeValues writes a file of values and returns its path.
func (p *play) writeValues(broken bool) string {
	some := func(all ...string) []string {
		p.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return all[:1+p.rand.IntN(len(all))]
	}
	env := map[string]string{}
	for _, key := range some("LEVEL", "MODE", "COLOUR", "SIZE") {
		env[key] = p.one("x", "y", "z")
	}
	values := map[string]any{
		"replicas": 1 + p.rand.IntN(3), "image": p.one("one", "two", "three"), "ports": some("http", "admin", "metrics"),
		"env": env, "sidecar": p.rand.IntN(2) == 0, "volume": p.rand.IntN(2) == 0, "configs": some("a", "b", "c", "d"),
		"secret": p.rand.IntN(3) > 0, "service": p.rand.IntN(3) > 0, "hook": p.one("", "", "configmap", "job"), "broken": broken,
	}
	if p.rand.IntN(2) == 0 {
		values["annotations"] = map[string]string{"note": p.one("x", "y"), p.one("extra", "other"): "z"}
	}
	text, err := json.MarshalIndent(values, "", "  ")
	if err != nil {
		p.t.Fatal(err)
	}
	p.values++
	file := filepath.Join(p.dir, fmt.Sprintf("values%d.json", p.values))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return file
}

// one returns one of the texts.
func (p *play) one(texts ...string) string { return texts[p.rand.IntN(len(texts))] }

// maybe returns the arguments once in n times.
func (p *play) maybe(n int, args ...string) []string {
	if p.rand.IntN(n) > 0 {
		return nil
	}
	return args
}
