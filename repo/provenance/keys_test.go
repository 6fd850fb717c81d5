package provenance

import (
	"bytes"
	"context"
	"crypto"
	"encoding/binary"
	"sync"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/hchart/hchart/chart"
)

// signedAt is the time of the tests.
var signedAt = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// entity makes a key as old as signedAt.
func entity(t testing.TB, name, comment, email string, config *packet.Config) *openpgp.Entity {
	t.Helper()
	c := packet.Config{Algorithm: packet.PubKeyAlgoEdDSA}
	if config != nil {
		c = *config
	}
	c.Time = at(signedAt)
	e, err := openpgp.NewEntity(name, comment, email, &c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func secret(t testing.TB, entities ...*openpgp.Entity) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, e := range entities {
		if err := e.SerializePrivateWithoutSigning(&b, nil); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func public(t testing.TB, entities ...*openpgp.Entity) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, e := range entities {
		if err := e.Serialize(&b); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func armored(t testing.TB, kind string, packets []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := armor.Encode(&b, kind, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(packets); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), '\n')
}

// keybox puts keys into GnuPG's form, the first one as ephemeral.
func keybox(keys ...[]byte) []byte {
	box := []byte{0, 0, 0, 32, keyboxHeader, 1, 0, 2, 'K', 'B', 'X', 'f'}
	box = append(box, make([]byte, 20)...)
	box = append(box, 0, 0, 0, 5, 0) // an empty record
	for i, key := range keys {
		blob := make([]byte, 20, 20+len(key)+4)
		blob[4], blob[5] = keyboxOpenPGP, 1
		if i == 0 {
			blob[7] = keyboxEphemeral
		}
		binary.BigEndian.PutUint32(blob[8:], 20)
		binary.BigEndian.PutUint32(blob[12:], uint32(len(key)))
		blob = append(append(blob, key...), 1, 2, 3, 4)
		binary.BigEndian.PutUint32(blob, uint32(len(blob)))
		box = append(box, blob...)
	}
	return box
}

func ring(t testing.TB, data []byte) *Keyring {
	t.Helper()
	r, err := ParseKeyring(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// key returns the only key of an entity.
func key(t testing.TB, e *openpgp.Entity) *Key {
	t.Helper()
	k, err := ring(t, secret(t, e)).Key(e.PrimaryIdentity().Name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const file = "app-0.1.0.tgz"

// archive is an archive of a chart.
var archive = sync.OnceValue(func() []byte {
	c := &chart.Chart{Metadata: &chart.Metadata{APIVersion: "v2", Name: "app", Version: "0.1.0", Description: "- begins with a dash"}}
	var b bytes.Buffer
	if err := chart.WriteArchive(context.Background(), c, &b, chart.WriteOptions{ModTime: signedAt}); err != nil {
		panic(err)
	}
	return b.Bytes()
})

func sign(t testing.TB, k *Key, opts SignOptions) []byte {
	t.Helper()
	if opts.Now == nil {
		opts.Now = at(signedAt)
	}
	text, err := Sign(context.Background(), archive(), file, k, opts)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// rawSignature signs a text whatever it says.
func rawSignature(t testing.TB, e *openpgp.Entity, text string, hash crypto.Hash) []byte {
	t.Helper()
	var body bytes.Buffer
	config := &packet.Config{DefaultHash: hash, Time: at(signedAt)}
	if err := openpgp.DetachSignText(&body, e, bytes.NewReader(bytes.ReplaceAll([]byte(text), []byte("\n"), []byte("\r\n"))), config); err != nil {
		t.Fatal(err)
	}
	sig := armored(t, "PGP SIGNATURE", body.Bytes())
	return []byte(beginMessage + "\nHash: SHA512\n\n" + text + "\n" + string(sig))
}

func verify(text []byte, r *Keyring, now time.Time) (*Verification, error) {
	return Verify(context.Background(), archive(), text, file, r, VerifyOptions{Now: at(now)})
}
