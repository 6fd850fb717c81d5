// Package objects keeps release records in objects of Kubernetes: Secrets or ConfigMaps
// with the names and labels that Helm gives them.
//
// A record that does not fit into one object (1 MiB) is split. Its text then lies in
// part objects, written first; the main object, which has Helm's name and labels, says
// which they are, and with which digest. So a reader sees the old record or the
// new one and never half of one. Parts have the label owner=hchart, so that Helm, which
// looks for owner=helm, does not take them for records. What it finds in the main object
// is the record without the chart's files, which it needs neither to roll back nor to
// uninstall; or nothing, if that is too large as well.
package objects

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/hchart/hchart/release"
)

// API sends requests to an API server. The URL of a request has no host; a response
// that is no success comes back as an error with a method StatusCode() int.
type API interface {
	Do(req *http.Request) (*http.Response, error)
}

// Kind is the kind of object that records are kept in.
type Kind struct {
	Name     string // "secret", for messages
	Resource string // "secrets"
	// Type is the type of a Secret.
	Type string
	// Binary says that the values of data are base64 in JSON, as those of Secrets are.
	Binary bool
}

// Store is a release.Store.
type Store struct {
	api       API
	kind      Kind
	namespace string
	now       func() time.Time
	// partBytes is how much data an object may have.
	partBytes int
}

// New returns a store for the records of a namespace, or of all namespaces if it is
// empty: those can be read and not written.
func New(api API, kind Kind, namespace string) *Store {
	return &Store{api: api, kind: kind, namespace: namespace, now: time.Now, partBytes: 1 << 20}
}

// object is what is read and written of an object.
type object struct {
	APIVersion string            `json:"apiVersion,omitempty"`
	Kind       string            `json:"kind,omitempty"`
	Metadata   metadata          `json:"metadata"`
	Type       string            `json:"type,omitempty"`
	Data       map[string]string `json:"data,omitempty"`

	value []byte    // what data has under dataKey, in the place of data: see readWire
	parts []*object // of a main object that is to be written
}

type metadata struct {
	Name              string            `json:"name"`
	Namespace         string            `json:"namespace,omitempty"`
	UID               string            `json:"uid,omitempty"`
	ResourceVersion   string            `json:"resourceVersion,omitempty"`
	CreationTimestamp *time.Time        `json:"creationTimestamp,omitempty"`
	Labels            map[string]string `json:"labels,omitempty"`
	OwnerReferences   []ownerReference  `json:"ownerReferences,omitempty"`
}

type ownerReference struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	UID        string `json:"uid"`
}

const dataKey = "release"

// Create implements release.Store.
func (s *Store) Create(ctx context.Context, r *release.Release) (string, error) {
	obj, err := s.object(ctx, r, "createdAt")
	if err != nil {
		return "", err
	}
	var made object
	err = s.send(ctx, http.MethodPost, s.path("", nil), obj, &made)
	if status(err) == http.StatusConflict {
		return "", &release.ExistsError{Name: r.Name, Revision: r.Version}
	}
	if err == nil {
		err = s.settleParts(ctx, r, obj, made.Metadata)
	}
	return made.Metadata.ResourceVersion, err
}

// Update implements release.Store.
func (s *Store) Update(ctx context.Context, r *release.Release, version string) (string, error) {
	obj, err := s.object(ctx, r, "modifiedAt")
	if err != nil {
		return "", err
	}
	obj.Metadata.ResourceVersion = version
	var made object
	err = s.send(ctx, http.MethodPut, s.path(obj.Metadata.Name, nil), obj, &made)
	switch status(err) {
	case http.StatusConflict:
		return "", &release.ConflictError{Name: r.Name, Revision: r.Version}
	case http.StatusNotFound:
		return "", &release.NotFoundError{Name: r.Name, Revision: r.Version}
	}
	if err == nil {
		err = s.settleParts(ctx, r, obj, made.Metadata)
	}
	return made.Metadata.ResourceVersion, err
}

// Delete implements release.Store. The parts of a record go with it, also those that a
// write left which was killed.
func (s *Store) Delete(ctx context.Context, name string, revision int) error {
	err := s.send(ctx, http.MethodDelete, s.path(release.Key(name, revision), nil), nil, &struct{}{})
	if err == nil || status(err) == http.StatusNotFound {
		if err := s.dropParts(ctx, name, revision, "", nil); err != nil {
			return err
		}
	}
	if status(err) == http.StatusNotFound {
		return &release.NotFoundError{Name: name, Revision: revision}
	}
	return err
}

// Get implements release.Store.
func (s *Store) Get(ctx context.Context, name string, revision int) (*release.Record, error) {
	var obj object
	err := s.send(ctx, http.MethodGet, s.path(release.Key(name, revision), nil), nil, &obj)
	if status(err) == http.StatusNotFound {
		return nil, &release.NotFoundError{Name: name, Revision: revision}
	}
	if err != nil {
		return nil, err
	}
	return s.record(ctx, &obj, release.Entry{Name: name, Revision: revision, Namespace: obj.Metadata.Namespace}, false)
}

