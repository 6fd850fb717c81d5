package objects

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
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

// Records implements release.Store. What the server lists is in the order of the
// objects' names, where v10 comes before v2, so one release's records are held back and
// sorted; the text of one record at a time is decoded.
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
		r, err := s.record(ctx, obj, opts.Summary)
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

// list calls each for the objects that have the labels of records.
func (s *Store) list(ctx context.Context, q release.Query, accept string, page int, each func(*object) error) error {
	query := url.Values{
		"labelSelector": {selector(q)},
		"limit":         {strconv.Itoa(page)},
	}
	for {
		var next string
		err := s.page(ctx, query, accept, func(l *list) error {
			next = l.Metadata.Continue
			for i := range l.Items {
				if err := each(&l.Items[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if next == "" {
			return nil
		}
		query.Set("continue", next)
	}
}

type list struct {
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
	Items []object `json:"items"`
}

func (s *Store) page(ctx context.Context, query url.Values, accept string, each func(*list) error) error {
	resp, err := s.do(ctx, http.MethodGet, s.path("", query), nil, accept)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var l list
	if err := json.NewDecoder(resp.Body).Decode(&l); err != nil {
		return fmt.Errorf("reading the list of %s: %w", s.kind.Resource, err)
	}
	return each(&l)
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
