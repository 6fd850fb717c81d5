package cli

import (
	_ "embed"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hchart/hchart/repo/repotest"
)

//go:embed testdata/plugins.txtar
var pluginFiles []byte

// pluginsDir makes a directory with the plugins of testdata.
func pluginsDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := txtar.Write(txtar.Parse(pluginFiles), dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"old/run.sh", "bucket/run.sh", "new/plugin.complete"} {
		if err := os.Chmod(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// pluginEnvironment is an environment with this home.
func pluginEnvironment(home string, more ...string) []string {
	return append([]string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "KUBECONFIG=" + os.DevNull}, more...)
}

// pluginLines are command lines that are run one after the other.
func pluginLines(keys, url string) []string {
	verify := " --keyring " + keys + "/pubring.gpg"
	return []string{
		"plugin list",
		"plugin",
		"old",
		"plugin install",
		"plugin install none",
		"plugin install absent",
		"plugin install ./absent",
		"plugin install absent.tgz",
		"plugin install none/README",
		"plugin list",
		"plugin install old",
		"plugin install old",
		"plugin install new --version 1",
		"plugin install ./bucket",
		"plugin list",
		"plugin list --type cli/v1",
		"plugin list --type getter/v1",
		"plugin list --type nonsense",
		"old",
		"old a -n space --debug --kube-context=c b --unknown=1 -- --namespace other",
		"-n before old x",
		"old --help",
		"old --namespace",
		"call all -x of this is ignored --namespace n",
		"__complete ol",
		"__complete old s",
		"__complete old --",
		"__complete old sub ",
		"__complete old sub leaf ",
		"__complete call -n x wor",
		"__complete plugin uninstall ",
		"__complete plugin uninstall old ",
		"__complete plugin update n",
		"__complete plugin install ",
		"__complete plugin list ",
		"plugin verify old",
		"plugin verify absent",
		"plugin verify old/run.sh",
		"plugin package old --sign=false",
		"plugin package new --sign=false -d out",
		"plugin package new --sign=false -d out/deep/er",
		"plugin package none --sign=false",
		"plugin package unfit --sign=false",
		"plugin package unnamed --sign=false",
		"plugin package double --sign=false",
		"plugin package absent --sign=false",
		"plugin package old/run.sh --sign=false",
		"plugin package new",
		"plugin package new --key Nobody --keyring " + keys + "/secring.gpg",
		"plugin package new -d signed --key Plain --keyring " + keys + "/secring.gpg",
		"plugin package old -d signed --key Plain --keyring " + keys + "/secring.gpg",
		"plugin package bucket -d signed --key Plain --keyring " + keys + "/secring.gpg",
		"plugin package wasm -d signed --key Locked --keyring " + keys + "/secring.gpg --passphrase-file " + keys + "/pass",
		"plugin verify signed/newer-1.2.3.tgz" + verify,
		"plugin verify signed/wasm-1.0.0.tgz" + verify,
		"plugin verify signed/newer-1.2.3.tgz --keyring " + keys + "/stranger.gpg",
		"plugin verify out/newer-1.2.3.tgz" + verify,
		"plugin list",
		"plugin uninstall newer",
		"plugin uninstall newer bucket absent",
		"plugin list",
		"plugin uninstall old new",
		"plugin uninstall",
		"plugin update",
		"plugin update absent",
		"plugin install signed/newer-1.2.3.tgz" + verify,
		"plugin install signed/newer-1.2.3.tgz" + verify,
		"plugin install signed/old-0.1.0.tgz --keyring " + keys + "/stranger.gpg",
		"plugin install old-0.1.0.tgz" + verify,
		"plugin install old-0.1.0.tgz --verify=false",
		"plugin install signed/wasm-1.0.0.tgz" + verify,
		"plugin list",
		"call x",
		"old",
		"plugin update old",
		"plugin uninstall newer old wasm",
		"plugin install " + url + "/signed/newer-1.2.3.tgz" + verify,
		"plugin install " + url + "/old-0.1.0.tgz" + verify,
		"plugin install " + url + "/old-0.1.0.tgz --verify=false",
		"plugin install " + url + "/absent-1.0.0.tgz --verify=false",
		"plugin list",
		"plugin uninstall newer old",
		"plugin list",
		"plugin install " + url + "/repository",
		"plugin install create",
		"template",
		"help create",
		"lint absent",
	}
}

// TestHelmPlugins gives the same commands to both programs, each in a directory of its
// own, and compares what they print, how they end and what is in the directory of plugins.
func TestHelmPlugins(t *testing.T) {
	helm, keys := helmProgram(t), keyrings(t)
	dirs := map[string]string{"helm": pluginsDir(t), "hchart": pluginsDir(t)}
	homes := map[string]string{"helm": t.TempDir(), "hchart": t.TempDir()}
	server := func(name string) string {
		s := httptest.NewServer(http.FileServer(http.Dir(dirs[name])))
		t.Cleanup(s.Close)
		return s.URL
	}
	urls := map[string]string{"helm": server("helm"), "hchart": server("hchart")}
	lines := map[string][]string{"helm": pluginLines(keys, urls["helm"]), "hchart": pluginLines(keys, urls["hchart"])}
	for i, line := range lines["hchart"] {
		want := runHelm(t, helm, dirs["helm"], pluginEnvironment(homes["helm"]), "input\n", strings.Fields(lines["helm"][i])...)
		got := runIn(t, dirs["hchart"], pluginEnvironment(homes["hchart"]), "input\n", strings.Fields(line)...)
		got.files = nil
		want.stdout = strings.ReplaceAll(want.stdout, urls["helm"], "URL")
		got.stdout = strings.ReplaceAll(got.stdout, urls["hchart"], "URL")
		want.stdout = strings.ReplaceAll(want.stdout, homes["helm"], "HOME")
		got.stdout = strings.ReplaceAll(got.stdout, homes["hchart"], "HOME")
		if strings.HasPrefix(line, "help ") || line == "plugin" || line == "old --help" && got.code == 7 {
			want.stdout, got.stdout = "", "" // texts of our own
		}
		if strings.HasPrefix(line, "__complete") {
			want.stderr, got.stderr = "", ""
			want.stdout, got.stdout = withoutHelp(want.stdout), withoutHelp(got.stdout)
		}
		if strings.Contains(line, "verify") || strings.Contains(line, "install") {
			// Archives differ in whose the files are and when they were made.
			want.stdout, got.stdout = withoutHash(want.stdout), withoutHash(got.stdout)
		}
		if want.code == 0 {
			want.stderr = got.stderr // Helm reads plugins for each command, and warns of them
		}
		for _, d := range got.differences(want) {
			t.Errorf("%s: %s", line, d)
		}
		if w, g := pluginTree(t, dirs["helm"], homes["helm"]), pluginTree(t, dirs["hchart"], homes["hchart"]); !slices.Equal(w, g) {
			t.Errorf("%s: there is\n%s\nHelm has\n%s", line, strings.Join(g, "\n"), strings.Join(w, "\n"))
		}
		if t.Failed() && os.Getenv("FIRST") != "" {
			return
		}
	}
}

// withoutHelp takes help for the user out of completions: texts of our own.
func withoutHelp(s string) string {
	var kept []string
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "_activeHelp_") {
			name, _, _ := strings.Cut(line, "\t")
			kept = append(kept, strings.TrimSpace(name))
		}
	}
	return strings.Join(kept, "\n")
}