// object makes the object for a record; stamp is the label that gets the time.
func (s *Store) object(ctx context.Context, r *release.Release, stamp string) (*object, error) {
	text, err := release.Encode(r)
	if err != nil {
		return nil, err
	}
	labels := maps.Clone(r.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[stamp] = strconv.FormatInt(s.now().Unix(), 10)
	labels["name"] = r.Name
	labels["owner"] = "helm"
	labels["status"] = string(r.Info.Status)
	labels["version"] = strconv.Itoa(r.Version)
	obj := s.newObject(release.Key(r.Name, r.Version), labels)
	if len(text) > s.partBytes {
		return obj, s.split(ctx, r, obj, text)
	}
	obj.Data[dataKey] = s.encoded(text)
	return obj, nil
}

func (s *Store) newObject(name string, labels map[string]string) *object {
	kind := "ConfigMap"
	if s.kind.Binary {
		kind = "Secret"
	}
	return &object{
		APIVersion: "v1", Kind: kind, Type: s.kind.Type,
		Metadata: metadata{Name: name, Namespace: s.namespace, Labels: labels},
		Data:     map[string]string{},
	}
}

// encoded is a value of data as JSON has it.
func (s *Store) encoded(value []byte) string {
	if s.kind.Binary {
		return base64.StdEncoding.EncodeToString(value)
	}
	return string(value)
}

func (s *Store) decoded(value string) ([]byte, error) {
	if s.kind.Binary {
		return base64.StdEncoding.DecodeString(value)
	}
	return []byte(value), nil
}

// record decodes an object.
func (s *Store) record(ctx context.Context, obj *object, e release.Entry, short bool) (*release.Record, error) {
	text, err := s.text(ctx, obj, short)
	var r *release.Release
	switch {
	case err != nil:
	case short:
		r, err = release.DecodeSummary(text, e)
	default:
		r, err = release.Decode(text)
	}
	if err == nil && release.Key(r.Name, r.Version) != obj.Metadata.Name {
		err = fmt.Errorf("it is the record of release %q, revision %d", r.Name, r.Version)
	}
	if err != nil {
		if failed, ok := errors.AsType[*requestError](err); ok {
			return nil, failed.error
		}
		place := fmt.Sprintf("%s %s/%s", s.kind.Name, obj.Metadata.Namespace, obj.Metadata.Name)
		return nil, &release.CorruptError{Place: place, Err: err}
	}
	if r.Namespace == "" {
		r.Namespace = obj.Metadata.Namespace
	}
	r.Labels = release.UserLabels(obj.Metadata.Labels)
	return &release.Record{Release: r, Labels: obj.Metadata.Labels, Version: obj.Metadata.ResourceVersion}, nil
}

// text is the encoded record of an object. For a summary what the object has for Helm
// will do.
func (s *Store) text(ctx context.Context, obj *object, short bool) ([]byte, error) {
	value, ok := obj.Data[dataKey]
	switch {
	case obj.value != nil && (short || !s.isSplit(obj)):
		return obj.value, nil
	case ok && (short || !s.isSplit(obj)):
		return s.decoded(value)
	case s.isSplit(obj):
		return s.join(ctx, obj)
	}
	return nil, errors.New("it has no data under the key \"release\"")
}

// path is the URL of an object, or of all with query.
func (s *Store) path(name string, query url.Values) string {
	p := "/api/v1/"
	if s.namespace != "" {
		p += "namespaces/" + url.PathEscape(s.namespace) + "/"
	}
	p += s.kind.Resource
	if name != "" {
		p += "/" + url.PathEscape(name)
	}
	if len(query) > 0 {
		p += "?" + query.Encode()
	}
	return p
}

// send sends a request and decodes the response.
func (s *Store) send(ctx context.Context, method, path string, body, into any) error {
	resp, err := s.do(ctx, method, path, body, "application/json")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(io.LimitReader(resp.Body, maxObjectBytes)).Decode(into)
}

func (s *Store) do(ctx context.Context, method, path string, body any, accept string) (*http.Response, error) {
	var r io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		r = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, path, r)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", accept)
	switch {
	case method == http.MethodPatch:
		req.Header.Set("Content-Type", "application/merge-patch+json")
	case body != nil:
		req.Header.Set("Content-Type", "application/json")
	}
	return s.api.Do(req)
}

// status is the HTTP status behind an error, 0 if there is none.
func status(err error) int {
	var coded interface {
		error
		StatusCode() int
	}
	if errors.As(err, &coded) {
		return coded.StatusCode()
	}
	return 0
}
