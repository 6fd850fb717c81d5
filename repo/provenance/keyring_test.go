package provenance

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

func TestParseKeyring(t *testing.T) {
	one, two := entity(t, "One", "", "one@example.com", nil), entity(t, "Two", "", "two@example.com", nil)
	blocks := append(armored(t, openpgp.PublicKeyType, public(t, one)), armored(t, openpgp.PrivateKeyType, secret(t, two))...)
	both := []string{"One <one@example.com>", "Two <two@example.com>"}
	broken := func(at int, b byte) []byte {
		box := keybox(public(t, one), public(t, two))
		box[at] = b
		return box
	}
	for _, tt := range []struct {
		name string
		data []byte
		want []string // nil for an error
	}{
		{"public", public(t, one, two), both},
		{"secret", secret(t, one, two), both},
		{"armored", armored(t, openpgp.PublicKeyType, public(t, one, two)), both},
		{"two blocks", blocks, both},
		{"white space in front", append([]byte("\n \n"), blocks...), both},
		{"keybox", keybox(public(t, one), public(t, two)), both[1:]},
		{"keybox, all ephemeral", keybox(public(t, one)), nil},
		{"keybox, cut off", keybox(public(t, one), public(t, two))[:200], nil},
		{"keybox, record too short", broken(3, 4), nil},
		{"keybox, key beyond its record", broken(37+12, 0xff), nil},
		{"empty", nil, nil},
		{"white space", []byte("\n\n"), nil},
		{"text", []byte("not a key at all"), nil},
		{"a signature", armored(t, "PGP SIGNATURE", []byte("x")), nil},
		{"broken armor", []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n####\n"), nil},
		{"too large", make([]byte, maxKeyring+1), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := ParseKeyring(tt.data)
			if tt.want == nil {
				if e, ok := errors.AsType[*KeyringError](err); !ok || e.Error() == "" {
					t.Errorf("got %v, %v", r, err)
				}
				return
			}
			if err != nil || !slices.Equal(r.Names(), tt.want) {
				t.Errorf("got %v, %v", r, err)
			}
		})
	}
}

func TestReadKeyring(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pubring.gpg")
	_, err := ReadKeyring(path)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pubring.kbx"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKeyring(path); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "pubring.kbx") {
		t.Errorf("no word of the keybox: %v", err)
	}
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKeyring(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

func TestKey(t *testing.T) {
	me := entity(t, "Me", "work", "me@example.com", nil)
	if err := me.AddUserId("Me", "home", "me@example.org", nil); err != nil {
		t.Fatal(err)
	}
	other := entity(t, "Other", "", "other@example.com", nil)
	all := ring(t, secret(t, me, other))
	for _, tt := range []struct{ name, want string }{
		{"Me (work) <me@example.com>", "Me (work) <me@example.com>"},
		{"example.org", "Me (work) <me@example.com>"},
		{"Me (", "Me (work) <me@example.com>"}, // two names of one owner
		{"Other", "Other <other@example.com>"},
	} {
		k, err := all.Key(tt.name)
		if err != nil || k.Name() != tt.want || k.Locked() {
			t.Errorf("%q: got %v, %v", tt.name, k, err)
		}
	}
	for name, want := range map[string]string{
		"example.com": `several keys have a name that contains "example.com": "Me (home)`,
		"nobody":      `no key of the keyring has a name that contains "nobody"`,
		"":            "it needs a name",
	} {
		_, err := all.Key(name)
		if e, ok := errors.AsType[*KeyError](err); !ok || !strings.Contains(e.Error(), want) {
			t.Errorf("%q: got %v", name, err)
		}
	}
	if _, err := ring(t, public(t, me)).Key("Me"); err == nil || !strings.Contains(err.Error(), "not a secret key") {
		t.Errorf("a public key: got %v", err)
	}
}

func TestUnlock(t *testing.T) {
	e := entity(t, "Me", "", "me@example.com", nil)
	if err := e.EncryptPrivateKeys([]byte("open sesame"), nil); err != nil {
		t.Fatal(err)
	}
	k := key(t, e)
	if !k.Locked() {
		t.Fatal("not locked")
	}
	if _, err := Sign(t.Context(), archive(), file, k, SignOptions{Now: at(signedAt)}); err == nil || !strings.Contains(err.Error(), "locked") {
		t.Errorf("got %v", err)
	}
	err := k.Unlock([]byte("wrong"))
	if _, ok := errors.AsType[*KeyError](err); !ok || !k.Locked() || strings.Contains(err.Error(), "wrong\"") {
		t.Errorf("got %v", err)
	}
	if err := k.Unlock([]byte("open sesame")); err != nil || k.Locked() {
		t.Fatal(err)
	}
	if err := k.Unlock(nil); err != nil {
		t.Error(err)
	}
	if _, err := verify(sign(t, k, SignOptions{}), ring(t, public(t, e)), signedAt); err != nil {
		t.Error(err)
	}
}

// TestSubkeySigns signs with a subkey where the primary key may only certify.
func TestSubkeySigns(t *testing.T) {
	e := entity(t, "Me", "", "me@example.com", nil)
	if err := e.AddSigningSubkey(&packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: at(signedAt)}); err != nil {
		t.Fatal(err)
	}
	self := e.PrimaryIdentity().SelfSignature
	self.FlagSign = false
	if err := self.SignUserId(e.PrimaryIdentity().Name, e.PrimaryKey, e.PrivateKey, &packet.Config{Time: at(signedAt)}); err != nil {
		t.Fatal(err)
	}
	k := key(t, e)
	if k.secret.KeyId == e.PrimaryKey.KeyId {
		t.Fatal("the primary key is to sign")
	}
	v, err := verify(sign(t, k, SignOptions{}), ring(t, public(t, e)), signedAt)
	if err != nil || v.Fingerprint == "" {
		t.Errorf("got %v, %v", v, err)
	}
	e.Subkeys = nil
	if _, err := ring(t, secret(t, e)).Key("Me"); err == nil || !strings.Contains(err.Error(), "not meant for signing") {
		t.Errorf("got %v", err)
	}
}

func FuzzParseKeyring(f *testing.F) {
	e := entity(f, "Me", "", "me@example.com", nil)
	for _, seed := range [][]byte{
		public(f, e), secret(f, e), armored(f, openpgp.PublicKeyType, public(f, e)), keybox(public(f, e), public(f, e)), nil,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseKeyring(data)
		if (r == nil) == (err == nil) || r != nil && len(r.entities) == 0 {
			t.Errorf("got %v, %v", r, err)
		}
		if isKeybox(data) {
			if packets, err := keyboxPackets(data); err == nil && len(packets) > len(data) {
				t.Errorf("%d bytes of keys out of %d", len(packets), len(data))
			}
		}
	})
}