// withoutHash takes digests out of a text.
func withoutHash(s string) string {
	if i := strings.Index(s, "sha256:"); i >= 0 && len(s) >= i+71 {
		return s[:i] + s[i+71:]
	}
	return s
}

// pluginTree lists what is in the directory of plugins, with the content of small files
// and the targets of links, and what packages left.
func pluginTree(t *testing.T, dir, home string) []string {
	t.Helper()
	var tree []string
	for _, below := range []string{filepath.Join(home, ".local/share/helm/plugins"), filepath.Join(dir, "out"), filepath.Join(dir, "signed")} {
		_ = filepath.Walk(below, func(path string, info os.FileInfo, err error) error {
			name, _ := filepath.Rel(below, path)
			if err != nil || name == "." {
				return nil
			}
			line := name + " " + info.Mode().String()
			switch {
			case info.IsDir():
				line = name
			case info.Mode()&os.ModeSymlink != 0:
				to, _ := os.Readlink(path)
				line += " " + strings.TrimPrefix(to, dir)
			case strings.HasSuffix(name, ".prov"):
				data, _ := os.ReadFile(path)
				signed, _, _ := strings.Cut(string(data), "-----BEGIN PGP SIGNATURE")
				line += " " + withoutHash(signed)
			case !strings.HasSuffix(name, ".tgz"):
				data, _ := os.ReadFile(path)
				line += " " + string(data)
			}
			tree = append(tree, line)
			return nil
		})
	}
	return tree
}

