package provenance

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

func TestSign(t *testing.T) {
	e := entity(t, "Me", "", "me@example.com", nil)
	text := string(sign(t, key(t, e), SignOptions{}))
	want := beginMessage + "\nHash: SHA512\n\n" +
		"apiVersion: v2\ndescription: '- begins with a dash'\nname: app\nversion: 0.1.0\n\n...\n" +
		"files:\n  app-0.1.0.tgz: " + digest(archive()) + "\n\n" + beginSignature + "\n\n"
	if !strings.HasPrefix(text, want) || !strings.HasSuffix(text, "\n-----END PGP SIGNATURE-----") {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	v, err := verify([]byte(text), ring(t, public(t, e)), signedAt)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(v.SignedBy) != "[Me <me@example.com>]" || v.File != file || v.Digest != digest(archive()) ||
		!v.Time.Equal(signedAt) || v.Fingerprint != fmt.Sprintf("%X", e.PrimaryKey.Fingerprint) {
		t.Errorf("got %+v", v)
	}
	other := string(sign(t, key(t, e), SignOptions{Metadata: []byte("- dashes\n-----BEGIN PGP SIGNATURE-----\n")}))
	if !strings.Contains(other, "\n\n- - dashes\n- -----BEGIN PGP SIGNATURE-----\n\n...\n") {
		t.Errorf("got\n%s", other)
	}
	if _, err := verify([]byte(other), ring(t, public(t, e)), signedAt); err != nil {
		t.Error(err)
	}
}

func TestSignRefuses(t *testing.T) {
	ctx := context.Background()
	e := entity(t, "Me", "", "me@example.com", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, KeyLifetimeSecs: 3600})
	k := key(t, e)
	for _, tt := range []struct {
		name    string
		archive []byte
		opts    SignOptions
		want    string
	}{
		{"no chart", []byte("nonsense"), SignOptions{Now: at(signedAt)}, "the archive to sign"},
		{"separator", archive(), SignOptions{Now: at(signedAt), Metadata: []byte("a: b\n...\nfiles: {}\n")}, `a line "..."`},
		{"expired", archive(), SignOptions{Now: at(signedAt.Add(2 * time.Hour))}, "it has expired"},
	} {
		if text, err := Sign(ctx, tt.archive, file, k, tt.opts); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %s, %v", tt.name, text, err)
		}
	}
}

