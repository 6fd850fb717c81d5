package eval

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

// tplName is the name of every text given to tpl, as in Helm: include "gotpl"
// inside of one calls the text again.
const tplName = "gotpl"

// tpl is the template function of that name: it evaluates text with data. The
// templates that the text defines are seen by all that it calls, including
// templates of files, and are gone when it ends.
func (r *Run) tpl(text string, data any) (string, error) {
	if r.tplDepth >= r.opts.Limits.TplDepth {
		return "", &LimitError{Limit: "tpl depth", Max: int64(r.opts.Limits.TplDepth), Hint: "tpl evaluates a text that calls tpl again, without end"}
	}
	if !strings.Contains(text, "{{") {
		r.step() // nothing to evaluate
		return strings.ReplaceAll(text, noValue, ""), nil
	}
	u, err := r.opts.Units.get(text, r.opts.Functions)
	if err != nil {
		var pe *ParseError
		if errors.As(err, &pe) {
			err = fmt.Errorf("cannot parse template: line %d of the text: %s", pe.Line, pe.Message)
		}
		return "", err
	}
	outer := r.scope
	scope, t := outer.child(tplName, u)
	r.scope = scope
	r.tplDepth++
	s := r.capture(frame{r.tmpl, r.at, builtinTpl, ""}, t, data)
	r.tplDepth--
	r.scope = outer
	return strings.ReplaceAll(s, noValue, ""), nil
}

// Units keeps compiled texts of tpl so that each is parsed once. It is safe for
// concurrent use and bounded: when the texts add up to more than its size, it
// starts anew.
type Units struct {
	maxBytes int
	mu       sync.Mutex
	bytes    int
	byText   map[string]*Unit
}

// NewUnits returns a cache for texts of maxBytes in all.
func NewUnits(maxBytes int) *Units {
	return &Units{maxBytes: maxBytes, byText: map[string]*Unit{}}
}

func (c *Units) get(text string, funcs *Functions) (*Unit, error) {
	c.mu.Lock()
	u := c.byText[text]
	c.mu.Unlock()
	if u != nil {
		return u, nil
	}
	u, err := Compile(tplName, text, funcs)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes += len(text); c.bytes > c.maxBytes {
		c.bytes, c.byText = len(text), map[string]*Unit{}
	}
	c.byText[text] = u
	return u, nil
}
