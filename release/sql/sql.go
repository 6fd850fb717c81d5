// Package sql keeps release records in PostgreSQL, in the tables that Helm uses with
// HELM_DRIVER=sql: both programs can work on one database. Tables that are not there are
// made, and noted the way Helm notes it.
//
//	store, err := sql.Open(ctx, "postgresql://helm@db/helm", "default", sql.Options{})
//	defer store.Close()
//
// The version of a record is the transaction that wrote its row (the system column xmin),
// so that a write of Helm's is noticed as well.
package sql

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hchart/hchart/release"
	"github.com/lib/pq"
)

// Store is a release.Store.
type Store struct {
	db        *sql.DB
	namespace string
	now       func() time.Time
}

// Options are the options of Open.
type Options struct {
	// Now is the clock for the times of rows, time.Now if it is nil.
	Now func() time.Time
}

// Error is a failure of the database, or on the way to it.
type Error struct {
	// Doing is what was tried: "reading records".
	Doing string
	Err   error
}

func (e *Error) Error() string {
	return fmt.Sprintf("the database of releases: %s: %v%s", e.Doing, e.Err, hint(e.Err))
}

func (e *Error) Unwrap() error { return e.Err }

// hint says what to do, where the database's own words do not.
func hint(err error) string {
	failed, ok := errors.AsType[*pq.Error](err)
	switch {
	case !ok:
		return "; check that the database runs where HELM_DRIVER_SQL_CONNECTION_STRING says"
	case failed.Code == "22001":
		return "; Helm's tables have 64 characters for the name of a record with labels, and 63 for the value of a label: use a shorter name or leave out the labels"
	case failed.Code == "42501":
		return "; the user needs all rights on the tables releases_v1, custom_labels_v1 and gorp_migrations, or the right to create them"
	}
	return ""
}

// errConnection has nothing of the text, which may have a password.
var errConnection = errors.New("the connection string cannot be read; it looks like postgresql://USER:PASSWORD@HOST:5432/DATABASE?sslmode=require")

// Open connects to a database and makes the tables if they are not there. The connection
// string is that of github.com/lib/pq: a URL, or words like "host=db user=helm". The
// store has the records of a namespace; with an empty one it reads those of all
// namespaces and writes none.
func Open(ctx context.Context, connection, namespace string, opts Options) (*Store, error) {
	connector, err := pq.NewConnector(connection)
	if err != nil {
		return nil, &Error{Doing: "connecting", Err: errConnection}
	}
	s := &Store{db: sql.OpenDB(connector), namespace: namespace, now: opts.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.migrate(ctx); err != nil {
		_ = s.db.Close()
		return nil, failure(ctx, "connecting", err)
	}
	return s, nil
}

// Close ends the connections.
func (s *Store) Close() error { return s.db.Close() }

// failure is the error of a call: nil, the context's, or an *Error.
func failure(ctx context.Context, doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return &Error{Doing: doing, Err: err}
}

// Create implements release.Store.
func (s *Store) Create(ctx context.Context, r *release.Release) (version string, err error) {
	body, err := release.Encode(r)
	if err != nil {
		return "", err
	}
	exists := false
	err = s.write(ctx, r, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `
			INSERT INTO releases_v1 (key, type, body, name, namespace, version, status, owner, createdAt)
			VALUES ($1, 'helm.sh/release.v1', $2, $3, $4, $5, $6, 'helm', $7)
			ON CONFLICT DO NOTHING RETURNING xmin::text`,
			release.Key(r.Name, r.Version), string(body), r.Name, s.namespace, r.Version, string(r.Info.Status), s.now().Unix(),
		).Scan(&version)
		exists = err == sql.ErrNoRows
		return err
	})
	if exists {
		return "", &release.ExistsError{Name: r.Name, Revision: r.Version}
	}
	return version, failure(ctx, "writing a record", err)
}

