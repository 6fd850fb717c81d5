package kube

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// Table is rows about objects as the API server makes them for people.
type Table struct {
	// Title is the version and the kind: "v1/Deployment".
	Title   string
	Columns []string
	Rows    [][]string
}

const asTable = "application/json;as=Table;g=meta.k8s.io;v=v1,application/json"

type serverTable struct {
	Columns []struct {
		Name     string `json:"name"`
		Priority int    `json:"priority"`
	} `json:"columnDefinitions"`
	Rows []struct {
		Cells  []any `json:"cells"`
		Object struct {
			Metadata struct {
				Name string `json:"name"`
			} `json:"metadata"`
		} `json:"object"`
	} `json:"rows"`
}

// Tables returns a table for each kind of the objects that are there, in their order,
// and one of the pods of the workloads among them.
func (c *Client) Tables(ctx context.Context, objs []*Object) ([]Table, error) {
	var tables []Table
	pods := Table{Title: "v1/Pod(related)"}
	for _, group := range groupObjects(objs) {
		names := map[string]bool{}
		for _, o := range group {
			names[o.Name] = true
		}
		t := Table{Title: group[0].resource.version + "/" + group[0].Kind}
		query := url.Values{}
		if len(group) == 1 {
			query.Set("fieldSelector", "metadata.name="+group[0].Name)
		}
		if err := c.table(ctx, group[0].resource.path(group[0].Namespace, ""), query, &t, names); err != nil {
			return nil, err
		}
		if len(t.Rows) > 0 {
			tables = append(tables, t)
		}
		for _, o := range group {
			selector := selectorText(lookup(o.Fields, "spec", "selector"))
			if selector == "" || !isWorkload(o.Kind) {
				continue
			}
			query := url.Values{"labelSelector": {selector}}
			if err := c.table(ctx, "/api/v1/namespaces/"+o.Namespace+"/pods", query, &pods, nil); err != nil {
				return nil, err
			}
		}
	}
	if len(pods.Rows) > 0 {
		tables = append(tables, pods)
	}
	return tables, nil
}

// table adds the rows of a list to a table, those of names unless it is nil.
func (c *Client) table(ctx context.Context, path string, query url.Values, t *Table, names map[string]bool) error {
	var got serverTable
	err := c.exchange(ctx, http.MethodGet, path, query, "", asTable, nil, &got)
	if IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	var shown []int
	t.Columns = nil
	for i, col := range got.Columns {
		if col.Priority == 0 {
			shown = append(shown, i)
			t.Columns = append(t.Columns, col.Name)
		}
	}
	for _, row := range got.Rows {
		if names != nil && !names[row.Object.Metadata.Name] {
			continue
		}
		var cells []string
		for _, i := range shown {
			if i < len(row.Cells) {
				cells = append(cells, fmt.Sprint(row.Cells[i]))
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return nil
}
