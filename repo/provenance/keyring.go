package provenance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
)

// maxKeyring bounds the file of a keyring.
const maxKeyring = 64 << 20

// Keyring is a set of OpenPGP keys, public or secret. It is safe for use by several
// goroutines, as long as none of its keys is being unlocked.
type Keyring struct{ entities openpgp.EntityList }

// ReadKeyring reads the keys of a file; see [ParseKeyring] for the forms. The error is a
// *[KeyringError].
func ReadKeyring(path string) (*Keyring, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &KeyringError{Path: path, Err: explainMissing(path, err)}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKeyring+1))
	if err != nil {
		return nil, &KeyringError{Path: path, Err: err}
	}
	ring, err := ParseKeyring(data)
	if e, ok := errors.AsType[*KeyringError](err); ok {
		e.Path = path
	}
	return ring, err
}

// explainMissing says where the keys are where GnuPG has them in its newer form.
func explainMissing(path string, err error) error {
	if filepath.Base(path) != "pubring.gpg" || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, statErr := os.Stat(filepath.Join(filepath.Dir(path), "pubring.kbx")); statErr != nil {
		return err
	}
	return fmt.Errorf("%w: GnuPG keeps its keys in pubring.kbx beside it, give that", err)
}

// ParseKeyring reads keys: OpenPGP packets as in GnuPG's pubring.gpg and as "gpg --export"
// writes them, the same in armor, also several blocks one after the other, or GnuPG's
// keybox, pubring.kbx. A keyring without any key is an error, a *[KeyringError].
func ParseKeyring(data []byte) (ring *Keyring, err error) {
	// The parser is not ours and the keys may be anybody's.
	defer func() {
		if p := recover(); p != nil {
			ring, err = nil, &KeyringError{Err: fmt.Errorf("it is broken: %v", p)}
		}
	}()
	if len(data) > maxKeyring {
		return nil, &KeyringError{Err: fmt.Errorf("it is larger than %d bytes", maxKeyring)}
	}
	var entities openpgp.EntityList
	switch {
	case isKeybox(data):
		var packets []byte
		if packets, err = keyboxPackets(data); err == nil {
			entities, err = openpgp.ReadKeyRing(bytes.NewReader(packets))
		}
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("-----BEGIN PGP")):
		entities, err = armoredKeys(data)
	default:
		entities, err = openpgp.ReadKeyRing(bytes.NewReader(data))
	}
	if err == nil && len(entities) == 0 {
		err = errors.New("it has no keys")
	}
	if err != nil {
		return nil, &KeyringError{Err: err}
	}
	return &Keyring{entities: entities}, nil
}

// armoredKeys reads all armored blocks, not only the first.
func armoredKeys(data []byte) (openpgp.EntityList, error) {
	var all openpgp.EntityList
	for r := bytes.NewReader(data); ; {
		block, err := armor.Decode(r)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if block.Type != openpgp.PublicKeyType && block.Type != openpgp.PrivateKeyType {
			return nil, fmt.Errorf("a block is a %s, not a key", strings.ToLower(block.Type))
		}
		keys, err := openpgp.ReadKeyRing(block.Body)
		if err != nil {
			return nil, err
		}
		all = append(all, keys...)
	}
}

// Names returns the names of the keys' owners ("Name (Comment) <address>"), in the order
// of the keys and sorted for each of them.
func (r *Keyring) Names() []string {
	var names []string
	for _, e := range r.entities {
		names = append(names, identities(e)...)
	}
	return names
}

// identities returns the names of an owner.
func identities(e *openpgp.Entity) []string { return slices.Sorted(maps.Keys(e.Identities)) }

// find returns the key that has the name, or else the only one with a name that contains
// it.
func (r *Keyring) find(name string) (*openpgp.Entity, error) {
	if name == "" {
		return nil, &KeyError{Reason: "it needs a name"}
	}
	var found []*openpgp.Entity
	for _, e := range r.entities {
		if _, ok := e.Identities[name]; ok {
			return e, nil
		}
		if slices.ContainsFunc(identities(e), func(id string) bool { return strings.Contains(id, name) }) {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return nil, &KeyError{Name: name}
	case 1:
		return found[0], nil
	}
	var matches []string
	for _, e := range found {
		matches = append(matches, fmt.Sprintf("%q (%X)", strings.Join(identities(e), ", "), e.PrimaryKey.Fingerprint))
	}
	return nil, &KeyError{Name: name, Matches: matches}
}
