package objects

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hchart/hchart/release"
)

// What a page of a list has at most: records can have a megabyte each.
const (
	pageOfRecords  = 100
	pageOfMetadata = 1000
)

// maxObjectBytes is more than the JSON text of an object can have: a megabyte in base64,
// and what managed it.
const maxObjectBytes = 3 << 20

// onlyMetadata asks for objects without their data.
const onlyMetadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

// Entries implements release.Store.
func (s *Store) Entries(ctx context.Context, q release.Query) ([]release.Entry, error) {
	var entries []release.Entry
	err := s.list(ctx, q, onlyMetadata, pageOfMetadata, func(obj *object) error {
		if e, ok := s.entry(obj, q); ok {
			entries = append(entries, e)
		}
		return nil
	})
	slices.SortStableFunc(entries, func(a, b release.Entry) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Revision, b.Revision))
	})
	return entries, err
}

// Records implements release.Store. The server lists in the order of the objects' names,
// where v10 comes before v2, so one release's records are held back and sorted.
func (s *Store) Records(ctx context.Context, q release.Query, opts release.RecordOptions, yield func(*release.Record) error) error {
	var same release.History
	flush := func() error {
		same.Sort()
		for _, r := range same {
			if err := yield(r); err != nil {
				return err
			}
		}
		same = same[:0]
		return nil
	}
	err := s.list(ctx, q, "application/json", pageOfRecords, func(obj *object) error {
		e, ok := s.entry(obj, q)
		if !ok || opts.Want != nil && !opts.Want(e) {
			return nil
		}
		r, err := s.record(ctx, obj, e, opts.Summary)
		if _, gone := errors.AsType[*release.NotFoundError](err); gone {
			return nil
		}
		if err != nil {
			return err
		}
		if len(same) > 0 && (same[0].Release.Name != r.Release.Name || same[0].Release.Namespace != r.Release.Namespace) {
			if err := flush(); err != nil {
				return err
			}
		}
		same = append(same, r)
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// entry reads the labels of a record. It reports false for one that the query does not
// want.
func (s *Store) entry(obj *object, q release.Query) (release.Entry, bool) {
	labels := obj.Metadata.Labels
	e := release.Entry{
		Namespace: obj.Metadata.Namespace,
		Name:      labels["name"],
		Status:    release.Status(labels["status"]),
		Labels:    labels,
		Version:   obj.Metadata.ResourceVersion,
	}
	revision, err := strconv.Atoi(labels["version"])
	if name, number, ok := release.ParseKey(obj.Metadata.Name); ok && (err != nil || e.Name == "") {
		e.Name, revision = name, number
	}
	e.Revision = revision
	for _, stamp := range []string{"modifiedAt", "createdAt"} {
		if sec, err := strconv.ParseInt(labels[stamp], 10, 64); err == nil {
			e.Modified = time.Unix(sec, 0)
			break
		}
	}
	return e, len(q.Statuses) == 0 || slices.Contains(q.Statuses, e.Status)
}

// list calls each for the objects that have the labels of records. An object lives until
// each returns.
func (s *Store) list(ctx context.Context, q release.Query, accept string, page int, each func(*object) error) error {
	query := url.Values{
		"labelSelector": {selector(q)},
		"limit":         {strconv.Itoa(page)},
	}
	for {
		next, err := s.page(ctx, query, accept, page, each)
		if err != nil || next == "" {
			return err
		}
		query.Set("continue", next)
	}
}

// page requests a part of a list and reads it object by object. It returns what to ask
// for the next part with.
func (s *Store) page(ctx context.Context, query url.Values, accept string, page int, each func(*object) error) (next string, err error) {
	resp, err := s.do(ctx, http.MethodGet, s.path("", query), nil, accept)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var stop error // what each said
	next, err = readList(io.LimitReader(resp.Body, int64(page+1)*maxObjectBytes), func(obj *object) error {
		stop = each(obj)
		return stop
	})
	switch {
	case stop != nil:
		return "", stop
	case err != nil:
		return "", fmt.Errorf("reading the list of %s: %w", s.kind.Resource, err)
	}
	return next, nil
}

// readList reads a list of Kubernetes, of which one object at a time is in memory.
func readList(r io.Reader, each func(*object) error) (next string, err error) {
	d := json.NewDecoder(r)
	if err := expect(d, '{'); err != nil {
		return "", err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return "", err
		}
		switch key {
		case "metadata":
			var meta struct {
				Continue string `json:"continue"`
			}
			if err := d.Decode(&meta); err != nil {
				return "", err
			}
			next = meta.Continue
		case "items":
			if err := readItems(d, each); err != nil {
				return "", err
			}
		default:
			if err := d.Decode(&json.RawMessage{}); err != nil {
				return "", err
			}
		}
	}
	_, err = d.Token()
	return next, err
}

func readItems(d *json.Decoder, each func(*object) error) error {
	switch t, err := d.Token(); {
	case err != nil:
		return err
	case t == nil: // an empty list may be null
		return nil
	case t != json.Delim('['):
		return errors.New("its items are no list")
	}
	for d.More() {
		var obj object
		if err := d.Decode(&obj); err != nil {
			return err
		}
		if err := each(&obj); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func expect(d *json.Decoder, delim json.Delim) error {
	t, err := d.Token()
	if err == nil && t != delim {
		err = errors.New("it is not what an API server sends")
	}
	return err
}

// selector is the label selector for a query.
func selector(q release.Query) string {
	parts := []string{"owner=helm"}
	if q.Name != "" {
		parts = append(parts, "name="+q.Name)
	}
	if len(q.Statuses) > 0 {
		names := make([]string, len(q.Statuses))
		for i, st := range q.Statuses {
			names[i] = string(st)
		}
		parts = append(parts, "status in ("+strings.Join(names, ",")+")")
	}
	if q.Selector != "" {
		parts = append(parts, q.Selector)
	}
	return strings.Join(parts, ",")
}
