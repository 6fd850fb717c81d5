package quick

import "strings"

// Matcher is a compiled regular expression.
type Matcher interface{ MatchString(s string) bool }

// Limits are what package values allows a schema. What comes near them is left to
// the library, which then says so.
type Limits struct {
	Bytes  int // of the text
	Tables int // objects in it
	Places int // objects times references and identifiers
	// Patterns is for the sizes of all regular expressions together.
	Patterns int
	// Compile compiles a regular expression and says how large it is.
	Compile func(text string) (expr Matcher, size int, err error)
}

// Schema is a schema that has been read, and that the library would accept. It
// is not safe for use by several goroutines.
type Schema struct {
	draft draft
	root  *node
}

// draft is a version of JSON schema: 4, 6, 7, 2019 or 2020.
type draft int

// node is a schema in a schema. Most have few rules: those of one kind of value
// have a struct of their own.
type node struct {
	// certain is 1 for the schema that everything meets, -1 for the one that
	// nothing does.
	certain int8
	// formatted says that strings have to be of a format.
	formatted bool
	types     kind // 0 for any
	enum      *value
	constant  *value
	ref       *node

	tables *tableRules
	lists  *listRules
	texts  *textRules
	nums   *numberRules
	logic  *logicRules
}

type tableRules struct {
	properties []property
	// index is properties by name, made when it is needed.
	index      map[string]*node
	patterns   []pattern
	additional *node
	required   []string
	least      int
	most       int // -1 for any number
}

type property struct {
	name string
	node *node
}

type pattern struct {
	expr Matcher
	node *node
}

type listRules struct {
	prefix []*node
	items  *node
	unique bool
	least  int
	most   int // -1 for any number
}

type textRules struct {
	expr  Matcher
	least int
	most  int // -1 for any number
}

type numberRules struct {
	least, above, most, below, factor *bound
}

type logicRules struct {
	all, any, one           []*node
	not, test, then, orElse *node
}

// Read reads a schema. It returns nil when it is not sure that the library would
// accept it, or does not know all that is in it.
func Read(in []byte, limits Limits) *Schema {
	if len(in) > limits.Bytes {
		return nil
	}
	json := reader{in: string(in)}
	root, ok := json.parse()
	if !ok || root.kind != table || json.tables > limits.Tables || json.tables*json.places > limits.Places {
		return nil
	}
	b := builder{root: root, maxNodes: 2 * limits.Tables, compile: limits.Compile, patterns: limits.Patterns, known: map[string]expression{}}
	if b.draft, ok = draftOf(root.at("$schema")); !ok {
		return nil
	}
	n := b.schema(root)
	b.resolve()
	if b.unsure {
		return nil
	}
	return &Schema{draft: b.draft, root: n}
}

// draftOf reads the keyword $schema. The newest draft is the default.
func draftOf(v *value) (draft, bool) {
	if v == nil {
		return 2020, true
	}
	url, ok := strings.CutPrefix(strings.TrimSuffix(v.text, "#"), "http")
	if v.kind != text || !ok {
		return 0, false
	}
	switch strings.TrimPrefix(url, "s") {
	case "://json-schema.org/schema", "://json-schema.org/draft/2020-12/schema":
		return 2020, true
	case "://json-schema.org/draft/2019-09/schema":
		return 2019, true
	case "://json-schema.org/draft-07/schema":
		return 7, true
	case "://json-schema.org/draft-06/schema":
		return 6, true
	case "://json-schema.org/draft-04/schema":
		return 4, true
	}
	return 0, false
}

// builder makes nodes of JSON.
type builder struct {
	draft   draft
	root    *value
	compile func(string) (Matcher, int, error)
	unsure  bool
	refs    []reference
	// nodes are how many were made: one and another for what is in it when
	// references lead there.
	nodes, maxNodes int
	// patterns is what is left for the sizes of expressions. The library, whose
	// bound it is, compiles one as often as it occurs.
	patterns int
	known    map[string]expression
}

type expression struct {
	Matcher
	size int
}

type reference struct {
	from *node
	to   string
}

// doubt gives up, unless it is fine.
func (b *builder) doubt(fine bool) { b.unsure = b.unsure || !fine }

// schema reads v as a schema. It returns a node in any case.
func (b *builder) schema(v *value) *node {
	n := &node{}
	v.node = n
	b.nodes++
	b.doubt(b.nodes <= b.maxNodes)
	if b.unsure {
		return n
	}
	switch v.kind {
	case boolean:
		b.doubt(b.draft > 4)
		n.certain = -1
		if v.yes {
			n.certain = 1
		}
	case table:
		if len(v.members) == 0 {
			n.certain = 1
		}
		for i := range v.members {
			b.keyword(n, v, v.members[i].key, &v.members[i].value)
		}
		if b.draft < 2019 && v.at("$ref") != nil {
			// What stands beside a reference does not count, for the library
			// but for one keyword.
			n.types, n.enum, n.formatted = 0, nil, false
		}
	default:
		b.doubt(false)
	}
	return n
}

// schemas reads a list of schemas that must not be empty.
func (b *builder) schemas(v *value) []*node {
	b.doubt(v.kind == list && len(v.members) > 0)
	nodes := make([]*node, len(v.members))
	for i := range v.members {
		nodes[i] = b.schema(&v.members[i].value)
	}
	return nodes
}

// properties reads a table of schemas.
func (b *builder) properties(v *value) []property {
	b.doubt(v.kind == table)
	out := make([]property, len(v.members))
	for i := range v.members {
		out[i] = property{v.members[i].key, b.schema(&v.members[i].value)}
	}
	return out
}

// expression compiles a regular expression.
func (b *builder) expression(text string) Matcher {
	known, ok := b.known[text]
	if !ok {
		expr, size, err := b.compile(text)
		b.doubt(err == nil)
		known = expression{expr, size}
		b.known[text] = known
	}
	b.patterns -= known.size
	b.doubt(b.patterns >= 0)
	return known.Matcher
}

// resolve looks up what references refer to, all of it in the same text. In
// places where no schema is expected the library makes one of what is there.
func (b *builder) resolve() {
	found := map[string]*node{}
	for i := 0; i < len(b.refs) && !b.unsure; i++ { // more may come while it runs
		ref := b.refs[i]
		if found[ref.to] == nil {
			v := b.find(ref.to)
			if v == nil {
				b.doubt(false)
				return
			}
			if v.node == nil {
				b.schema(v)
			}
			found[ref.to] = v.node
		}
		ref.from.ref = found[ref.to]
	}
}

// find returns what a pointer ("#/$defs/a") leads to, nil if nothing.
func (b *builder) find(ref string) *value {
	v := b.root
	if ref == "#" {
		return v
	}
	path, ok := strings.CutPrefix(ref, "#/")
	if !ok || strings.ContainsFunc(path, isOdd) {
		return nil
	}
	for key := range strings.SplitSeq(path, "/") {
		// An index into a list is left to the library.
		if v = v.at(key); v == nil {
			return nil
		}
	}
	return v
}

// isOdd reports whether a rune may mean something else than itself in a reference.
func isOdd(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-$/", r)
}
