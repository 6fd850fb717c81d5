package oci

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"sync"

	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/auth"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/credentials"
)

// logins are the files with the logins of registries, read when they are first needed.
type logins struct {
	files [2]string

	mu     sync.Mutex
	stores [2]*credentials.DynamicStore
}

// get returns what the first file that knows a host has for it.
func (l *logins) get(ctx context.Context, host string) (auth.Credential, error) {
	for i, file := range l.files {
		if file == "" {
			continue
		}
		store, err := l.store(i)
		if err != nil {
			return auth.EmptyCredential, err
		}
		cred, err := store.Get(ctx, serverAddress(host))
		if err != nil {
			return auth.EmptyCredential, credentialsError(ctx, file, host, err)
		}
		if cred != auth.EmptyCredential {
			return cred, nil
		}
	}
	return auth.EmptyCredential, nil
}

// store opens a file, once.
func (l *logins) store(i int) (*credentials.DynamicStore, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stores[i] == nil {
		store, err := openStore(l.files[i])
		if err != nil {
			return nil, err
		}
		l.stores[i] = store
	}
	return l.stores[i], nil
}

// forget has the files read anew.
func (l *logins) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stores = [2]*credentials.DynamicStore{}
}

// openStore reads a file, which need not exist. Where it keeps nothing yet and the system
// has a keychain with a helper, that is used, as Helm and Docker do.
func openStore(file string) (*credentials.DynamicStore, error) {
	store, err := credentials.NewStore(file, credentials.StoreOptions{AllowPlaintextPut: true, DetectDefaultNativeStore: true})
	if err != nil {
		return nil, credentialsError(context.Background(), file, "", err)
	}
	return store, nil
}

// serverAddress is the name of a host in these files.
func serverAddress(host string) string {
	if host == "docker.io" || host == "registry-1.docker.io" {
		return "https://index.docker.io/v1/"
	}
	return host
}

// credentialsError leaves out what an error says of the content of a file: it may quote a
// password.
func credentialsError(ctx context.Context, file, host string, err error) error {
	e := &CredentialsError{File: file, Host: host}
	var exit *exec.ExitError
	var start *exec.Error
	var path *fs.PathError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &path):
		e.Err = path
	case errors.As(err, &start):
		e.Err = start
	case errors.As(err, &exit):
		e.Err = exit
	case errors.Is(err, credentials.ErrBadCredentialFormat):
		e.Err = errors.New("a user name must not have a colon")
	}
	return e
}
