package sql

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/hchart/hchart/release"
	"github.com/lib/pq"
)

// columns are those of a row but for the body, its labels as a JSON object among them.
const columns = `key, namespace, name, version, status, createdAt, modifiedAt, xmin::text, (
	SELECT json_object_agg(l.key, l.value) FROM custom_labels_v1 l
	WHERE l.releaseKey = r.key AND l.releaseNamespace = r.namespace AND l.key IS NOT NULL)::text`

// Get implements release.Store.
func (s *Store) Get(ctx context.Context, name string, revision int) (*release.Record, error) {
	var found *row
	query := `SELECT ` + columns + `, body FROM releases_v1 r WHERE key = $1 AND namespace = $2`
	err := s.rows(ctx, query, []any{release.Key(name, revision), s.namespace}, true, func(r *row) error {
		found = r
		return nil
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, &release.NotFoundError{Name: name, Revision: revision}
	}
	return found.record(false)
}

// Entries implements release.Store.
func (s *Store) Entries(ctx context.Context, q release.Query) ([]release.Entry, error) {
	var entries []release.Entry
	err := s.list(ctx, q, false, func(r *row) error {
		entries = append(entries, r.entry)
		return nil
	})
	return entries, err
}

// Records implements release.Store.
func (s *Store) Records(ctx context.Context, q release.Query, opts release.RecordOptions, yield func(*release.Record) error) error {
	return s.list(ctx, q, true, func(r *row) error {
		if opts.Want != nil && !opts.Want(r.entry) {
			return nil
		}
		rec, err := r.record(opts.Summary)
		if err != nil {
			return err
		}
		return yield(rec)
	})
}

// list calls each for the rows that a query wants, by namespace, name and revision.
func (s *Store) list(ctx context.Context, q release.Query, body bool, each func(*row) error) error {
	selector, err := release.ParseSelector(q.Selector)
	if err != nil {
		return err
	}
	where := []string{"owner = 'helm'"}
	var args []any
	add := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, condition+" $"+strconv.Itoa(len(args)))
	}
	if s.namespace != "" {
		add("namespace =", s.namespace)
	}
	if q.Name != "" {
		add("name =", q.Name)
	}
	if len(q.Statuses) > 0 {
		add("ARRAY[status] <@", pq.Array(q.Statuses))
	}
	query := `SELECT ` + columns
	if body {
		query += `, body`
	}
	query += ` FROM releases_v1 r WHERE ` + strings.Join(where, " AND ") + ` ORDER BY namespace COLLATE "C", name COLLATE "C", version`
	return s.rows(ctx, query, args, body, func(r *row) error {
		if !selector.Matches(r.entry.Labels) {
			return nil
		}
		return each(r)
	})
}

// rows calls each for the rows of a query, one at a time in memory.
func (s *Store) rows(ctx context.Context, query string, args []any, body bool, each func(*row) error) error {
	const doing = "reading records"
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return failure(ctx, doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scan(rows, body)
		if err != nil {
			return failure(ctx, doing, err)
		}
		if err := each(r); err != nil {
			return err
		}
	}
	return failure(ctx, doing, errors.Join(rows.Err(), rows.Close()))
}

func scan(rows *sql.Rows, body bool) (*row, error) {
	r := &row{}
	e := &r.entry
	var created, modified int64
	var labels sql.NullString
	into := []any{&r.key, &e.Namespace, &e.Name, &e.Revision, &e.Status, &created, &modified, &e.Version, &labels}
	if body {
		into = append(into, &r.body)
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	e.Labels = map[string]string{}
	if labels.Valid {
		if err := json.Unmarshal([]byte(labels.String), &e.Labels); err != nil {
			return nil, err
		}
	}
	e.Labels["name"], e.Labels["owner"] = e.Name, "helm"
	e.Labels["status"], e.Labels["version"] = string(e.Status), strconv.Itoa(e.Revision)
	e.Modified = time.Unix(max(created, modified), 0)
	return r, nil
}
