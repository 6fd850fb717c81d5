package sql

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lib/pq"
)

// migration is a step in the making of the tables. Helm (pkg/storage/driver, SQL) keeps
// the names of those that were done in the table gorp_migrations; what it makes is what
// it finds here.
type migration struct{ id, statements string }

func migrations() [2]migration {
	return [2]migration{{"init", `
		CREATE TABLE releases_v1 (
			key VARCHAR(90),
			type VARCHAR(64) NOT NULL,
			body TEXT NOT NULL,
			name VARCHAR(64) NOT NULL,
			namespace VARCHAR(64) NOT NULL,
			version INTEGER NOT NULL,
			status TEXT NOT NULL,
			owner TEXT NOT NULL,
			createdAt INTEGER NOT NULL,
			modifiedAt INTEGER NOT NULL DEFAULT 0,
			PRIMARY KEY (key, namespace)
		);
		CREATE INDEX ON releases_v1 (key, namespace);
		CREATE INDEX ON releases_v1 (version);
		CREATE INDEX ON releases_v1 (status);
		CREATE INDEX ON releases_v1 (owner);
		CREATE INDEX ON releases_v1 (createdAt);
		CREATE INDEX ON releases_v1 (modifiedAt);
		GRANT ALL ON releases_v1 TO PUBLIC;
		ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY`,
	}, {"custom_labels", `
		CREATE TABLE custom_labels_v1 (
			releaseKey VARCHAR(64),
			releaseNamespace VARCHAR(67),
			key VARCHAR(317),
			value VARCHAR(63)
		);
		CREATE INDEX ON custom_labels_v1 (releaseKey, releaseNamespace);
		GRANT ALL ON custom_labels_v1 TO PUBLIC;
		ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY`,
	}}
}

// migrate makes the tables that are not there.
func (s *Store) migrate(ctx context.Context) error {
	const undefinedTable = "42P01"
	done, err := migrated(ctx, s.db)
	if failed, ok := errors.AsType[*pq.Error](err); err != nil && !(ok && failed.Code == undefinedTable) {
		return err
	}
	steps := migrations()
	if len(done) == len(steps) {
		return nil
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // does nothing after Commit
	// Programs that start at the same time come one after the other.
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('gorp_migrations'))`); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS gorp_migrations (id text NOT NULL PRIMARY KEY, applied_at timestamp with time zone)`); err != nil {
		return err
	}
	if done, err = migrated(ctx, tx); err != nil {
		return err
	}
	for _, m := range steps {
		if done[m.id] {
			continue
		}
		if _, err := tx.ExecContext(ctx, m.statements); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO gorp_migrations (id, applied_at) VALUES ($1, now())`, m.id); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// migrated returns which migrations were done.
func migrated(ctx context.Context, db querier) (map[string]bool, error) {
	rows, err := db.QueryContext(ctx, `SELECT id FROM gorp_migrations WHERE id IN ('init', 'custom_labels')`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	done := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		done[id] = true
	}
	return done, errors.Join(rows.Err(), rows.Close())
}
