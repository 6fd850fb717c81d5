package chart

import (
	"bytes"
	"hash/maphash"
	"path"
	"sync"
)

// contents are the bytes of the files that one call of a Load function has read,
// and the tables that came out of them. An umbrella chart vendors the same
// library chart a hundred times: its files are kept and decoded once. It may be
// used by many goroutines.
type contents struct {
	seed maphash.Seed

	mu     sync.Mutex
	files  map[fileKey][]byte // the latest of its kind
	tables map[uint64]decoded
}

// fileKey is what copies of a file have in common before they are read.
type fileKey struct {
	base string
	size int
}

// decoded is a values file; table decodes it when it is first called.
type decoded struct {
	data  []byte
	table func() (map[string]any, error)
}

func newContents() *contents {
	return &contents{seed: maphash.MakeSeed(), files: map[fileKey][]byte{}, tables: map[uint64]decoded{}}
}

// like returns the content of a file that may be the same as one called name
// with size bytes, nil when there is none.
func (c *contents) like(name string, size int64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.files[fileKey{path.Base(name), int(size)}]
}

// add keeps the content of a file and returns it, or what another goroutine has
// kept of the same meanwhile. It has no spare room, since files that share it
// could write over each other's when they grow.
func (c *contents) add(name string, data []byte) []byte {
	data = data[:len(data):len(data)]
	key := fileKey{path.Base(name), len(data)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if have, ok := c.files[key]; ok && bytes.Equal(have, data) {
		return have
	}
	c.files[key] = data
	return data
}

// pick returns known if data is the same, else a copy of data, which lies in a
// buffer that will be used again.
func (c *contents) pick(name string, known, data []byte) []byte {
	if bytes.Equal(known, data) {
		return known
	}
	return c.add(name, bytes.Clone(data))
}

// values is ReadValues, done once for identical bytes. A panic of the decoder
// comes up again in each call, so that it reaches the caller of Load.
func (c *contents) values(data []byte) (map[string]any, error) {
	hash := maphash.Bytes(c.seed, data)
	c.mu.Lock()
	d, ok := c.tables[hash]
	if !ok {
		d = decoded{data, sync.OnceValues(func() (map[string]any, error) { return ReadValues(data) })}
		c.tables[hash] = d
	}
	c.mu.Unlock()
	if !bytes.Equal(d.data, data) {
		return ReadValues(data)
	}
	return d.table()
}
