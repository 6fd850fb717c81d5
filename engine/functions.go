package engine

import (
	"github.com/hchart/hchart/engine/internal/eval"
)

// chartFunctions are the template functions that depend on the render: all
// others are in internal/funcs, include and tpl in internal/eval.
func chartFunctions() map[string]any {
	return map[string]any{
		"required": required,
		"fail":     fail,
		"lookup":   lookup,
	}
}

// required returns val, or stops with warn when it is nil or "".
func required(c *eval.Call, warn string, val any) (any, error) {
	if s, isString := val.(string); val != nil && (!isString || s != "") {
		return val, nil
	}
	if stopped := abort(c, "required", warn); stopped != nil {
		return nil, stopped
	}
	return "", nil
}

// fail stops with a message.
func fail(c *eval.Call, msg string) (string, error) { return "", abort(c, "fail", msg) }

// abort makes the error that ends the render; linting goes on with a notice.
func abort(c *eval.Call, function, message string) error {
	r := c.Data().(*rendering)
	if !r.in.Lint {
		return &abortError{message}
	}
	r.result.Notices = append(r.result.Notices, Notice{Position: c.Position(), Function: function, Message: message})
	return nil
}

// lookup asks the cluster, where there is one.
func lookup(c *eval.Call, apiVersion, kind, namespace, name string) (map[string]any, error) {
	r := c.Data().(*rendering)
	if r.in.Lookup == nil || r.in.Lint {
		return map[string]any{}, nil
	}
	return r.in.Lookup(r.ctx, apiVersion, kind, namespace, name)
}
