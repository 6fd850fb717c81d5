package eval

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// generator writes random templates out of the whole language. They are valid
// more often than mutated texts are, and nest deeper than the table does.
type generator struct {
	*rand.Rand
	vars []string // in scope
}

func (g *generator) pick(from ...string) string { return from[g.IntN(len(from))] }

func (g *generator) operand(depth int) string {
	if len(g.vars) > 0 && g.IntN(4) == 0 {
		return g.pick(g.vars...) + g.pick("", "", "", "", "", "", ".k", ".b.c")
	}
	if depth > 0 && g.IntN(3) == 0 {
		return "(" + g.pipeline(depth-1) + ")" + g.pick("", "", "", "", "", "", "", ".x", ".k.n")
	}
	return g.pick(".", "$", ".s", ".n", ".f", ".t", ".nil", ".a", ".list", ".m", ".m.b", ".m.b.c", ".m.n", ".named.k", ".named.m", ".strs", ".ints", ".im", ".st.In", ".pst.In", ".nilptr",
		"nil", "0", "1", "-2", "1.5", "`q`", "true", "false", "$.m.a", "$.list", "$.s")
}

func (g *generator) call(depth int) string {
	o := func() string { return g.operand(depth) }
	switch g.IntN(12) {
	case 0:
		if g.IntN(4) > 0 { // of one type: most other comparisons fail
			return g.pick("eq", "ne", "lt", "le", "gt", "ge") + " (print " + o() + ") (print " + o() + ")"
		}
		return g.pick("eq", "ne", "lt", "le", "gt", "ge") + " " + o() + " " + o()
	case 1:
		return g.pick("and", "or") + " " + o() + " " + o() + " " + o()
	case 2:
		return g.pick("not", "print", "printf `%v`", "quote", "toJson", "kindOf", "empty", "anyof", "html", "list", "print") + " " + o()
	case 3:
		return "index " + g.pick("$.list 1", "$.m `b` `c`", "$.m "+"(print "+o()+")", "$.im 2", o()+" "+o())
	case 4:
		return "default " + o() + " " + o()
	case 5:
		return "dict `k` " + o() + " `x` " + o()
	case 6:
		return "list " + o() + " " + o()
	case 7:
		return "ternary " + o() + " " + o() + " (empty " + o() + ")"
	case 8:
		return "include `inc` " + g.pick("$.m", "$.named", "(dict `k` "+o()+")", o())
	case 9:
		return "tpl `{{ . }}{{ .k }}` " + g.pick("$.m", "(dict `k` "+o()+")", o())
	case 10:
		return "hasKey " + g.pick("$.m", "$.named", o()) + " `k`"
	}
	return o()
}

func (g *generator) pipeline(depth int) string {
	s := g.call(depth)
	for g.IntN(4) == 0 {
		s += " | " + g.pick("quote", "default `d`", "print | len", "print", "anyof", "and 1", "or 0", "not", "list", "toJson")
	}
	return s
}

func (g *generator) body(depth int) string {
	var b strings.Builder
	mark := len(g.vars)
	for range 1 + g.IntN(3) {
		b.WriteString(g.statement(depth))
	}
	g.vars = g.vars[:mark]
	return b.String()
}

func (g *generator) statement(depth int) string {
	trim := g.pick("{{ ", "{{ ", "{{- ")
	if depth == 0 {
		return g.pick("text ", " \n", trim+g.pipeline(1)+" }}")
	}
	switch g.IntN(8) {
	case 0:
		v := fmt.Sprintf("$v%d", len(g.vars))
		p := g.pipeline(depth)
		g.vars = append(g.vars, v)
		return trim + v + " := " + p + " }}"
	case 1:
		if len(g.vars) > 0 {
			return trim + g.pick(g.vars...) + " = " + g.pipeline(depth) + " }}"
		}
	case 2:
		return trim + "if " + g.pipeline(depth) + " }}" + g.body(depth-1) + g.pick("", "{{ else if "+g.pipeline(1)+" }}"+g.body(0)) + g.pick("", "{{ else }}"+g.body(depth-1)) + "{{ end }}"
	case 3:
		return trim + "with " + g.pipeline(depth) + " }}" + g.body(depth-1) + g.pick("", "{{ else with "+g.pipeline(1)+" }}"+g.body(0), "{{ else }}"+g.body(depth-1)) + "{{ end }}"
	case 4:
		p := g.pipeline(depth)
		mark := len(g.vars)
		head := g.pick("", "$i, $e := ", "$e := ")
		if strings.Contains(head, "$e") {
			g.vars = append(g.vars, "$e")
		}
		s := trim + "range " + head + g.pick("$.list", "$.m", "$.strs", "3", "list "+g.operand(1), p) + " }}" + g.body(depth-1) + g.pick("", "{{ if "+g.pipeline(1)+" }}{{ "+g.pick("break", "continue")+" }}{{ end }}"+g.body(0))
		g.vars = g.vars[:mark]
		return s + g.pick("", "{{ else }}"+g.body(0)) + "{{ end }}"
	case 5:
		return trim + "template `tmp` " + g.pick("$.m", "(dict `b` "+g.operand(depth)+")", g.operand(depth)) + " }}"
	}
	return trim + g.pipeline(depth) + g.pick(" }}", " }}", " -}}")
}

// template is a body with two definitions it may call.
func (g *generator) template() string {
	head := "{{ define `inc` }}[{{ . }}{{ .k }}]{{ end }}{{ define `tmp` }}<{{ .b }}{{ $ }}>{{ end }}"
	return head + g.body(2)
}

// TestGeneratedTemplates compares random templates; the seed is fixed, so that
// a failure can be repeated. FuzzGenerated goes on from other seeds.
func TestGeneratedTemplates(t *testing.T) {
	funcs := oracleFuncs()
	for seed := range uint64(8000) {
		g := &generator{Rand: rand.New(rand.NewPCG(1, seed))}
		compare(t, funcs, g.template(), seed%4 == 0)
	}
}

// FuzzGenerated compares templates generated from a seed.
func FuzzGenerated(f *testing.F) {
	for seed := range uint64(10) {
		f.Add(seed, seed)
	}
	funcs := oracleFuncs()
	f.Fuzz(func(t *testing.T, a, b uint64) {
		g := &generator{Rand: rand.New(rand.NewPCG(a, b))}
		compare(t, funcs, g.template(), a%4 == 0)
	})
}
