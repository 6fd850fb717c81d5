package eval

import "reflect"

// typeInfo remembers of Go types what templates ask of them over and over: looking
// up a method by its name makes reflect build the method's type each time. It is
// safe for concurrent use, and as small as the number of types there are.
func (t *Functions) typeInfo(typ reflect.Type) *typeInfo {
	if known, ok := t.types.Load(typ); ok {
		return known.(*typeInfo)
	}
	info, _ := t.types.LoadOrStore(typ, newTypeInfo(typ))
	return info.(*typeInfo)
}

type typeInfo struct {
	methods map[string]*method
	// fields are those of a struct without embedded fields, nil for any other
	// type. For the others reflect knows the rules of promotion.
	fields map[string]reflect.StructField
}

// method is a function without a receiver: rv is missing.
type method struct {
	index int
	fn    function
	err   error // its results are not what templates can use
}

func newTypeInfo(typ reflect.Type) *typeInfo {
	info := &typeInfo{}
	if n := typ.NumMethod(); n > 0 && typ.Kind() != reflect.Interface {
		info.methods = make(map[string]*method, n)
		for i := range n {
			m := typ.Method(i)
			info.methods[m.Name] = newMethod(i, m)
		}
	}
	if typ.Kind() == reflect.Struct {
		info.fields = directFields(typ)
	}
	return info
}

func newMethod(index int, m reflect.Method) *method {
	out := &method{index: index, fn: function{name: m.Name, variadic: m.Type.IsVariadic()}}
	out.err = goodResults(m.Name, m.Type)
	for i := 1; i < m.Type.NumIn(); i++ { // after the receiver
		in := m.Type.In(i)
		if out.fn.variadic && i == m.Type.NumIn()-1 {
			in = in.Elem()
		}
		out.fn.params = append(out.fn.params, param{kindOf(in), in})
	}
	return out
}

func directFields(typ reflect.Type) map[string]reflect.StructField {
	fields := make(map[string]reflect.StructField, typ.NumField())
	for i := range typ.NumField() {
		f := typ.Field(i)
		if f.Anonymous {
			return nil
		}
		fields[f.Name] = f
	}
	return fields
}

// field is reflect.Type.FieldByName.
func (info *typeInfo) field(typ reflect.Type, name string) (reflect.StructField, bool) {
	if info.fields == nil {
		return typ.FieldByName(name)
	}
	f, ok := info.fields[name]
	return f, ok
}
