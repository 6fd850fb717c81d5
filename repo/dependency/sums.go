package dependency

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// sumsFile lies beside the lock. Each line is a digest, the version, the name and the
// repository of an archive:
//
//	sha256:4e0d…  15.2.1  postgresql  https://charts.example.com
const sumsFile = "Chart.lock.sums"

const sumsHeader = "# The digests of the archives that Chart.lock names. Written by hchart dependency update --verify-lock.\n"

// maxSums bounds the file: ten thousand lines.
const maxSums = 4 << 20

// sumKey is what an archive is known by.
type sumKey struct{ repository, name, version string }

// sums are what the file says and what it will say.
type sums struct {
	exists bool // before this run
	record bool // write it
	strict bool // an archive that is not in it is an error

	mu   sync.Mutex
	have map[sumKey]string
	seen map[sumKey]string
}

// parseSums reads the file. Empty lines and those that begin with "#" say nothing.
func parseSums(data []byte) (map[sumKey]string, error) {
	have := map[sumKey]string{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 64<<10)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 4 {
			return nil, fmt.Errorf("%s, line %d: it has %d fields, not digest, version, name and repository", sumsFile, n, len(fields))
		}
		digest, ok := strings.CutPrefix(fields[0], "sha256:")
		if !ok || !isDigest(digest) {
			return nil, fmt.Errorf("%s, line %d: the digest is not sha256: and 64 hexadecimal digits", sumsFile, n)
		}
		key := sumKey{fields[3], fields[2], fields[1]}
		if other, ok := have[key]; ok && other != digest {
			return nil, fmt.Errorf("%s, line %d: %s %s has another digest in a line above", sumsFile, n, key.name, key.version)
		}
		have[key] = digest
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s, line %d: %w", sumsFile, n+1, err)
	}
	return have, nil
}

func isDigest(s string) bool {
	return len(s) == 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'f')
	})
}

// check compares an archive with what the file says of its version.
func (s *sums) check(key sumKey, digest string) error {
	if s == nil || !s.exists && !s.record && !s.strict {
		return nil
	}
	key.repository = strings.ReplaceAll(shown(strings.TrimSuffix(key.repository, "/")), " ", "%20")
	key.version = strings.ReplaceAll(key.version, " ", "")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[key] = digest
	want, known := s.have[key]
	if known && want != digest || !known && s.strict {
		return &ChangedError{Name: key.name, Version: key.version, Repository: key.repository, Want: want, Got: digest}
	}
	return nil
}

// bytes is the file with the archives of this run.
func (s *sums) bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]sumKey, 0, len(s.seen))
	for k := range s.seen {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b sumKey) int {
		return strings.Compare(a.name+"\n"+a.version+"\n"+a.repository, b.name+"\n"+b.version+"\n"+b.repository)
	})
	var b bytes.Buffer
	_, _ = io.WriteString(&b, sumsHeader) // a Buffer takes all
	for _, k := range keys {
		fmt.Fprintf(&b, "sha256:%s  %s  %s  %s\n", s.seen[k], k.version, k.name, k.repository)
	}
	return b.Bytes()
}
