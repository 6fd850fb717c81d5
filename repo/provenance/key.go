package provenance

import (
	"errors"
	"fmt"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Key is a secret key to sign with. It is not safe for use by several goroutines while it
// is being unlocked.
type Key struct {
	name   string
	entity *openpgp.Entity
	secret *packet.PrivateKey
}

// Key returns the secret key whose owner has that name ("Name (Comment) <address>"), or
// else the only one with a name that contains it. It may be locked by a passphrase
// ([Key.Unlock]). The error is a *[KeyError].
func (r *Keyring) Key(name string) (*Key, error) {
	entity, err := r.find(name)
	if err != nil {
		return nil, err
	}
	secret, err := signingKey(entity)
	if err != nil {
		return nil, &KeyError{Name: name, Reason: err.Error()}
	}
	return &Key{name: name, entity: entity, secret: secret}, nil
}

// signingKey chooses what signs: the primary key as in Helm, or a subkey where the
// primary one may not sign or is kept elsewhere.
func signingKey(e *openpgp.Entity) (*packet.PrivateKey, error) {
	usable := func(k *packet.PrivateKey) bool { return k != nil && !k.Dummy() }
	if self, _ := e.PrimarySelfSignature(); usable(e.PrivateKey) && self != nil && self.FlagsValid && self.FlagSign {
		return e.PrivateKey, nil
	}
	var last *packet.PrivateKey
	for _, sub := range e.Subkeys {
		if usable(sub.PrivateKey) && sub.Sig.FlagsValid && sub.Sig.FlagSign {
			last = sub.PrivateKey
		}
	}
	switch {
	case last != nil:
		return last, nil
	case usable(e.PrivateKey):
		return nil, errors.New("it is not meant for signing")
	}
	return nil, errors.New("it is not a secret key: give a keyring with secret keys (gpg --export-secret-keys > secring.gpg)")
}

// Name is one of the names of the key's owner.
func (k *Key) Name() string {
	if id := k.entity.PrimaryIdentity(); id != nil {
		return id.Name
	}
	return k.name
}

// Locked reports whether the key needs a passphrase before it can sign.
func (k *Key) Locked() bool { return k.secret.Encrypted }

// Unlock makes a locked key usable. A wrong passphrase is a *[KeyError].
func (k *Key) Unlock(passphrase []byte) error {
	if !k.Locked() {
		return nil
	}
	if err := k.secret.Decrypt(passphrase); err != nil {
		return &KeyError{Name: k.name, Reason: "it cannot be unlocked, the passphrase may be wrong", Err: err}
	}
	return nil
}

// check refuses a key whose signatures nobody would accept.
func (k *Key) check(now time.Time) error {
	if k.Locked() {
		return &KeyError{Name: k.name, Reason: "it is locked by a passphrase"}
	}
	key, ok := k.entity.SigningKeyById(now, k.secret.KeyId)
	if !ok {
		return &KeyError{Name: k.name, Reason: "it has expired, was revoked, or may not sign"}
	}
	if key.PublicKey.KeyId != k.secret.KeyId {
		return &KeyError{Name: k.name, Reason: fmt.Sprintf("it cannot sign as %X", k.secret.KeyId)}
	}
	return nil
}
