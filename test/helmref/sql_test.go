package helmref

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"maps"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/hchart/hchart/release"
	ours "github.com/hchart/hchart/release/sql"
	"github.com/hchart/hchart/release/storetest"
	_ "github.com/lib/pq"
	theirs "helm.sh/helm/v4/pkg/release"
	helm "helm.sh/helm/v4/pkg/release/v1"
	"helm.sh/helm/v4/pkg/storage"
	"helm.sh/helm/v4/pkg/storage/driver"
)

// database makes an empty database on the server of HCHART_TEST_POSTGRES.
func database(t *testing.T) string {
	t.Helper()
	server := os.Getenv("HCHART_TEST_POSTGRES")
	if server == "" {
		t.Skip("no PostgreSQL: `make test-sql` starts one and sets HCHART_TEST_POSTGRES")
	}
	db, err := sql.Open("postgres", server)
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

func openOurs(t *testing.T, db string) *ours.Store {
	t.Helper()
	s, err := ours.Open(t.Context(), db, "default", ours.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func openTheirs(t *testing.T, db string) *storage.Storage {
	t.Helper()
	d, err := driver.NewSQL(db, "default")
	if err != nil {
		t.Fatal(err)
	}
	return storage.Init(d)
}

// columnsOf are the columns and indexes of the tables, as text.
func columnsOf(t *testing.T, connection string) string {
	t.Helper()
	db, err := sql.Open("postgres", connection)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var text string
	err = db.QueryRow(`SELECT string_agg(line, E'\n' ORDER BY line) FROM (
		SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default) AS line
		FROM information_schema.columns WHERE table_schema = 'public'
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL SELECT concat_ws(' ', relname, relrowsecurity, relacl::text) FROM pg_class
			WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
		UNION ALL SELECT 'done ' || id FROM gorp_migrations) AS all_of_it`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSQLTables compares the tables that both programs make.
func TestSQLTables(t *testing.T) {
	a, b := database(t), database(t)
	openOurs(t, a)
	openTheirs(t, b)
	if got, want := columnsOf(t, a), columnsOf(t, b); got != want || !strings.Contains(want, "custom_labels_v1") {
		t.Errorf("hchart makes\n%s\nHelm makes\n%s", got, want)
	}
}

// TestSQLTogether has both programs work on one database.
func TestSQLTogether(t *testing.T) {
	for _, first := range []string{"hchart", "Helm"} {
		t.Run(first+" first", func(t *testing.T) {
			db := database(t)
			var a *ours.Store
			var b *storage.Storage
			if first == "hchart" {
				a, b = openOurs(t, db), openTheirs(t, db)
			} else {
				b, a = openTheirs(t, db), openOurs(t, db)
			}
			r := storetest.New("default", "web", 1, release.Deployed)
			r.Labels = map[string]string{"team": "blue"}
			version, err := a.Create(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			rel := one(t)(b.Get("web", 1))
			if rel.Info.Status != "deployed" || !maps.Equal(rel.Labels, r.Labels) || rel.Manifest != r.Manifest {
				t.Errorf("Helm reads %+v with %v", rel.Info, rel.Labels)
			}
			rel.Info.Status = "superseded"
			if err := b.Update(rel); err != nil {
				t.Fatal(err)
			}
			r.SetStatus(release.Failed, "")
			if _, err := a.Update(t.Context(), r, version); !errors.As(err, new(*release.ConflictError)) {
				t.Errorf("a write over Helm's: %v", err)
			}
			rel.Version, rel.Info.Status, rel.Labels = 2, "deployed", map[string]string{"team": "red"}
			if err := b.Create(rel); err != nil {
				t.Fatal(err)
			}
			rec, err := a.Get(t.Context(), "web", 2)
			if err != nil || rec.Release.Info.Status != release.Deployed || !maps.Equal(rec.Release.Labels, rel.Labels) {
				t.Fatalf("hchart reads %+v, %v", rec, err)
			}
			rec.Release.SetStatus(release.Superseded, "by hchart")
			if _, err := a.Update(t.Context(), rec.Release, rec.Version); err != nil {
				t.Fatal(err)
			}
			if last := one(t)(b.Last("web")); last.Version != 2 || last.Info.Status != "superseded" || last.Labels["team"] != "red" {
				t.Errorf("Helm's last is %+v with %v", last.Info, last.Labels)
			}
			if err := a.Delete(t.Context(), "web", 2); err != nil {
				t.Fatal(err)
			}
			if last := one(t)(b.Last("web")); last.Version != 1 {
				t.Errorf("Helm's last is %d", last.Version)
			}
			if _, err := b.Delete("web", 1); err != nil {
				t.Fatal(err)
			}
			if entries, err := a.Entries(t.Context(), release.Query{}); err != nil || len(entries) != 0 {
				t.Errorf("left are %v, %v", entries, err)
			}
		})
	}
}

// one is the release that a call returns.
func one(t *testing.T) func(theirs.Releaser, error) *helm.Release {
	return func(r theirs.Releaser, err error) *helm.Release {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r.(*helm.Release)
	}
}