// TestHelmSharesPlugins lets one program work on what the other installed.
func TestHelmSharesPlugins(t *testing.T) {
	helm, keys := helmProgram(t), keyrings(t)
	verify := " --keyring " + keys + "/pubring.gpg"
	for _, helmFirst := range []bool{true, false} {
		dir, home := pluginsDir(t), t.TempDir()
		env := pluginEnvironment(home)
		turn := helmFirst
		run := func(line string) string {
			t.Helper()
			var r result
			if turn {
				r = runHelm(t, helm, dir, env, "", strings.Fields(line)...)
			} else {
				r = runIn(t, dir, env, "", strings.Fields(line)...)
			}
			if r.code != 0 {
				t.Errorf("by Helm is %v, %s: %s", turn, line, r.stderr)
			}
			turn = !turn
			return r.stdout
		}
		run("plugin package new --key Plain --keyring " + keys + "/secring.gpg")
		run("plugin verify newer-1.2.3.tgz" + verify)
		turn = helmFirst
		run("plugin install newer-1.2.3.tgz" + verify)
		if list := run("plugin list"); !strings.Contains(list, "signed") {
			t.Errorf("got %s", list)
		}
		turn = !helmFirst
		if out := run("call a"); out != "on linux default\n" {
			t.Errorf("got %s", out)
		}
		turn = !helmFirst
		run("plugin uninstall newer")
		if left := pluginTree(t, dir, home); len(left) > 0 {
			t.Errorf("left over: %v", left)
		}
	}
}

// TestHelmGetterPlugin gets charts by way of a plugin.
func TestHelmGetterPlugin(t *testing.T) {
	helm := helmProgram(t)
	logs := map[string]string{}
	for name, run := range map[string]func(dir string, env []string, line string) result{
		"helm": func(dir string, env []string, line string) result {
			return runHelm(t, helm, dir, env, "", strings.Fields(line)...)
		},
		"hchart": func(dir string, env []string, line string) result {
			return runIn(t, dir, env, "", strings.Fields(line)...)
		},
	} {
		dir := pluginsDir(t)
		bucket := t.TempDir()
		env := pluginEnvironment(t.TempDir(), "BUCKET="+bucket, "HELM_PLUGINS="+dir)
		for _, plugin := range []string{"unnamed", "unfit", "double"} {
			if err := os.RemoveAll(filepath.Join(dir, plugin)); err != nil {
				t.Fatal(err)
			}
		}
		charts := chartsDir(t)
		if r := run(charts, env, "package bare -d "+bucket); r.code != 0 {
			t.Fatal(r.stderr)
		}
		file, _ := onlyArchive(t, bucket)
		for _, line := range []string{
			"template rel bucket://host/" + file,
			"show chart bucket://host/" + file + " --username me --password canary",
			"template rel bucket://host/absent.tgz",
			"template rel vessel://host/" + file,
		} {
			r := run(charts, env, line)
			if (r.code == 0) == (strings.Contains(line, "absent") || strings.Contains(line, "vessel")) || strings.Contains(r.stderr+r.stdout, "canary") {
				t.Errorf("%s, %s: %d, %s%s", name, line, r.code, r.stdout, r.stderr)
			}
			logs[name] += r.stdout
		}
		log, err := os.ReadFile(filepath.Join(bucket, "log"))
		if err != nil {
			t.Fatal(err)
		}
		logs[name] += strings.ReplaceAll(string(log), charts+"/", "")
	}
	if logs["helm"] != logs["hchart"] {
		t.Errorf("got\n%s\nHelm:\n%s", logs["hchart"], logs["helm"])
	}
}

