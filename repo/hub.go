package repo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
)

// HubChart is a chart that a hub knows.
type HubChart struct {
	// URL is the page of the chart.
	URL string
	// Version and AppVersion are of its newest version.
	Version, AppVersion string
	Description         string
	// RepositoryName and RepositoryURL say where the chart is.
	RepositoryName, RepositoryURL string
}

// maxHubAnswer bounds what a hub answers.
const maxHubAnswer = 32 << 20

// SearchHub asks a hub for charts: Artifact Hub or what has the same interface. The answer
// is in the order of the hub, with texts that may be printed to a terminal.
func (c *Client) SearchHub(ctx context.Context, endpoint, terms string) ([]HubChart, error) {
	u, err := parseURL(endpoint)
	if err != nil {
		return nil, err
	}
	if u.Hostname() == "" {
		return nil, &URLError{URL: redacted(u), Reason: "names no host"}
	}
	u.Path = path.Join(u.Path, "api/chartsvc/v1/charts/search")
	u.RawQuery = "q=" + url.QueryEscape(terms)
	q, err := newRequest(u.String(), endpoint, Access{})
	if err != nil {
		return nil, err
	}
	var answer hubAnswer
	err = c.do(ctx, q, func(_ *http.Response, body io.Reader) (int64, error) {
		data, err := io.ReadAll(io.LimitReader(body, maxHubAnswer+1))
		switch {
		case err != nil:
			return 0, err
		case len(data) > maxHubAnswer:
			return 0, &LimitError{What: q.shown(), Max: maxHubAnswer}
		}
		answer = hubAnswer{}
		if err := json.Unmarshal(data, &answer); err != nil {
			return 0, fmt.Errorf("the answer of %s is not that of a hub: %w", q.shown(), err)
		}
		return 0, nil
	})
	if err != nil {
		return nil, err
	}
	charts := make([]HubChart, 0, len(answer.Data))
	for _, r := range answer.Data {
		page := r.ArtifactHub.PackageURL
		if page == "" {
			page = endpoint + "/charts/" + r.ID
		}
		newest := r.Relationships.Newest.Data
		charts = append(charts, HubChart{
			URL: printable(page), Version: printable(newest.Version), AppVersion: printable(newest.AppVersion),
			Description:    printable(r.Attributes.Description),
			RepositoryName: printable(r.Attributes.Repo.Name), RepositoryURL: printable(r.Attributes.Repo.URL),
		})
	}
	return charts, nil
}

// hubAnswer is the answer of a hub, as far as it is of interest.
type hubAnswer struct {
	Data []struct {
		ID          string `json:"id"`
		ArtifactHub struct {
			PackageURL string `json:"packageUrl"`
		} `json:"artifactHub"`
		Attributes struct {
			Description string `json:"description"`
			Repo        struct {
				Name string `json:"name"`
				URL  string `json:"url"`
			} `json:"repo"`
		} `json:"attributes"`
		Relationships struct {
			Newest struct {
				Data struct {
					Version    string `json:"version"`
					AppVersion string `json:"app_version"`
				} `json:"data"`
			} `json:"latestChartVersion"`
		} `json:"relationships"`
	} `json:"data"`
}
