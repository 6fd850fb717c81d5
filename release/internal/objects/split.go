package objects

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/hchart/hchart/release"
)

// The keys of the data of an object whose record is split.
const (
	digestKey = "release-sha256"
	countKey  = "release-parts"
)

const (
	maxParts  = 256
	partOwner = "hchart"
)

func (s *Store) isSplit(obj *object) bool { return obj.Data[countKey] != "" }

// split writes the parts of a record and names them in its main object. Parts are
// named after the digest of the whole: those that are there already are right.
func (s *Store) split(ctx context.Context, r *release.Release, main *object, text []byte) error {
	sum := sha256.Sum256(text)
	digest := hex.EncodeToString(sum[:])
	count := (len(text) + s.partBytes - 1) / s.partBytes
	if count > maxParts {
		return fmt.Errorf("the record of release %q takes %d MiB, more than can be stored: leave large files out of the chart with .helmignore", r.Name, len(text)>>20)
	}
	for i := range count {
		part := s.newObject(partName(main.Metadata.Name, digest, i), map[string]string{
			"owner": partOwner, "name": r.Name, "version": strconv.Itoa(r.Version),
		})
		if s.kind.Binary {
			part.Type = "hchart.sh/release-part.v1"
		}
		part.Data["part"] = s.encoded(text[i*s.partBytes : min((i+1)*s.partBytes, len(text))])
		err := s.send(ctx, http.MethodPost, s.path("", nil), part, &object{})
		if err != nil && status(err) != http.StatusConflict {
			return err
		}
	}
	main.Data[digestKey] = s.encoded([]byte(digest))
	main.Data[countKey] = s.encoded([]byte(strconv.Itoa(count)))
	return nil
}

func partName(key, digest string, i int) string {
	return fmt.Sprintf("%s.%s.p%d", key, digest[:12], i)
}

// adoptParts makes the parts of a record belong to its main object, whose UID is known
// once it is written.
func (s *Store) adoptParts(ctx context.Context, main *object, uid string) error {
	digest, err := s.decoded(main.Data[digestKey])
	if err != nil {
		return err
	}
	count, err := s.decoded(main.Data[countKey])
	if err != nil {
		return err
	}
	owner := map[string]any{"metadata": map[string]any{"ownerReferences": []any{map[string]any{
		"apiVersion": "v1", "kind": main.Kind, "name": main.Metadata.Name, "uid": uid,
	}}}}
	n, _ := strconv.Atoi(string(count)) // written by split
	for i := range n {
		name := partName(main.Metadata.Name, string(digest), i)
		if err := s.send(ctx, http.MethodPatch, s.path(name, nil), owner, &object{}); err != nil {
			return err
		}
	}
	return nil
}

// join reads the parts of a record.
func (s *Store) join(ctx context.Context, main *object) ([]byte, error) {
	digest, err := s.decoded(main.Data[digestKey])
	if err != nil {
		return nil, err
	}
	number, err := s.decoded(main.Data[countKey])
	if err != nil {
		return nil, err
	}
	count, err := strconv.Atoi(string(number))
	if err != nil || count < 1 || count > maxParts || len(digest) != 2*sha256.Size {
		return nil, errors.New("what it says of its parts makes no sense")
	}
	// A store for all namespaces reads the parts where the record is.
	at := *s
	at.namespace = main.Metadata.Namespace
	var text []byte
	for i := range count {
		name := partName(main.Metadata.Name, string(digest), i)
		var part object
		if err := at.send(ctx, http.MethodGet, at.path(name, nil), nil, &part); err != nil {
			return nil, fmt.Errorf("its part %s: %w", name, err)
		}
		piece, err := s.decoded(part.Data["part"])
		if err != nil {
			return nil, fmt.Errorf("its part %s: %w", name, err)
		}
		text = append(text, piece...)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != string(digest) {
		return nil, errors.New("its parts are not those it was written with")
	}
	return text, nil
}

// dropParts deletes the parts of a revision that main does not name: those of what was
// there before, and those of a write that was killed.
func (s *Store) dropParts(ctx context.Context, name string, revision int, main *object) error {
	digest, err := s.decoded(main.Data[digestKey])
	if err != nil {
		return err
	}
	keep := strings.TrimSuffix(partName(main.Metadata.Name, string(digest), 0), "0")
	query := url.Values{"labelSelector": {fmt.Sprintf("owner=%s,name=%s,version=%d", partOwner, name, revision)}}
	var stale []string
	err = s.page(ctx, query, onlyMetadata, func(l *list) error {
		for _, part := range l.Items {
			if !strings.HasPrefix(part.Metadata.Name, keep) {
				stale = append(stale, part.Metadata.Name)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, part := range stale {
		err := s.send(ctx, http.MethodDelete, s.path(part, nil), nil, &object{})
		if err != nil && status(err) != http.StatusNotFound {
			return err
		}
	}
	return nil
}
