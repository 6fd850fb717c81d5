package manifest

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// notesSuffix ends the names of notes; "templates/MY-NOTES.txt" has it too.
const notesSuffix = "NOTES.txt"

// Notes takes all notes, the files whose names end in NOTES.txt, out of files
// and returns the text to show: that of root/templates/NOTES.txt, where root is
// the name of the chart, or with subcharts that of all of them, sorted by path
// (Helm's order is random) and separated by a newline.
func Notes(files map[string]string, root string, subcharts bool) string {
	own := path.Join(root, "templates", notesSuffix)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, notesSuffix) {
			continue
		}
		if subcharts || name == own {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(files[name])
		}
		delete(files, name)
	}
	return b.String()
}
