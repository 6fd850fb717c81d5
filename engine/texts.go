package engine

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/engine/internal/eval"
)

// texts are the distinct texts among templates: an umbrella vendors one library
// a hundred times.
type texts struct {
	index map[string]int
	names []string // of the first template with the text
	texts []string
	units []compiled
	bytes int
}

func newTexts(templates []template) *texts {
	ts := &texts{index: make(map[string]int, len(templates))}
	for _, t := range templates {
		text := textOf(t.file)
		if _, ok := ts.index[text]; ok {
			continue
		}
		ts.index[text] = len(ts.texts)
		ts.texts, ts.names = append(ts.texts, text), append(ts.names, t.name)
		ts.bytes += len(text)
	}
	ts.units = make([]compiled, len(ts.texts))
	return ts
}

func (ts *texts) of(t template) compiled { return ts.units[ts.index[textOf(t.file)]] }

func textOf(f *chart.File) string { return shared(f.Data) }

// shared is the content of a file as a string. It shares the bytes, which nobody
// changes (see chart.Chart): copies would be as much again as the chart itself.
func shared(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

// A second goroutine is worth its start for some dozen templates.
const (
	minParallelBytes = 64 << 10
	maxCompilers     = 8
)

// compile compiles the texts, on several goroutines when there are many. It
// returns when all of them are done, and panics where the caller can recover.
func (ts *texts) compile(funcs *eval.Functions) {
	var next atomic.Int64
	var panicked atomic.Pointer[any]
	work := func() {
		defer func() {
			if p := recover(); p != nil {
				panicked.Store(&p)
			}
		}()
		for i := int(next.Add(1)) - 1; i < len(ts.texts); i = int(next.Add(1)) - 1 {
			ts.units[i].unit, ts.units[i].err = eval.Compile(ts.names[i], ts.texts[i], funcs)
		}
	}
	var others sync.WaitGroup
	if ts.bytes >= minParallelBytes {
		for range min(runtime.GOMAXPROCS(0), maxCompilers) - 1 {
			others.Go(work)
		}
	}
	work()
	others.Wait()
	if p := panicked.Load(); p != nil {
		panic(*p)
	}
}
