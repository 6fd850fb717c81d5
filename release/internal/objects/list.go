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
	err := s.list(ctx, q, protobuf, pageOfRecords, func(obj *object) error {
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
// each returns. The next page is under way while one is read.
func (s *Store) list(ctx context.Context, q release.Query, accept string, page int, each func(*object) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	query := url.Values{
		"labelSelector": {selector(q)},
		"limit":         {strconv.Itoa(page)},
	}
	pending := s.ask(ctx, query, accept)
	defer func() {
		if pending != nil {
			cancel()
			if a := <-pending; a.err == nil {
				a.resp.Body.Close()
			}
		}
	}()
	for pending != nil {
		a := <-pending
		pending = nil
		if a.err != nil {
			return a.err
		}
		err := s.readPage(a.resp, page, func(token string) {
			if token != "" {
				query.Set("continue", token)
				pending = s.ask(ctx, query, accept)
			}
		}, each)
		if err != nil {
			return err
		}
	}
	return nil
}

// answer is what came of a request.
type answer struct {
	resp *http.Response
	err  error
}

// ask requests a part of a list. What refuses protobuf, or refuses in protobuf, is asked
// for JSON.
func (s *Store) ask(ctx context.Context, query url.Values, accept string) <-chan answer {
	path, out := s.path("", query), make(chan answer, 1)
	go func() {
		resp, err := s.do(ctx, http.MethodGet, path, nil, accept)
		if accept == protobuf && status(err) != 0 {
			resp, err = s.do(ctx, http.MethodGet, path, nil, "application/json")
		}
		out <- answer{resp, err}
	}()
	return out
}

// readPage reads a part of a list object by object. It calls next with what to ask for
// the next part with, empty if this is the last.
func (s *Store) readPage(resp *http.Response, page int, next func(string), each func(*object) error) error {
	defer resp.Body.Close()
	body := io.LimitReader(resp.Body, int64(page+1)*maxObjectBytes)
	var stop error // what each said
	watched := func(obj *object) error {
		stop = each(obj)
		return stop
	}
	var err error
	if strings.HasPrefix(resp.Header.Get("Content-Type"), protobuf) {
		err = readWire(body, s.kind.Binary, next, watched)
	} else {
		err = readList(body, next, watched)
	}
	switch {
	case stop != nil:
		return stop
	case err != nil:
		return fmt.Errorf("reading the list of %s: %w", s.kind.Resource, err)
	}
	return nil
}

// readList is readWire for JSON.
func readList(r io.Reader, next func(string), each func(*object) error) error {
	d := json.NewDecoder(r)
	if err := expect(d, '{'); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		switch key {
		case "metadata":
			var meta struct {
				Continue string `json:"continue"`
			}
			if err := d.Decode(&meta); err != nil {
				return err
			}
			next(meta.Continue)
		case "items":
			if err := readItems(d, each); err != nil {
				return err
			}
		default:
			if err := d.Decode(&json.RawMessage{}); err != nil {
				return err
			}
		}
	}
	_, err := d.Token()
	return err
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
		err = errWire
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