// TestHelmPluginRegistry installs a plugin from a registry.
func TestHelmPluginRegistry(t *testing.T) {
	helm, keys := helmProgram(t), keyrings(t)
	reg := repotest.NewRegistry(repotest.RegistryOptions{})
	server := httptest.NewServer(reg)
	t.Cleanup(server.Close)
	work := pluginsDir(t)
	if r := runIn(t, work, pluginEnvironment(t.TempDir()), "", "plugin", "package", "new", "--key", "Plain", "--keyring", keys+"/secring.gpg"); r.code != 0 {
		t.Fatal(r.stderr)
	}
	var layers []string
	for _, name := range []string{"newer-1.2.3.tgz", "newer-1.2.3.tgz.prov"} {
		data, err := os.ReadFile(filepath.Join(work, name))
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, fmt.Sprintf(`{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": %q, "size": %d,
			"annotations": {"org.opencontainers.image.title": %q}}`, reg.PutBlob("me/newer", data), len(data), name))
	}
	head := fmt.Sprintf(`{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"artifactType": "application/vnd.helm.plugin.v1+json",
		"config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": %q, "size": 2}, "layers": [`, reg.PutBlob("me/newer", []byte("{}")))
	reg.PutManifest("me/newer", "1.2.3", "application/vnd.oci.image.manifest.v1+json", []byte(head+strings.Join(layers, ",")+"]}"))
	reg.PutManifest("me/newer", "unsigned", "application/vnd.oci.image.manifest.v1+json", []byte(head+layers[0]+"]}"))

	ref := "oci://" + strings.TrimPrefix(server.URL, "http://") + "/me/newer"
	homes := []string{t.TempDir(), t.TempDir()}
	for _, line := range []string{
		"plugin install --plain-http " + ref + ":absent --verify=false",
		"plugin install --plain-http " + ref + ":unsigned --keyring " + keys + "/pubring.gpg",
		"plugin install --plain-http " + ref + ":1.2.3 --keyring " + keys + "/stranger.gpg",
		"plugin install --plain-http " + ref + ":1.2.3 --keyring " + keys + "/pubring.gpg",
		"plugin list",
		"call a",
		"plugin uninstall newer",
		"plugin install --plain-http " + ref + ":unsigned --verify=false",
		"plugin list",
	} {
		want := runHelm(t, helm, work, pluginEnvironment(homes[0]), "", strings.Fields(line)...)
		got := runIn(t, work, pluginEnvironment(homes[1]), "", strings.Fields(line)...)
		got.files = nil
		if want.code == 0 {
			want.stderr = got.stderr
		}
		for _, d := range got.differences(want) {
			t.Errorf("%s: %s", line, d)
		}
		if w, g := pluginTree(t, work, homes[0]), pluginTree(t, work, homes[1]); !slices.Equal(w, g) {
			t.Errorf("%s: there is\n%s\nHelm has\n%s", line, strings.Join(g, "\n"), strings.Join(w, "\n"))
		}
	}
	r := runIn(t, work, pluginEnvironment(t.TempDir()), "", "plugin", "install", ref, "--version", "1.2.3", "--plain-http", "--keyring", keys+"/pubring.gpg")
	if r.code != 0 {
		t.Errorf("with --version: %s", r.stderr)
	}
}