// tampered are texts that must not verify, and why.
func tampered(t testing.TB, e, stranger *openpgp.Entity) map[string]struct {
	text []byte
	why  Reason
} {
	good := string(sign(t, key(t, e), SignOptions{}))
	body := "name: app\n\n...\nfiles:\n  app-0.1.0.tgz: " + digest(archive())
	type bad = struct {
		text []byte
		why  Reason
	}
	is := func(text string, why Reason) bad { return bad{[]byte(text), why} }
	swap := func(from, to string) bad {
		if !strings.Contains(good, from) {
			t.Fatalf("no %q in the text", from)
		}
		return is(strings.Replace(good, from, to, 1), BadSignature)
	}
	return map[string]bad{
		"nothing":              is("", Missing),
		"white space":          is("\n \n", Missing),
		"nonsense":             is("404 not found", Malformed),
		"unsigned":             is(body, Malformed),
		"no signature":         is(good[:strings.Index(good, beginSignature)], Malformed),
		"empty message":        is(beginMessage+"\n\n"+good[strings.Index(good, beginSignature):], Malformed),
		"cut off":              is(good[:len(good)-30], Malformed),
		"text in front":        is("files: {}\n"+good, Malformed),
		"text behind":          is(good+"\nfiles:\n  app-0.1.0.tgz: sha256:0\n", Malformed),
		"signed twice":         is(good+"\n"+good, Malformed),
		"headers":              is(strings.Replace(good, "Hash: SHA512", "Hash: SHA512\nComment: hello", 1), Malformed),
		"too large":            is(good+strings.Repeat("\n", maxProvenance), Malformed),
		"a key in its place":   is(beginMessage+"\nHash: SHA512\n\n"+body+"\n"+string(armored(t, openpgp.PublicKeyType, public(t, e))), Malformed),
		"metadata":             swap("version: 0.1.0", "version: 0.1.1"),
		"digest":               swap("sha256:", "sha256:0"),
		"name":                 swap("app-0.1.0.tgz", "app-0.1.1.tgz"),
		"more files":           swap("files:\n", "files:\n  evil.tgz: sha256:0\n"),
		"packets that are not": is(beginMessage+"\nHash: SHA512\n\n"+body+"\n"+string(armored(t, "PGP SIGNATURE", public(t, e))), BadSignature),
		"no packets":           is(beginMessage+"\nHash: SHA512\n\n"+body+"\n"+string(armored(t, "PGP SIGNATURE", nil)), UnknownKey),
		"stranger":             {sign(t, key(t, stranger), SignOptions{}), UnknownKey},
		// Signed by the right key, and yet:
		"another archive": {rawSignature(t, e, strings.Replace(body, "sha256:", "sha256:0", 1), crypto.SHA512), WrongDigest},
		"another name":    {rawSignature(t, e, strings.ReplaceAll(body, "app-0.1.0", "app-0.1.1"), crypto.SHA512), NotListed},
		"no files":        {rawSignature(t, e, "name: app\n\n...\nimages: {}", crypto.SHA512), NotListed},
		"empty digest":    {rawSignature(t, e, "name: app\n\n...\nfiles: {app-0.1.0.tgz: }", crypto.SHA512), NotListed},
		"one part":        {rawSignature(t, e, body[strings.Index(body, "files"):], crypto.SHA512), Malformed},
		"three parts":     {rawSignature(t, e, body+"\n...\nfiles: {}", crypto.SHA512), Malformed},
		"a key twice":     {rawSignature(t, e, body+"\n  app-0.1.0.tgz: sha256:0", crypto.SHA512), Malformed},
		"no YAML":         {rawSignature(t, e, "name: app\n\n...\nfiles: [", crypto.SHA512), Malformed},
		"weak hash":       {weakSignature(t, e, body), WeakSignature},
	}
}

// weakSignature is one with SHA-1, which the library makes no more: the test writes it
// with the packets of the library.
func weakSignature(t testing.TB, e *openpgp.Entity, text string) []byte {
	t.Helper()
	h := crypto.SHA1.New()
	h.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	sig := &packet.Signature{
		Version: 4, SigType: packet.SigTypeText, PubKeyAlgo: e.PrivateKey.PubKeyAlgo, Hash: crypto.SHA1,
		CreationTime: signedAt, IssuerKeyId: &e.PrivateKey.KeyId,
	}
	if err := sig.Sign(h, e.PrivateKey, &packet.Config{Time: at(signedAt), NonDeterministicSignaturesViaNotation: new(bool)}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := sig.Serialize(&b); err != nil {
		t.Fatal(err)
	}
	return []byte(beginMessage + "\nHash: SHA1\n\n" + text + "\n" + string(armored(t, "PGP SIGNATURE", b.Bytes())))
}

func TestVerifyRefuses(t *testing.T) {
	e, stranger := entity(t, "Me", "", "me@example.com", nil), entity(t, "Me", "", "me@example.com", nil)
	r := ring(t, public(t, e))
	for name, bad := range tampered(t, e, stranger) {
		t.Run(name, func(t *testing.T) {
			v, err := verify(bad.text, r, signedAt)
			failed, ok := errors.AsType[*VerifyError](err)
			if v != nil || !ok || failed.Reason != bad.why || !strings.Contains(err.Error(), file) {
				t.Errorf("got %v, %v; the reason should be %d", v, err, bad.why)
			}
		})
	}
	good := sign(t, key(t, e), SignOptions{})
	if _, err := Verify(context.Background(), append(archive(), 0), good, file, r, VerifyOptions{Now: at(signedAt)}); !isReason(err, WrongDigest) {
		t.Errorf("other bytes: got %v", err)
	}
	if _, err := Verify(context.Background(), archive(), good, "other.tgz", r, VerifyOptions{Now: at(signedAt)}); !isReason(err, NotListed) {
		t.Errorf("another name: got %v", err)
	}
	if v, err := verify(append([]byte("\n"), append(good, "\r\n\n"...)...), r, signedAt); err != nil {
		t.Errorf("white space around: got %v, %v", v, err)
	}
	if v, err := verify(bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), r, signedAt); err != nil {
		t.Errorf("other ends of lines: got %v, %v", v, err)
	}
}

