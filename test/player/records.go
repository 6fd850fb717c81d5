package player

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/hchart/hchart/release"
)

// Records returns the records of a release in the secrets of a namespace, by revision;
// with the name "", those of all releases.
func (c *Cluster) Records(ctx context.Context, namespace, name string) ([]*release.Release, error) {
	selector := "owner%3Dhelm"
	if name != "" {
		selector += "%2Cname%3D" + name
	}
	var list struct {
		Items []struct {
			Metadata struct {
				Name   string
				Labels map[string]string
			}
			Data map[string]string
		}
	}
	err := c.Do(ctx, http.MethodGet, "/api/v1/namespaces/"+namespace+"/secrets?labelSelector="+selector, "", &list)
	if err != nil {
		return nil, err
	}
	var records []*release.Release
	for _, item := range list.Items {
		data, err := base64.StdEncoding.DecodeString(item.Data["release"])
		if err != nil {
			return nil, fmt.Errorf("secret %s: %w", item.Metadata.Name, err)
		}
		r, err := release.Decode(data)
		if err != nil {
			return nil, fmt.Errorf("secret %s: %w", item.Metadata.Name, err)
		}
		r.Labels = item.Metadata.Labels
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b *release.Release) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), a.Version-b.Version)
	})
	return records, nil
}

// RecordsText is what records say, without times; the namespace is "NS".
func RecordsText(records []*release.Release, namespace string) string {
	var b strings.Builder
	for _, r := range records {
		n := r.Clone()
		delete(n.Labels, "modifiedAt")
		delete(n.Labels, "createdAt")
		record, err := json.MarshalIndent(struct {
			*release.Release
			Labels map[string]string
		}{n, n.Labels}, "", "  ")
		if err != nil {
			return err.Error()
		}
		fmt.Fprintf(&b, "revision %d\n%s\n", r.Version, record)
	}
	// Files of charts, which nobody reads in base64, by their size.
	text := regexp.MustCompile(`"data": "[^"]{80,}"`).ReplaceAllStringFunc(b.String(), func(data string) string {
		return fmt.Sprintf(`"data": %d bytes, sum %x`, len(data), sha256.Sum256([]byte(data)))
	})
	lines := strings.ReplaceAll(text, `\n`, "\n") // of manifests, for Diff
	return Timeless(strings.ReplaceAll(lines, namespace, "NS"))
}

// Timeless returns text with each time replaced by "TIME", and each way in which
// programs write that there is none by "NONE".
func Timeless(text string) string {
	zero := regexp.MustCompile(`0001-01-01[T ]00:00:00(Z| \+0000 UTC)`)
	some := regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d| [+-]\d{4} \w+)?` +
		`|(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}`)
	return some.ReplaceAllString(zero.ReplaceAllString(text, "NONE"), "TIME")
}
