package funcs

import (
	"time"
)

// crypto are the functions that make keys and hash passwords. Each costs up to
// seconds, so a render has a budget of time for all of them.
func crypto(sp sprigFuncs) map[string]any {
	fns := map[string]any{}
	for _, name := range []string{"bcrypt", "genPrivateKey"} {
		f := from[func(string) string](sp, name)
		fns[name] = func(r *Render, a string) (string, error) {
			return timed(r, func() (string, error) { return f(a), nil })
		}
	}
	htpasswd := from[func(string, string) string](sp, "htpasswd")
	fns["htpasswd"] = func(r *Render, user, password string) (string, error) {
		return timed(r, func() (string, error) { return htpasswd(user, password), nil })
	}
	derive := from[func(uint32, string, string, string, string) string](sp, "derivePassword")
	fns["derivePassword"] = func(r *Render, counter uint32, kind, password, user, site string) (string, error) {
		return timed(r, func() (string, error) { return derive(counter, kind, password, user, site), nil })
	}
	certificates(fns, sp)
	return fns
}

// certificates wraps the functions that return Sprig's certificate, whose type
// is not exported: templates see its fields Cert and Key through reflection.
func certificates(fns map[string]any, sp sprigFuncs) {
	for _, name := range KeyMakers() {
		withKey := name + "WithKey"
		fns[name] = budgetedKey(sp.byName[name], sp.byName[withKey])
		fns[withKey] = budgeted(sp.byName[withKey])
	}
	fns["buildCustomCert"] = budgeted(sp.byName["buildCustomCert"])
}

// timed runs f on the render's budget.
func timed[T any](r *Render, f func() (T, error)) (T, error) {
	var zero T
	if err := r.ctx.Err(); err != nil {
		return zero, err
	}
	if r.crypto.Load() <= 0 {
		return zero, &LimitError{"crypto time", int64(r.bound), "the chart spends too long making keys, certificates or password hashes (nanoseconds)"}
	}
	start := time.Now()
	defer func() { r.crypto.Add(-int64(time.Since(start))) }() // also when f panics
	return f()
}
