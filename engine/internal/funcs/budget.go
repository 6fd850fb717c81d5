package funcs

import "reflect"

// maxKeyBytes bounds the texts that keys are read from. A key of RSA with 16384
// bits takes 13 kB; the time that signing takes grows with the cube of the size.
const maxKeyBytes = 32 << 10

// budgeted gives a function of any type, with a second result of type error, a
// first parameter of type *Render and runs it on that render's budget.
func budgeted(fn any) any { return withBudget(fn, call) }

// budgetedKey is budgeted for a function that makes a key. If the render has
// a supply of keys it is withKey that runs, which takes one as its last argument
// and does the same otherwise.
func budgetedKey(fn, withKey any) any {
	keyed := reflect.ValueOf(withKey)
	return withBudget(fn, func(r *Render, f reflect.Value, args []reflect.Value) ([]reflect.Value, error) {
		key, err := r.key()
		if err != nil {
			return nil, err
		}
		if key == "" {
			return call(r, f, args)
		}
		return call(r, keyed, append(args, reflect.ValueOf(key)))
	})
}

func call(_ *Render, f reflect.Value, args []reflect.Value) ([]reflect.Value, error) {
	if f.Type().IsVariadic() {
		return f.CallSlice(args), nil
	}
	return f.Call(args), nil
}

func withBudget(fn any, run func(*Render, reflect.Value, []reflect.Value) ([]reflect.Value, error)) any {
	f := reflect.ValueOf(fn)
	in := []reflect.Type{reflect.TypeFor[*Render]()}
	for i := range f.Type().NumIn() {
		in = append(in, f.Type().In(i))
	}
	out := []reflect.Type{f.Type().Out(0), f.Type().Out(1)}
	wrapped := reflect.MakeFunc(reflect.FuncOf(in, out, f.Type().IsVariadic()), func(args []reflect.Value) []reflect.Value {
		if err := checkKeys(args[1:]); err != nil {
			return []reflect.Value{reflect.Zero(out[0]), reflect.ValueOf(&err).Elem()}
		}
		r := args[0].Interface().(*Render)
		results, err := timed(r, func() ([]reflect.Value, error) { return run(r, f, args[1:]) })
		if err != nil {
			return []reflect.Value{reflect.Zero(out[0]), reflect.ValueOf(&err).Elem()}
		}
		return results
	})
	return wrapped.Interface()
}

// checkKeys refuses arguments that may be keys and are too long: texts, and the
// field Key of Sprig's certificates.
func checkKeys(args []reflect.Value) error {
	for _, a := range args {
		if a.Kind() == reflect.Struct {
			a = a.FieldByName("Key")
		}
		if a.Kind() == reflect.String && a.Len() > maxKeyBytes {
			return &LimitError{"key bytes", maxKeyBytes, "a key is too long"}
		}
	}
	return nil
}
