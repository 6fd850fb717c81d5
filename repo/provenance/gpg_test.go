package provenance

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// TestGnuPG takes turns with GnuPG, where it is installed: it verifies what we signed with
// its keys, and we verify what it signed, by its keyrings of all forms.
func TestGnuPG(t *testing.T) {
	program, err := exec.LookPath("gpg")
	if err != nil {
		t.Skip("GnuPG is not here")
	}
	// Its sockets lie in the home, and paths of sockets are short.
	home, err := os.MkdirTemp("", "gpg")
	if err != nil {
		t.Fatal(err)
	}
	run := func(stdin []byte, args ...string) ([]byte, string, error) {
		cmd := exec.Command(program, append([]string{"--homedir", home, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""}, args...)...)
		cmd.Stdin = bytes.NewReader(stdin)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		return stdout.Bytes(), stderr.String(), err
	}
	gpg := func(stdin []byte, args ...string) []byte {
		t.Helper()
		stdout, stderr, err := run(stdin, args...)
		if err != nil {
			t.Fatalf("gpg %v: %v\n%s", args, err, stderr)
		}
		return stdout
	}
	t.Cleanup(func() {
		cmd := exec.Command("gpgconf", "--homedir", home, "--kill", "all")
		if err := cmd.Run(); err != nil {
			t.Log(err)
		}
		if err := os.RemoveAll(home); err != nil {
			t.Log(err)
		}
	})
	ctx := context.Background()
	for kind, config := range map[string]*packet.Config{
		"rsa": {Algorithm: packet.PubKeyAlgoRSA, RSABits: 2048}, "ed25519": {Algorithm: packet.PubKeyAlgoEdDSA},
	} {
		name := kind + " <" + kind + "@example.com>"
		gpg(secret(t, entity(t, kind, "", kind+"@example.com", config)), "--import")
		k, err := ring(t, gpg(nil, "--export-secret-keys", name)).Key(kind)
		if err != nil {
			t.Fatal(err)
		}
		text, err := Sign(ctx, archive(), file, k, SignOptions{})
		if err != nil {
			t.Fatal(err)
		}
		// It stumbles over armor without a checksum, which Helm and we write, by chance.
		if _, said, err := run(text, "--verify"); !strings.Contains(said, "Good signature from \""+name) {
			t.Errorf("%v: GnuPG says %s", err, said)
		}

		block := "name: app\n\n...\nfiles:\n  " + file + ": " + digest(archive()) + "\n"
		theirs := gpg([]byte(block), "--clearsign", "--digest-algo", "SHA256", "--local-user", name)
		for form, keys := range map[string][]byte{
			"binary":  gpg(nil, "--export", name),
			"armored": gpg(nil, "--armor", "--export", name),
		} {
			for signer, text := range map[string][]byte{"GnuPG": theirs, "hchart": text} {
				v, err := Verify(ctx, archive(), text, file, ring(t, keys), VerifyOptions{})
				if err != nil || len(v.SignedBy) != 1 || v.SignedBy[0] != name {
					t.Errorf("%s, signed by %s, keyring %s: got %v, %v", kind, signer, form, v, err)
				}
			}
		}
	}
	// Newer versions of GnuPG may keep keys elsewhere.
	keys, err := ReadKeyring(filepath.Join(home, "pubring.kbx"))
	if err != nil {
		t.Skip(err)
	}
	if names := slices.Sorted(slices.Values(keys.Names())); strings.Join(names, ", ") != "ed25519 <ed25519@example.com>, rsa <rsa@example.com>" {
		t.Errorf("the keybox has %s", names)
	}
}
