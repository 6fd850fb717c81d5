package sql_test

import (
	"context"
	"crypto/rand"
	stdsql "database/sql"
	"errors"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/sql"
	"github.com/hchart/hchart/release/storetest"
	"github.com/lib/pq"
)

// database makes an empty database on the server that HCHART_TEST_POSTGRES names, which
// is gone when the test ends. Without a server the test is skipped.
func database(t testing.TB) string {
	t.Helper()
	server := os.Getenv("HCHART_TEST_POSTGRES")
	if server == "" {
		t.Skip("no PostgreSQL: `make test-sql` starts one and sets HCHART_TEST_POSTGRES")
	}
	db, err := stdsql.Open("postgres", server)
	if err != nil {
		t.Fatal(err)
	}
	name := "t_" + strings.ToLower(rand.Text())
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = db.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		_ = db.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func open(t testing.TB, connection, namespace string) *sql.Store {
	t.Helper()
	s, err := sql.Open(t.Context(), connection, namespace, sql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func execute(t testing.TB, connection, statement string, args ...any) {
	t.Helper()
	db, err := stdsql.Open("postgres", connection)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatal(err)
	}
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) release.Store {
		return open(t, database(t), storetest.Namespace)
	}, storetest.Options{})
}

// TestNamespaces checks that two namespaces do not see each other's records, and that a
// store of all of them sees both.
func TestNamespaces(t *testing.T) {
	db := database(t)
	a, b, all := open(t, db, "a"), open(t, db, "b"), open(t, db, "")
	for namespace, s := range map[string]*sql.Store{"a": a, "b": b} {
		r := storetest.New(namespace, "web", 1, release.Deployed)
		r.Labels = map[string]string{"of": namespace}
		if _, err := s.Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	rec, err := b.Get(t.Context(), "web", 1)
	if err != nil || rec.Release.Namespace != "b" || rec.Release.Labels["of"] != "b" {
		t.Errorf("b has %+v, %v", rec, err)
	}
	if err := a.Delete(t.Context(), "web", 1); err != nil {
		t.Fatal(err)
	}
	entries, err := all.Entries(t.Context(), release.Query{})
	if err != nil || len(entries) != 1 || entries[0].Namespace != "b" || entries[0].Labels["of"] != "b" {
		t.Errorf("all have %+v, %v", entries, err)
	}
	if _, err := all.Create(t.Context(), storetest.New("c", "web", 1, release.Deployed)); err == nil {
		t.Error("a store of all namespaces wrote a record")
	}
}

// TestOpenTogether has many programs find an empty database.
func TestOpenTogether(t *testing.T) {
	db := database(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := sql.Open(t.Context(), db, "default", sql.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			_ = s.Close()
		})
	}
	wg.Wait()
}

func TestCorrupt(t *testing.T) {
	db := database(t)
	s := open(t, db, "default")
	for revision := range 2 {
		if _, err := s.Create(t.Context(), storetest.New("default", "web", revision+1, release.Deployed)); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, db, `UPDATE releases_v1 SET body = 'c2VjcmV0IHRleHQ=' WHERE version = 1`)
	_, get := s.Get(t.Context(), "web", 1)
	list := s.Records(t.Context(), release.Query{}, release.RecordOptions{}, func(*release.Record) error { return nil })
	for call, err := range map[string]error{"Get": get, "Records": list} {
		if _, ok := errors.AsType[*release.CorruptError](err); !ok || !strings.Contains(err.Error(), `row "sh.helm.release.v1.web.v1" of namespace "default"`) {
			t.Errorf("%s: %v", call, err)
		}
	}
	// What is changed by hand is noticed by a writer who had read it before.
	rec, err := s.Get(t.Context(), "web", 2)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, db, `UPDATE releases_v1 SET status = 'failed' WHERE version = 2`)
	if _, err := s.Update(t.Context(), rec.Release, rec.Version); !errors.As(err, new(*release.ConflictError)) {
		t.Error(err)
	}
}

// TestErrors checks that errors say what to do and never have a password.
func TestErrors(t *testing.T) {
	const canary = "canary-5f3a"
	for _, connection := range []string{
		"postgresql://helm:" + canary + "@127.0.0.1:port/db",
		"postgresql://helm:" + canary + "@127.0.0.1:1/db?sslmode=disable&connect_timeout=1",
		"postgresql://helm:" + canary + "@[::1/db",
		"host=127.0.0.1 password='" + canary,
		"host=127.0.0.1 port=1 connect_timeout=1 password=" + canary,
		"nonsense " + canary,
	} {
		_, err := sql.Open(t.Context(), connection, "default", sql.Options{})
		if !errors.As(err, new(*sql.Error)) || strings.Contains(err.Error(), canary) {
			t.Errorf("%v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sql.Open(ctx, "host=127.0.0.1 port=1", "default", sql.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	t.Run("rights", func(t *testing.T) {
		db := database(t)
		execute(t, db, `CREATE ROLE reader LOGIN PASSWORD 'reader'; GRANT CONNECT ON DATABASE `+name(db)+` TO reader`)
		t.Cleanup(func() { execute(t, db, `DROP OWNED BY reader; DROP ROLE reader`) })
		u, _ := url.Parse(db)
		u.User = url.UserPassword("reader", "reader")
		_, err := sql.Open(t.Context(), u.String(), "default", sql.Options{})
		if failed, ok := errors.AsType[*pq.Error](err); !ok || failed.Code != "42501" || !strings.Contains(err.Error(), "gorp_migrations") {
			t.Error(err)
		}
		u.User = url.UserPassword("reader", canary)
		if _, err := sql.Open(t.Context(), u.String(), "default", sql.Options{}); err == nil || strings.Contains(err.Error(), canary) {
			t.Error(err)
		}
	})
	t.Run("long name", func(t *testing.T) {
		s := open(t, database(t), "default")
		r := storetest.New("default", strings.Repeat("n", 53), 1, release.Deployed)
		r.Labels = map[string]string{"team": "blue"}
		if _, err := s.Create(t.Context(), r); err == nil || !strings.Contains(err.Error(), "shorter name") {
			t.Error(err)
		}
		if entries, err := s.Entries(t.Context(), release.Query{}); err != nil || len(entries) != 0 {
			t.Errorf("left %v, %v", entries, err)
		}
		r.Labels = nil
		if _, err := s.Create(t.Context(), r); err != nil {
			t.Error(err)
		}
	})
}

func name(connection string) string {
	u, _ := url.Parse(connection)
	return strings.TrimPrefix(u.Path, "/")
}

func ExampleOpen() {
	ctx := context.Background()
	store, err := sql.Open(ctx, os.Getenv("HELM_DRIVER_SQL_CONNECTION_STRING"), "default", sql.Options{})
	if err != nil {
		return // it says what is wrong, without the password
	}
	defer store.Close()
	_ = store.Records(ctx, release.Query{Name: "web"}, release.RecordOptions{}, func(*release.Record) error { return nil })
}
