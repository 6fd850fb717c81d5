package manifest

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// Parse splits rendered files (path → text) into documents and orders them.
// Files of white space alone and files whose names begin with an underscore are
// passed over. NOTES.txt must have been taken out by [Notes] before.
//
// The error is a [*ParseError] for the first document that is not YAML or whose
// head has the wrong form. The set returned with it holds, unsorted, what was
// found before the fault: Helm shows the hooks among it when debugging.
func Parse(files map[string]string) (*Set, error) {
	set := &Set{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		if err := set.addFile(name, files[name]); err != nil {
			return set, err
		}
	}
	installOrder.Sort(set.Documents)
	installOrder.SortHooks(set.Hooks)
	return set, nil
}

// addFile appends the documents of one rendered file.
func (s *Set) addFile(name, text string) error {
	index := 0
	for offset, content := range split(text) {
		h, err := decodeHead(content)
		if err != nil {
			return newParseError(name, text, span{offset, offset + len(content)}, index, err)
		}
		s.addDocument(Document{
			Path:        name,
			Offset:      offset,
			Content:     content,
			APIVersion:  h.apiVersion,
			Kind:        h.kind,
			Name:        h.name,
			Annotations: h.annotations,
		})
		index++
	}
	return nil
}

// addDocument puts the document where it belongs.
func (s *Set) addDocument(doc Document) {
	names, isHook := doc.Annotations[HookAnnotation]
	if !isHook {
		s.Documents = append(s.Documents, doc)
		return
	}
	hook, ok := newHook(doc, names)
	if !ok {
		s.Skipped = append(s.Skipped, doc)
		return
	}
	s.Hooks = append(s.Hooks, hook)
}
