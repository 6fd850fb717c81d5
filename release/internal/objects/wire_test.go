package objects

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/release"
)

// message writes a message of protobuf.
type message []byte

func (m *message) bytes(number int, value []byte) {
	*m = binary.AppendUvarint(*m, uint64(number)<<3|2)
	*m = append(binary.AppendUvarint(*m, uint64(len(value))), value...)
}

func (m *message) text(number int, value string) { m.bytes(number, []byte(value)) }

func (m *message) number(number int, value uint64) {
	*m = binary.AppendUvarint(binary.AppendUvarint(*m, uint64(number)<<3), value)
}

func (m *message) entry(number int, key string, value []byte) {
	var e message
	e.text(1, key)
	e.bytes(2, value)
	m.bytes(number, e)
}

// wireList is a list of fakeAPI as a server sends it when it is asked for protobuf.
func wireList(list map[string]any, isBinary bool) []byte {
	var meta, items message
	meta.text(2, "7") // the version
	if token, ok := list["metadata"].(map[string]any)["continue"].(string); ok {
		meta.text(3, token)
	}
	meta.number(4, 1) // how many are left
	items.bytes(1, meta)
	for _, item := range list["items"].([]any) {
		items.bytes(2, wireText(item.(object), isBinary))
	}
	var kind, whole message
	kind.text(1, "v1")
	kind.text(2, "SecretList")
	whole.bytes(1, kind)
	whole.bytes(2, items)
	whole.text(3, "")
	whole.text(4, "")
	return append([]byte(envelope), whole...)
}

func wireText(obj object, isBinary bool) []byte {
	var m, meta, created message
	meta.text(1, obj.Metadata.Name)
	meta.text(2, "")
	meta.text(3, obj.Metadata.Namespace)
	meta.text(5, obj.Metadata.UID)
	meta.text(6, obj.Metadata.ResourceVersion)
	meta.number(7, 0)
	created.number(1, 1_700_000_000)
	created.number(2, 0)
	meta.bytes(8, created)
	for key, value := range obj.Metadata.Labels {
		meta.entry(11, key, []byte(value))
	}
	for _, o := range obj.Metadata.OwnerReferences {
		var owner message
		owner.text(1, o.Kind)
		owner.text(3, o.Name)
		owner.text(4, o.UID)
		owner.text(5, o.APIVersion)
		owner.number(6, 1)
		meta.bytes(13, owner)
	}
	m.bytes(1, meta)
	for key, value := range obj.Data {
		data := []byte(value)
		if isBinary {
			data, _ = base64.StdEncoding.DecodeString(value)
		}
		m.entry(2, key, data)
	}
	if isBinary {
		m.text(3, obj.Type)
	}
	return m
}

// TestWire: records are the same, and asked for in as many pages, whichever way they come.
func TestWire(t *testing.T) {
	for _, kind := range []Kind{{Name: "Secret", Resource: "secrets", Type: "helm.sh/release.v1", Binary: true}, {Name: "ConfigMap", Resource: "configmaps"}} {
		t.Run(kind.Name, func(t *testing.T) {
			api := newFakeAPI(kind)
			s := New(api, kind, "here")
			s.partBytes = 4096
			for i := range 2*pageOfRecords + 3 {
				r := rel(1, release.Deployed)
				r.Name = fmt.Sprintf("web-%03d", i)
				if i == 5 {
					r.Manifest = noise(10_000) // in several objects
				}
				if _, err := s.Create(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			var seen [2][]string
			for i := range seen {
				api.wire = i == 1
				api.requests()
				err := s.Records(t.Context(), release.Query{}, release.RecordOptions{}, func(r *release.Record) error {
					seen[i] = append(seen[i], fmt.Sprintf("%s %s %d %v %s", r.Version, r.Release.Name, r.Release.Version, r.Labels, r.Release.Manifest))
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if n := strings.Count(api.requests(), "GET"); n != 3+3 {
					t.Errorf("%d requests, want 3 for the pages and one for each of 3 parts", n)
				}
			}
			if len(seen[0]) != 2*pageOfRecords+3 || !slices.Equal(seen[0], seen[1]) {
				t.Errorf("%d records as JSON, %d as protobuf, which differ", len(seen[0]), len(seen[1]))
			}
		})
	}
}

// FuzzReadWire looks for answers that make the reader panic or never end.
func FuzzReadWire(f *testing.F) {
	obj := object{Metadata: metadata{Name: "a", Labels: map[string]string{"k": "v"}, OwnerReferences: []ownerReference{{Kind: "K"}}}, Data: map[string]string{dataKey: "eA==", "x": "eA=="}}
	text := wireList(map[string]any{"metadata": map[string]any{"continue": "c"}, "items": []any{obj, obj}}, true)
	f.Add(text)
	for i := range text {
		f.Add(text[:i])
		f.Add(append(slices.Clone(text[:i]), 0xff))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		n, tokens := 0, 0
		err := readWire(bytes.NewReader(text), true, func(string) { tokens++ }, func(*object) error { n++; return nil })
		if err == nil && !bytes.HasPrefix(text, []byte(envelope)) {
			t.Errorf("%q was read", text)
		}
		if n > len(text) || tokens > len(text) {
			t.Errorf("%q has %d objects", text, n)
		}
	})
}

// TestWireCut: a list that ends early is an error wherever it ends.
func TestWireCut(t *testing.T) {
	obj := object{Metadata: metadata{Name: "a"}, Data: map[string]string{dataKey: "eA=="}}
	text := wireList(map[string]any{"metadata": map[string]any{}, "items": []any{obj, obj}}, true)
	end := len(text) - 4 // the encoding and the type of the content, which nobody reads
	for i := range end {
		err := readWire(bytes.NewReader(text[:i]), true, func(string) {}, func(*object) error { return nil })
		if err == nil {
			t.Errorf("cut after %d of %d bytes: no error", i, end)
		}
	}
	if err := readWire(bytes.NewReader(text), true, func(string) {}, func(*object) error { return nil }); err != nil {
		t.Error(err)
	}
}
