package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// keyrings makes a directory with secring.gpg (the keys "Plain" and "Locked", the latter's
// passphrase is "sesame"), pubring.gpg, and stranger.gpg with a key that is not in the others.
func keyrings(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	config := &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA}
	write := func(name string, keys []*openpgp.Entity, serialize func(*openpgp.Entity, io.Writer) error) {
		var b bytes.Buffer
		for _, k := range keys {
			if err := serialize(k, &b); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var keys []*openpgp.Entity
	for _, name := range []string{"Plain", "Locked", "Stranger"} {
		k, err := openpgp.NewEntity(name, "", strings.ToLower(name)+"@example.com", config)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	public := func(k *openpgp.Entity, w io.Writer) error { return k.Serialize(w) }
	write("pubring.gpg", keys[:2], public)
	write("stranger.gpg", keys[2:], public)
	if err := keys[1].EncryptPrivateKeys([]byte("sesame"), nil); err != nil {
		t.Fatal(err)
	}
	write("secring.gpg", keys[:2], func(k *openpgp.Entity, w io.Writer) error { return k.SerializePrivateWithoutSigning(w, nil) })
	if err := os.WriteFile(filepath.Join(dir, "pass"), []byte("sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestHelmSigning lets each program verify what the other signed, and compares what they
// print and write.
func TestHelmSigning(t *testing.T) {
	helm := helmProgram(t)
	keys, env := keyrings(t), testEnvironment(t, "SOURCE_DATE_EPOCH=1700000000")
	type program func(t *testing.T, dir string, args ...string) result
	programs := map[string]program{
		"helm": func(t *testing.T, dir string, args ...string) result {
			return runHelm(t, helm, dir, env, "", args...)
		},
		"hchart": func(t *testing.T, dir string, args ...string) result { return runIn(t, dir, env, "", args...) },
	}
	for _, sign := range [][]string{
		{"package", "app", "--sign", "--key", "Plain <plain@example.com>", "--keyring", keys + "/secring.gpg"},
		{"package", "v1", "--sign", "--key", "Plain", "--keyring", keys + "/secring.gpg", "--version", "1.2.3+build"},
		{"package", "bare", "--sign", "--key", "Locked", "--keyring", keys + "/secring.gpg", "--passphrase-file", keys + "/pass"},
	} {
		texts := map[string]string{}
		for signer, run := range programs {
			dir := chartsDir(t)
			if r := run(t, dir, sign...); r.code != 0 {
				t.Fatalf("%s %v: %s", signer, sign, r.stderr)
			}
			name, _ := onlyArchive(t, dir)
			text, err := os.ReadFile(filepath.Join(dir, name+".prov"))
			if err != nil {
				t.Fatal(err)
			}
			signed, _, _ := strings.Cut(string(text), "-----BEGIN PGP SIGNATURE")
			texts[signer] = withoutDigest(signed)
			for _, args := range [][]string{
				{"verify", name, "--keyring", keys + "/pubring.gpg"},
				{"verify", "./" + name, "--keyring", keys + "/secring.gpg"},
				{"verify", name, "--keyring", keys + "/stranger.gpg"},
				{"verify", name, "--keyring", keys + "/absent.gpg"},
				{"show", "chart", name, "--verify", "--keyring", keys + "/pubring.gpg"},
				{"show", "chart", name, "--verify", "--keyring", keys + "/stranger.gpg"},
				{"template", "rel", name, "--verify", "--keyring", keys + "/stranger.gpg"},
				{"verify", name + ".prov"},
				{"verify", "app"},
				{"verify"},
			} {
				want, got := programs["helm"](t, dir, args...), programs["hchart"](t, dir, args...)
				got.files = nil
				for _, d := range got.differences(want) {
					t.Errorf("signed by %s, %v: %s", signer, args, d)
				}
			}
			if r := programs["hchart"](t, dir, "verify", name, "--keyring", keys+"/pubring.gpg"); r.code != 0 {
				t.Errorf("signed by %s: %s", signer, r.stderr)
			}
		}
		if texts["helm"] != texts["hchart"] {
			t.Errorf("%v: signed was\n%s\nby Helm\n%s", sign, texts["hchart"], texts["helm"])
		}
	}
}

// withoutDigest takes out the digest of an archive: Helm orders subcharts at random.
func withoutDigest(text string) string {
	before, after, _ := strings.Cut(text, "sha256:")
	return before + after[min(64, len(after)):]
}

// TestSigningFails checks that what cannot be signed leaves nothing.
func TestSigningFails(t *testing.T) {
	keys, env := keyrings(t), testEnvironment(t, "")
	secret := keys + "/secring.gpg"
	for _, tt := range []struct {
		args  []string
		stdin string
		want  string
	}{
		{[]string{"--keyring", secret}, "", "--key is required"},
		{[]string{"--key", "Plain", "--keyring", ""}, "", "--keyring is required"},
		{[]string{"--key", "Plain"}, "", "pubring.gpg"},
		{[]string{"--key", "example.com", "--keyring", secret}, "", "several keys"},
		{[]string{"--key", "Nobody", "--keyring", secret}, "", "no key of the keyring"},
		{[]string{"--key", "Plain", "--keyring", keys + "/pubring.gpg"}, "", "not a secret key"},
		{[]string{"--key", "Locked", "--keyring", secret}, "", "give --passphrase-file"},
		{[]string{"--key", "Locked", "--keyring", secret, "--passphrase-file", "-"}, "wrong\nsesame\n", "cannot be unlocked"},
		{[]string{"--key", "Locked", "--keyring", secret, "--passphrase-file", "absent"}, "", "absent"},
	} {
		dir := chartsDir(t)
		r := runIn(t, dir, env, tt.stdin, append([]string{"package", "bare", "--sign", "-d", "out"}, tt.args...)...)
		if r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, tt.want) || strings.Contains(r.stderr, "sesame") {
			t.Errorf("%v: got %d, %s%s", tt.args, r.code, r.stdout, r.stderr)
		}
		if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
			t.Errorf("%v: something was written", tt.args)
		}
	}
	dir := chartsDir(t)
	r := runIn(t, dir, env, "sesame\nmore\n", "package", "bare", "app", "--sign", "-d", "out", "--key", "Locked", "--keyring", secret, "--passphrase-file", "-")
	if r.code != 0 {
		t.Error(r.stderr)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "out", "*.tgz.prov")); len(found) != 2 {
		t.Errorf("got %v", found)
	}
}

// TestVerifyRefuses checks that whatever is missing or broken fails, and that no chart is
// used whose signature does not hold.
func TestVerifyRefuses(t *testing.T) {
	keys, env := keyrings(t), testEnvironment(t, "")
	for name, spoil := range map[string]func(archive, text string) (newArchive, newText string){
		"no provenance":    func(a, _ string) (string, string) { return a, "" },
		"empty provenance": func(a, _ string) (string, string) { return a, "\n" },
		"other archive":    func(a, p string) (string, string) { return a + "\x00", p },
		"other metadata":   func(a, p string) (string, string) { return a, strings.Replace(p, "name: bare", "name: bart", 1) },
		"text behind":      func(a, p string) (string, string) { return a, p + "\nmore\n" },
		"signed twice":     func(a, p string) (string, string) { return a, p + "\n" + p },
	} {
		dir := chartsDir(t)
		if r := runIn(t, dir, env, "", "package", "bare", "--sign", "--key", "Plain", "--keyring", keys+"/secring.gpg"); r.code != 0 {
			t.Fatal(r.stderr)
		}
		file, data := onlyArchive(t, dir)
		text, err := os.ReadFile(filepath.Join(dir, file+".prov"))
		if err != nil {
			t.Fatal(err)
		}
		archive, prov := spoil(string(data), string(text))
		if err := os.WriteFile(filepath.Join(dir, file), []byte(archive), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file+".prov"), []byte(prov), 0o600); err != nil {
			t.Fatal(err)
		}
		if prov == "" {
			if err := os.Remove(filepath.Join(dir, file+".prov")); err != nil {
				t.Fatal(err)
			}
		}
		for _, args := range [][]string{
			{"verify", file}, {"template", "rel", file, "--verify"}, {"show", "values", file, "--verify"},
		} {
			r := runIn(t, dir, env, "", append(args, "--keyring", keys+"/pubring.gpg")...)
			if r.code != 1 || r.stdout != "" || r.stderr == "" {
				t.Errorf("%s, %v: got %d, %s%s", name, args, r.code, r.stdout, r.stderr)
			}
		}
	}
}