func isReason(err error, why Reason) bool {
	e, ok := errors.AsType[*VerifyError](err)
	return ok && e.Reason == why
}

func TestVerifyExpired(t *testing.T) {
	e := entity(t, "Me", "", "me@example.com", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, KeyLifetimeSecs: 3600})
	text := sign(t, key(t, e), SignOptions{})
	if _, err := verify(text, ring(t, public(t, e)), signedAt.Add(time.Minute)); err != nil {
		t.Error(err)
	}
	if v, err := verify(text, ring(t, public(t, e)), signedAt.Add(2*time.Hour)); !isReason(err, Expired) {
		t.Errorf("got %v, %v", v, err)
	}
	if v, err := verify(text, ring(t, public(t, e)), signedAt.Add(-time.Hour)); err == nil {
		t.Errorf("a signature from the future: got %v", v)
	}
}

func TestVerifyRevoked(t *testing.T) {
	e := entity(t, "Me", "", "me@example.com", nil)
	k := key(t, e)
	text := sign(t, k, SignOptions{})
	if err := e.RevokeKey(packet.KeyCompromised, "stolen", &packet.Config{Time: at(signedAt)}); err != nil {
		t.Fatal(err)
	}
	if v, err := verify(text, ring(t, public(t, e)), signedAt.Add(time.Minute)); !isReason(err, Revoked) {
		t.Errorf("got %v, %v", v, err)
	}
	if _, err := Sign(context.Background(), archive(), file, key(t, e), SignOptions{Now: at(signedAt)}); err == nil || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("got %v", err)
	}
}

func TestVerifyCancelled(t *testing.T) {
	e := entity(t, "Me", "", "me@example.com", nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	text := sign(t, key(t, e), SignOptions{})
	if _, err := Verify(ctx, archive(), text, file, ring(t, public(t, e)), VerifyOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// FuzzVerify looks for a text that passes and is not one that was signed.
func FuzzVerify(f *testing.F) {
	e, stranger := entity(f, "Me", "", "me@example.com", nil), entity(f, "Me", "", "me@example.com", nil)
	r := ring(f, public(f, e))
	good := sign(f, key(f, e), SignOptions{})
	f.Add(good)
	for name, bad := range tampered(f, e, stranger) {
		if name != "too large" {
			f.Add(bad.text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := verify(text, r, signedAt)
		if (v == nil) == (err == nil) {
			t.Fatalf("got %v, %v", v, err)
		}
		if _, ok := errors.AsType[*VerifyError](err); err != nil && !ok {
			t.Fatalf("got %v", err)
		}
		if v != nil && v.Digest != digest(archive()) {
			t.Fatalf("got %v", v)
		}
	})
}

func ExampleVerify() {
	archive, err := os.ReadFile("mychart-0.1.0.tgz")
	if err != nil {
		return
	}
	text, err := os.ReadFile("mychart-0.1.0.tgz.prov")
	if err != nil {
		return
	}
	ring, err := ReadKeyring("pubring.gpg")
	if err != nil {
		return
	}
	who, err := Verify(context.Background(), archive, text, "mychart-0.1.0.tgz", ring, VerifyOptions{})
	if err != nil {
		return
	}
	fmt.Println("Signed by", who.SignedBy)
}
