package manifest

// Glance is what can be told of a document without decoding it.
type Glance struct {
	APIVersion, Kind, Name, Namespace string
	// Empty is true where there is nothing but comments.
	Empty bool
}

// GlanceAt reads a document that is written in the plain way of nearly all
// manifests, some twenty times faster than a decoder. It reports false when it
// is not sure, of broken YAML too. A document that it takes is YAML, and the
// fields of the Glance, if they are there, are strings.
func GlanceAt(content string) (Glance, bool) {
	o := outline{levels: make([]level, 0, 16)}
	if !o.read(content) {
		return Glance{}, false
	}
	return Glance{
		APIVersion: o.head.apiVersion, Kind: o.head.kind, Name: o.head.name, Namespace: o.namespace,
		Empty: len(o.levels) == 0,
	}, true
}
