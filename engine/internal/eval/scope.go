package eval

// Template is a named body in a scope.
type Template struct {
	Name string
	// File is the name of the unit the template was defined in.
	File string
	unit *Unit
	body []stmt
}

// Scope maps names to templates. A scope with a parent sees the parent's
// templates where it has none of its own; so tpl gives the definitions in its
// text to everything it calls and leaves nothing behind.
type Scope struct {
	parent *Scope
	byName map[string]*Template
	text   *Template // of a scope for tpl: what the name of the text means there
}

// NewScope returns an empty scope.
func NewScope() *Scope { return &Scope{byName: map[string]*Template{}} }

// Add puts the unit's templates into the scope, its own body under name. A
// template replaces one of the same name unless it holds nothing but space and
// comments (text/template, Template.Parse).
func (sc *Scope) Add(name string, u *Unit) {
	for i := range u.defs {
		sc.add(u.defs[i].name, name, u, &u.defs[i])
	}
	sc.add(name, name, u, &u.main)
}

func (sc *Scope) add(name, file string, u *Unit, d *definition) {
	if d.empty && sc.Lookup(name) != nil {
		return
	}
	sc.byName[name] = &Template{Name: name, File: file, unit: u, body: d.body}
}

// Lookup returns the template of that name, nil when there is none.
func (sc *Scope) Lookup(name string) *Template {
	for s := sc; s != nil; s = s.parent {
		if s.text != nil && name == s.text.Name {
			return s.text
		}
		if t := s.byName[name]; t != nil {
			return t
		}
	}
	return nil
}

// child returns a scope for a text of tpl. The text's own name always means
// the text itself, even when that is empty.
func (sc *Scope) child(name string, u *Unit) (*Scope, *Template) {
	c := &Scope{parent: sc}
	if len(u.defs) > 0 {
		c.byName = make(map[string]*Template, len(u.defs))
		for i := range u.defs {
			c.add(u.defs[i].name, name, u, &u.defs[i])
		}
	}
	c.text = &Template{Name: name, File: name, unit: u, body: u.main.body}
	return c, c.text
}
