package plugin

import (
	"strings"
	"testing"
)

const v1Head = "apiVersion: v1\nname: p\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\n"

// manifests are plugin.yaml files; refused says what is wrong with those that are.
func manifests() []struct{ text, refused string } {
	return []struct{ text, refused string }{
		{"name: p\n", ""},
		{"name: p\nversion: 1.2.3\nusage: \"a\\u001b[2Jb\"\nnonsense: 1\n", ""},
		{"name: p\ncommand: x\nplatformCommand: [{command: y}]\n", "both platformCommand and command"},
		{"name: p\nhooks: {install: x}\nplatformHooks: {install: [{command: y}]}\n", "both platformHooks and hooks"},
		{"name: p\ndownloaders: [{protocols: [s3], command: get}]\n", ""},
		{"name: p\ndownloaders: [{protocols: [s3]}]\n", "downloaders[0].command"},
		{"name: p\ndownloaders: [{command: get}]\n", "downloaders[0].protocols"},
		{"name: p\ndownloaders: [{protocols: [''], command: get}]\n", "is empty"},
		{"name: p\nname: q\n", "already defined"},
		{"name: p\ncommand: x\ncommand: y\n", "already defined"},
		{"name: ../p\n", "invalid name"},
		{"name: \"p\\n\"\n", "invalid name"},
		{"version: 1.0.0\n", "invalid name"},
		{"name: p\nversion: /../\n", "invalid version"},
		{"name: p\nversion: 1.0\n", "invalid version"},
		{"name: p\nversion: 1.0.0/../../x\n", "invalid version"},
		{"", "EOF"},
		{"- a\n", "cannot unmarshal"},
		{"name: [", "did not find"},
		{"apiVersion: v2\nname: p\n", `unknown apiVersion "v2"`},
		{v1Head, ""},
		{v1Head + "config: {usage: p do, shortHelp: 1.10, ignoreFlags: true}\n", ""},
		{v1Head + "config: {nonsense: true}\n", "nonsense"},
		{v1Head + "nonsense: true\n", "nonsense"},
		{v1Head + "runtimeConfig: {nonsense: true}\n", ""},
		{v1Head + "runtimeConfig: {platformCommand: [{command: a, command: b}]}\n", "already defined"},
		{v1Head + "name: q\n", "already defined"},
		{strings.Replace(v1Head, "name: p", "name: a/b", 1), "invalid name"},
		{strings.Replace(v1Head, "1.0.0", "/../", 1), "invalid version"},
		{strings.Replace(v1Head, "version: 1.0.0\n", "", 1), "version is missing"},
		{strings.Replace(v1Head, "type: cli/v1\n", "", 1), "type is missing"},
		{strings.Replace(v1Head, "runtime: subprocess\n", "", 1), "runtime is missing"},
		{strings.Replace(v1Head, "cli/v1", "cli/v9", 1), `unknown type "cli/v9"`},
		{strings.Replace(v1Head, "subprocess", "perl", 1), `unknown runtime "perl"`},
		{strings.Replace(v1Head, "cli/v1", "getter/v1", 1), "config.protocols is missing"},
		{strings.Replace(v1Head, "cli/v1", "getter/v1", 1) + "config: {protocols: [s3]}\n", ""},
		{strings.Replace(v1Head, "cli/v1", "getter/v1", 1) + "config: {protocols: ['']}\n", "is empty"},
		{strings.Replace(v1Head, "cli/v1", "postrenderer/v1", 1), ""},
		{strings.Replace(v1Head, "cli/v1", "postrenderer/v1", 1) + "config: {a: b}\n", "a not found"},
	}
}

func TestParse(t *testing.T) {
	for _, tt := range manifests() {
		m, err := parse([]byte(tt.text))
		switch {
		case tt.refused == "" && err != nil:
			t.Errorf("%q: %v", tt.text, err)
		case tt.refused != "" && (err == nil || !strings.Contains(err.Error(), tt.refused)):
			t.Errorf("%q: got %v, %v; want %q", tt.text, m, err, tt.refused)
		}
	}
}

func TestPrintable(t *testing.T) {
	m, err := parse([]byte("name: p\nusage: \"a\\u001b[2J\\nb\"\ndescription: \"c\\u0007\\nd\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := (&Plugin{meta: *m}).CommandConfig()
	if c.ShortHelp != "a[2J b" || c.LongHelp != "c\nd" {
		t.Errorf("got %+v", c)
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range manifests() {
		f.Add([]byte(tt.text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parse(data)
		if (m == nil) == (err == nil) && m == nil {
			t.Fatal("neither a plugin nor an error")
		}
		if err != nil {
			return
		}
		p := &Plugin{Dir: "/d", meta: *m}
		if name := p.FileName(); strings.ContainsAny(name, "/\\:\x00\n") {
			t.Errorf("file name %q", name)
		}
		if _, err := p.SignedMetadata(); err != nil {
			t.Error(err)
		}
		p.CommandConfig()
	})
}