// TestPluginInstallFails checks that of what fails nothing stays.
func TestPluginInstallFails(t *testing.T) {
	dir, home, keys := pluginsDir(t), t.TempDir(), keyrings(t)
	env := pluginEnvironment(home)
	if err := os.WriteFile(filepath.Join(dir, "nohook", "plugin.yaml"), []byte("name: nohook\nversion: 0.1.0\nhooks: {install: exit 3}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := runIn(t, dir, env, "", "plugin", "package", "nohook", "--key", "Plain", "--keyring", keys+"/secring.gpg"); r.code != 0 {
		t.Fatal(r.stderr)
	}
	spoilt, err := os.ReadFile(filepath.Join(dir, "nohook-0.1.0.tgz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"spoilt-0.1.0.tgz", "unsigned-0.1.0.tgz"} {
		if err := os.WriteFile(filepath.Join(dir, name), append(spoilt, 0), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "nohook-0.1.0.tgz.prov"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "spoilt-0.1.0.tgz.prov"), []byte(strings.ReplaceAll(string(text), "nohook-0", "spoilt-0")), 0o644); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"nohook":                        "the install hook of plugin \"nohook\" failed",
		"nohook-0.1.0.tgz":              "the install hook of plugin \"nohook\" failed",
		"spoilt-0.1.0.tgz":              "its signature does not hold",
		"unsigned-0.1.0.tgz":            "there is no provenance for it",
		"unfit":                         "invalid version",
		"unnamed":                       "invalid name",
		"double":                        "already defined",
		"oci://localhost:1/x":           "a plugin needs a tag or a digest",
		"https://u:canary@localhost/x":  "",
		"https://localhost:1/x-1.0.tgz": "",
	} {
		r := runIn(t, dir, env, "", "plugin", "install", line, "--keyring", keys+"/pubring.gpg")
		if r.code != 1 || !strings.Contains(r.stderr, want) || strings.Contains(r.stderr, "canary") {
			t.Errorf("%s: got %d, %s", line, r.code, r.stderr)
		}
		if left := pluginTree(t, dir, home); len(left) > 0 {
			t.Errorf("%s: left over: %v", line, left)
		}
	}
}

// TestPluginNamesAreUnique checks that no plugin is installed whose name another one has:
// Helm installs it, and then no plugin works any more.
func TestPluginNamesAreUnique(t *testing.T) {
	dir := pluginsDir(t)
	env := pluginEnvironment(t.TempDir())
	for _, line := range []string{"plugin package new --sign=false", "plugin install new"} {
		if r := runIn(t, dir, env, "", strings.Fields(line)...); r.code != 0 {
			t.Fatal(r.stderr)
		}
	}
	r := runIn(t, dir, env, "", "plugin", "install", "newer-1.2.3.tgz", "--verify=false")
	if r.code != 1 || !strings.Contains(r.stderr, "plugin already exists") {
		t.Errorf("got %d, %s", r.code, r.stderr)
	}
	if r := runIn(t, dir, env, "", "call"); r.code != 0 {
		t.Error(r.stderr)
	}
}

// TestPluginsAreNotRead checks that commands of ours do not look at plugins, and that
// those of plugins can be left out.
func TestPluginsAreNotRead(t *testing.T) {
	dir := pluginsDir(t)
	env := pluginEnvironment(t.TempDir(), "HELM_PLUGINS="+dir)
	if r := runIn(t, dir, env, "", "version"); r.code != 0 || r.stderr != "" {
		t.Errorf("got %d, %s", r.code, r.stderr)
	}
	// The directory has broken plugins, and one with a name of ours.
	if r := runIn(t, dir, env, "", "--debug", "version"); r.code != 0 || !strings.Contains(r.stderr, "unfit") {
		t.Errorf("got %d, %s", r.code, r.stderr)
	}
	if r := runIn(t, dir, env, "", "call"); !strings.HasPrefix(r.stdout, "on linux") && r.stdout != "elsewhere\n" {
		t.Errorf("got %d, %s", r.code, r.stderr)
	}
	if r := runIn(t, dir, append(env, "HELM_NO_PLUGINS=1"), "", "old"); r.code != 1 || strings.Contains(r.stderr, "unfit") {
		t.Errorf("got %d, %s", r.code, r.stderr)
	}
}

func TestWithoutVersion(t *testing.T) {
	for file, want := range map[string]string{
		"diff-1.2.3.tgz": "diff", "diff-1.2.3.tar.gz": "diff", "helm-diff-1.2.3-rc.1.tgz": "helm-diff", "a-1-2.3.tgz": "a-1",
		"diff.tgz": "diff", "diff-linux.tgz": "diff-linux", "diff-1.tgz": "diff-1", "-1.2.tgz": "-1.2", "x-10.0-2.5.tgz": "x-10.0", ".tgz": "",
	} {
		if got := withoutVersion(file); got != want {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
}

func TestSplitGlobalFlags(t *testing.T) {
	ours, theirs := splitGlobalFlags(strings.Fields("a --debug -n x --namespace=y -nz --kube-token"))
	if got := strings.Join(ours, " ") + "|" + strings.Join(theirs, " "); got != "--debug -n x --namespace=y --kube-token|a -nz" {
		t.Errorf("got %s", got)
	}
}