// Update implements release.Store.
func (s *Store) Update(ctx context.Context, r *release.Release, version string) (next string, err error) {
	body, err := release.Encode(r)
	if err != nil {
		return "", err
	}
	var there, stale bool
	key := release.Key(r.Name, r.Version)
	err = s.write(ctx, r, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `
			UPDATE releases_v1 SET body = $1, name = $2, version = $3, status = $4, owner = 'helm', modifiedAt = $5
			WHERE key = $6 AND namespace = $7 AND xmin::text = $8 RETURNING xmin::text`,
			string(body), r.Name, r.Version, string(r.Info.Status), s.now().Unix(), key, s.namespace, version,
		).Scan(&next)
		if err != sql.ErrNoRows {
			return err
		}
		stale = true
		return cmp.Or(tx.QueryRowContext(ctx,
			`SELECT count(*) > 0 FROM releases_v1 WHERE key = $1 AND namespace = $2`, key, s.namespace).Scan(&there), err)
	})
	switch {
	case stale && there:
		return "", &release.ConflictError{Name: r.Name, Revision: r.Version}
	case stale && err == sql.ErrNoRows:
		return "", &release.NotFoundError{Name: r.Name, Revision: r.Version}
	}
	return next, failure(ctx, "writing a record", err)
}

// errAll is a write of a store that is to read only.
var errAll = errors.New("a store of all namespaces writes no records")

// write does a transaction that writes the row of a record and then its labels.
func (s *Store) write(ctx context.Context, r *release.Release, row func(*sql.Tx) error) error {
	if s.namespace == "" {
		return errAll
	}
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // does nothing after Commit
	if err := row(tx); err != nil {
		return err
	}
	labels, err := json.Marshal(release.UserLabels(r.Labels))
	if err != nil {
		return err
	}
	key := release.Key(r.Name, r.Version)
	if _, err := tx.ExecContext(ctx, `DELETE FROM custom_labels_v1 WHERE releaseKey = $1 AND releaseNamespace = $2`, key, s.namespace); err != nil {
		return err
	}
	if string(labels) != "{}" {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO custom_labels_v1 (releaseKey, releaseNamespace, key, value)
			SELECT $1, $2, label.key, label.value FROM json_each_text($3) AS label`, key, s.namespace, string(labels)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Delete implements release.Store.
func (s *Store) Delete(ctx context.Context, name string, revision int) error {
	var gone int
	err := s.db.QueryRowContext(ctx, `
		WITH gone AS (
			DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2 RETURNING key, namespace
		), labels AS (
			DELETE FROM custom_labels_v1 USING gone WHERE releaseKey = gone.key AND releaseNamespace = gone.namespace
		)
		SELECT count(*) FROM gone`, release.Key(name, revision), s.namespace).Scan(&gone)
	if err == nil && gone == 0 {
		return &release.NotFoundError{Name: name, Revision: revision}
	}
	return failure(ctx, "deleting a record", err)
}

// row is a row of releases_v1 with its labels.
type row struct {
	entry release.Entry
	key   string
	body  string
}

// record decodes a row.
func (r *row) record(short bool) (*release.Record, error) {
	var rel *release.Release
	var err error
	if short {
		rel, err = release.DecodeSummary([]byte(r.body), r.entry)
	} else {
		rel, err = release.Decode([]byte(r.body))
	}
	if err == nil && release.Key(rel.Name, rel.Version) != r.key {
		err = fmt.Errorf("it is the record of release %q, revision %d", rel.Name, rel.Version)
	}
	if err != nil {
		return nil, &release.CorruptError{Place: "table releases_v1, row " + strconv.Quote(r.key) + " of namespace " + strconv.Quote(r.entry.Namespace), Err: err}
	}
	if rel.Namespace == "" {
		rel.Namespace = r.entry.Namespace
	}
	rel.Labels = release.UserLabels(r.entry.Labels)
	return &release.Record{Release: rel, Version: r.entry.Version}, nil
}
