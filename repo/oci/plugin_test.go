package oci_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/hchart/hchart/repo/oci"
	"github.com/hchart/hchart/repo/repotest"
)

// layer is a layer of a plugin's manifest.
type layer struct {
	title, mediaType string
	data             string
	digest           string // "" for that of data
	size             int64  // 0 for that of data
}

// putPlugin keeps the manifest of a plugin with these layers in plugins/tool:1.0.0.
func putPlugin(reg *repotest.Registry, artifactType, configType string, layers ...layer) (digest string) {
	type descriptor struct {
		MediaType   string            `json:"mediaType"`
		Digest      string            `json:"digest"`
		Size        int64             `json:"size"`
		Annotations map[string]string `json:"annotations,omitempty"`
	}
	described := []descriptor{}
	for _, l := range layers {
		d := descriptor{l.mediaType, reg.PutBlob("plugins/tool", []byte(l.data)), int64(len(l.data)), map[string]string{"org.opencontainers.image.title": l.title}}
		if d.MediaType == "" {
			d.MediaType = "application/vnd.oci.image.layer.v1.tar"
		}
		if l.digest != "" {
			d.Digest = l.digest
		}
		if l.size != 0 {
			d.Size = l.size
		}
		described = append(described, d)
	}
	data, err := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "artifactType": artifactType,
		"config": descriptor{configType, reg.PutBlob("plugins/tool", []byte("{}")), 2, nil},
		"layers": described,
	})
	if err != nil {
		panic(err)
	}
	return reg.PutManifest("plugins/tool", "1.0.0", "application/vnd.oci.image.manifest.v1+json", data)
}

const emptyConfig = "application/vnd.oci.empty.v1+json"

func TestPullPlugin(t *testing.T) {
	reg, host := serve(t, repotest.RegistryOptions{})
	c := client(oci.Options{})
	archive := layer{title: "tool-1.0.0.tgz", data: "archive"}
	digest := putPlugin(reg, oci.PluginMediaType, emptyConfig, layer{title: "README", data: "x"}, archive, layer{title: "tool-1.0.0.tgz.prov", data: "signature"})
	for _, ref := range []string{":1.0.0", "@" + digest, ":absent@" + digest} {
		p, err := c.PullPlugin(t.Context(), "oci://"+host+"/plugins/tool"+ref, plain())
		if err != nil || p.Name != "tool" || p.File != "tool-1.0.0.tgz" || string(p.Archive) != "archive" || string(p.Provenance) != "signature" {
			t.Errorf("%s: got %+v, %v", ref, p, err)
		}
	}
	putPlugin(reg, "", oci.PluginMediaType, archive)
	if p, err := c.PullPlugin(t.Context(), host+"/plugins/tool:1.0.0", plain()); err != nil || p.Provenance != nil {
		t.Errorf("an older manifest: got %+v, %v", p, err)
	}

	for name, tt := range map[string]struct {
		kind   string
		layers []layer
		want   any
	}{
		"a chart":       {oci.ConfigMediaType, []layer{archive}, new(*oci.NotPluginError)},
		"no type":       {"", []layer{archive}, new(*oci.NotPluginError)},
		"no archive":    {oci.PluginMediaType, []layer{{title: "tool-1.0.0.tgz.prov", data: "x"}}, new(*oci.NotPluginError)},
		"another name":  {oci.PluginMediaType, []layer{{title: "other-1.0.0.tgz", data: "x"}}, new(*oci.NotPluginError)},
		"a path":        {oci.PluginMediaType, []layer{{title: "tool-/../../x.tgz", data: "x"}}, new(*oci.NotPluginError)},
		"another media": {oci.PluginMediaType, []layer{{title: "tool-1.0.0.tgz", data: "x", mediaType: "text/plain"}}, new(*oci.NotPluginError)},
		"bad digest":    {oci.PluginMediaType, []layer{{title: "tool-1.0.0.tgz", data: "x", digest: "sha256:x"}}, new(*oci.NotPluginError)},
		"too large":     {oci.PluginMediaType, []layer{{title: "tool-1.0.0.tgz", data: "x", size: 1 << 40}}, new(*oci.LimitError)},
		"wrong size":    {oci.PluginMediaType, []layer{{title: "tool-1.0.0.tgz", data: "x", size: 7}}, nil},
		"missing": {oci.PluginMediaType, []layer{{title: "tool-1.0.0.tgz", data: "x", digest: "sha256:" + strings.Repeat("0", 64)}},
			new(*oci.NotFoundError)},
	} {
		putPlugin(reg, tt.kind, emptyConfig, tt.layers...)
		p, err := c.PullPlugin(t.Context(), host+"/plugins/tool:1.0.0", plain())
		if err == nil || tt.want != nil && !errors.As(err, tt.want) {
			t.Errorf("%s: got %+v, %v", name, p, err)
		}
	}
	for _, ref := range []string{"/plugins/tool", "/plugins/tool:", "/plugins/tool:a:b", "/Plugins/tool:1", "/plugins/tool@sha256:x"} {
		var bad *oci.ReferenceError
		if p, err := c.PullPlugin(t.Context(), host+ref, plain()); !errors.As(err, &bad) {
			t.Errorf("%s: got %+v, %v", ref, p, err)
		}
	}
}
