package objects

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/hchart/hchart/release"
)

// The keys of the data of an object whose record is split.
const (
	digestKey = "release-sha256"
	countKey  = "release-parts"
	writeKey  = "release-write"
)

const (
	maxParts  = 256
	partOwner = "hchart"
)

func (s *Store) isSplit(obj *object) bool { return obj.Data[countKey] != "" }

// split writes the parts of a record and names them in its main object. The names of
// the parts are of this write alone, so that no other one can take them away.
func (s *Store) split(ctx context.Context, r *release.Release, main *object, text []byte) error {
	count := (len(text) + s.partBytes - 1) / s.partBytes
	if count > maxParts {
		return fmt.Errorf("the record of release %q takes %d MiB, more than can be stored: leave large files out of the chart with .helmignore", r.Name, len(text)>>20)
	}
	var id [6]byte
	_, _ = rand.Read(id[:]) // never fails
	write := hex.EncodeToString(id[:])
	for i := range count {
		part := s.newObject(partName(main.Metadata.Name, write, i), map[string]string{
			"owner": partOwner, "name": r.Name, "version": strconv.Itoa(r.Version),
		})
		if s.kind.Binary {
			part.Type = "hchart.sh/release-part.v1"
		}
		part.Data["part"] = s.encoded(text[i*s.partBytes : min((i+1)*s.partBytes, len(text))])
		if err := s.send(ctx, http.MethodPost, s.path("", nil), part, &object{}); err != nil {
			return err
		}
		main.parts = append(main.parts, part)
	}
	sum := sha256.Sum256(text)
	main.Data[digestKey] = s.encoded([]byte(hex.EncodeToString(sum[:])))
	main.Data[writeKey] = s.encoded([]byte(write))
	main.Data[countKey] = s.encoded([]byte(strconv.Itoa(count)))
	return s.addExcerpt(r, main)
}

// addExcerpt puts the record without templates and files of its chart into the main
// object, for Helm, if it fits.
func (s *Store) addExcerpt(r *release.Release, main *object) error {
	if r.Chart == nil {
		return nil
	}
	bare := *r.Chart
	bare.Templates, bare.Files = nil, nil
	excerpt := *r
	excerpt.Chart = &bare
	text, err := release.Encode(&excerpt)
	const others = 256 // more than what the other keys have
	if err == nil && len(text) <= s.partBytes-others {
		main.Data[dataKey] = s.encoded(text)
	}
	return err
}

func partName(key, write string, i int) string {
	return fmt.Sprintf("%s.%s.p%d", key, write, i)
}

// settleParts does what is left to do when the main object of a split record has been
// written: the parts get it as their owner, old ones go.
func (s *Store) settleParts(ctx context.Context, r *release.Release, main *object, made metadata) error {
	if len(main.parts) == 0 {
		return nil
	}
	owners := []ownerReference{{APIVersion: "v1", Kind: main.Kind, Name: main.Metadata.Name, UID: made.UID}}
	keep := map[string]bool{}
	for _, part := range main.parts {
		keep[part.Metadata.Name] = true
		patch := map[string]any{"metadata": map[string]any{"ownerReferences": owners}}
		err := s.send(ctx, http.MethodPatch, s.path(part.Metadata.Name, nil), patch, &object{})
		if status(err) == http.StatusNotFound {
			// Someone deleted the record that was here before, and its parts.
			part.Metadata.OwnerReferences = owners
			err = s.send(ctx, http.MethodPost, s.path("", nil), part, &object{})
		}
		if err != nil {
			return err
		}
	}
	return s.dropParts(ctx, r.Name, r.Version, made.ResourceVersion, keep)
}

// join reads the parts of a record.
func (s *Store) join(ctx context.Context, main *object) ([]byte, error) {
	digest, err := s.decoded(main.Data[digestKey])
	if err != nil {
		return nil, err
	}
	write, err := s.decoded(main.Data[writeKey])
	if err != nil {
		return nil, err
	}
	number, err := s.decoded(main.Data[countKey])
	if err != nil {
		return nil, err
	}
	count, err := strconv.Atoi(string(number))
	if err != nil || count < 1 || count > maxParts || len(write) == 0 {
		return nil, errors.New("what it says of its parts makes no sense")
	}
	// A store for all namespaces reads the parts where the record is.
	at := *s
	at.namespace = main.Metadata.Namespace
	var text []byte
	for i := range count {
		name := partName(main.Metadata.Name, string(write), i)
		var part object
		err := at.send(ctx, http.MethodGet, at.path(name, nil), nil, &part)
		switch {
		case status(err) == http.StatusNotFound:
			return at.rejoin(ctx, main, name)
		case err != nil:
			return nil, &requestError{err}
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

// requestError is why a part was not had, which says nothing of the record.
type requestError struct{ error }

// rejoin reads a record again of which a part is not there: it may have been written
// anew since it was listed.
func (s *Store) rejoin(ctx context.Context, main *object, missing string) ([]byte, error) {
	var now object
	err := s.send(ctx, http.MethodGet, s.path(main.Metadata.Name, nil), nil, &now)
	switch {
	case status(err) == http.StatusNotFound:
		name, revision, _ := release.ParseKey(main.Metadata.Name)
		return nil, &requestError{&release.NotFoundError{Name: name, Revision: revision}}
	case err != nil:
		return nil, &requestError{err}
	case now.Metadata.ResourceVersion == main.Metadata.ResourceVersion:
		return nil, fmt.Errorf("its part %s is not there", missing)
	}
	*main = now
	return s.text(ctx, main, false)
}

// dropParts deletes the parts of a revision but those to keep. The main object has the
// given version; when that has changed, whoever changed it does this.
//
// Parts without an owner may be those of a write that is under way: they stay until the
// main object goes, whose version is then empty.
func (s *Store) dropParts(ctx context.Context, name string, revision int, version string, keep map[string]bool) error {
	query := url.Values{"labelSelector": {fmt.Sprintf("owner=%s,name=%s,version=%d", partOwner, name, revision)}}
	var stale []metadata
	a := <-s.ask(ctx, query, onlyMetadata)
	if a.err != nil {
		return a.err
	}
	err := s.readPage(a.resp, pageOfMetadata, func(string) {}, func(part *object) error {
		owned := len(part.Metadata.OwnerReferences) > 0
		if !keep[part.Metadata.Name] && (owned || version == "") {
			stale = append(stale, part.Metadata)
		}
		return nil
	})
	if err != nil || len(stale) == 0 {
		return err
	}
	var main object
	err = s.send(ctx, http.MethodGet, s.path(release.Key(name, revision), nil), nil, &main)
	if err != nil && status(err) != http.StatusNotFound {
		return err
	}
	if main.Metadata.ResourceVersion != version {
		return nil
	}
	for _, part := range stale {
		// A part whose main object has come to be in between has got an owner, and
		// with it another version.
		options := map[string]any{"preconditions": map[string]any{"resourceVersion": part.ResourceVersion}}
		err := s.send(ctx, http.MethodDelete, s.path(part.Name, nil), options, &struct{}{})
		if code := status(err); err != nil && code != http.StatusNotFound && code != http.StatusConflict {
			return err
		}
	}
	return nil
}
