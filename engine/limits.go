package engine

import (
	"cmp"
	"time"

	"github.com/hchart/hchart/engine/internal/eval"
	"github.com/hchart/hchart/engine/internal/funcs"
)

// Limits bound what rendering may use. A zero field means its default, which
// suits charts that are not trusted; no chart of the public corpus comes near.
type Limits struct {
	// Steps bounds evaluated nodes, loop turns included; default 10 million.
	Steps int64
	// IncludeDepth bounds nested includes of one name; default 1000.
	IncludeDepth int
	// TplDepth bounds nested calls of tpl; default 100.
	TplDepth int
	// CallDepth bounds nested calls of include, template and tpl together;
	// default 10,000.
	CallDepth int
	// OutputBytes bounds the output of all files; default 64 MiB.
	OutputBytes int64
	// FileBytes bounds the output of one file; default 10 MiB.
	FileBytes int64
	// Items bounds the lists that functions such as until make; default 1 million.
	Items int
	// StringBytes bounds the strings that functions such as repeat make; default 16 MiB.
	StringBytes int
	// MemoryBytes bounds what the template functions of one render make in all,
	// strings and lists, whether it is still in use or not; default 1 GiB.
	MemoryBytes int64
	// PatternBytes bounds regular expressions; default 1 KiB.
	PatternBytes int
	// CryptoSeconds bounds the time one render spends on key generation and
	// password hashing; default 10.
	CryptoSeconds int
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Steps:         cmp.Or(l.Steps, 10_000_000),
		IncludeDepth:  cmp.Or(l.IncludeDepth, 1000),
		TplDepth:      cmp.Or(l.TplDepth, 100),
		CallDepth:     cmp.Or(l.CallDepth, 10_000),
		OutputBytes:   cmp.Or(l.OutputBytes, 64<<20),
		FileBytes:     cmp.Or(l.FileBytes, 10<<20),
		Items:         cmp.Or(l.Items, 1_000_000),
		StringBytes:   cmp.Or(l.StringBytes, 16<<20),
		MemoryBytes:   cmp.Or(l.MemoryBytes, 1<<30),
		PatternBytes:  cmp.Or(l.PatternBytes, 1<<10),
		CryptoSeconds: cmp.Or(l.CryptoSeconds, 10),
	}
}

func (l Limits) eval() eval.Limits {
	return eval.Limits{
		Steps: l.Steps, IncludeDepth: l.IncludeDepth, TplDepth: l.TplDepth, CallDepth: l.CallDepth,
		OutputBytes: l.OutputBytes, FileBytes: l.FileBytes, StringBytes: l.StringBytes,
		Items: l.Items, MemoryBytes: l.MemoryBytes,
	}
}

func (l Limits) funcs() funcs.Config {
	return funcs.Config{
		Items: l.Items, StringBytes: l.StringBytes, PatternBytes: l.PatternBytes,
		CryptoTime: time.Duration(l.CryptoSeconds) * time.Second,
	}
}
