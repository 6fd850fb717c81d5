package jsonpath

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// tree is what the cases are about, in the types that values have.
func tree() map[string]any {
	return map[string]any{
		"image": map[string]any{"repository": "nginx", "tag": "1.2", "pull.policy": "Always"},
		"hosts": []any{
			map[string]any{"name": "a", "port": 80.0, "tls": true},
			map[string]any{"name": "b", "port": 8080.0},
			map[string]any{"name": "c", "port": 443.0, "tls": false},
		},
		"list": []any{1.0, 2.5, "three", nil, true},
		"none": nil,
	}
}

var cases = []struct {
	template string
	want     string
	err      string // part of the error's text
}{
	// Text and fields
	{template: "", want: ""},
	{template: "plain text", want: "plain text"},
	{template: "{.image.repository}:{.image.tag}!", want: "nginx:1.2!"},
	{template: "{$.image.tag}", want: "1.2"},
	{template: "{@.image.tag}", want: "1.2"},
	{template: "{ .image.tag }", want: "1.2"},
	{template: "{['image']['tag']}", want: "1.2"},
	{template: `{.image.pull\.policy}`, want: "Always"},
	{template: `{.image['pull\.policy']}`, want: "Always"},
	{template: "{.image}", want: `{"pull.policy":"Always","repository":"nginx","tag":"1.2"}`},
	{template: "{.none}", want: "null"},
	{template: "{.absent}", err: "absent is not found"},
	{template: "{.image.tag.deeper}", err: "deeper is not found"},

	// Literals
	{template: `{"a\tb"}{'c'}`, want: "a\tbc"},
	{template: "{1}{-2}{1.50}{true}", want: "1-21.5true"},

	// Lists
	{template: "{.list}", want: `[1,2.5,"three",null,true]`},
	{template: "{.list[*]}", want: "1 2.5 three null true"},
	{template: "{.list[0]}", want: "1"},
	{template: "{.list[-1]}", want: "true"},
	{template: "{.list[1:3]}", want: "2.5 three"},
	{template: "{.list[:2]}", want: "1 2.5"},
	{template: "{.list[-2:]}", want: "null true"},
	{template: "{.list[0:5:2]}", want: "1 three true"},
	{template: "{.list[1:1]}", want: ""},
	{template: "{.list[0,2]}", want: "1 three"},
	{template: "{['none','list']}", want: `null [1,2.5,"three",null,true]`},
	{template: "{.list[5]}", err: "index 5, length 5"},
	{template: "{.list[-6]}", err: "out of bounds"},
	{template: "{.list[3:1]}", err: "starting index 3 is greater"},
	{template: "{.list[0:2:0]}", err: "step must be > 0"},
	{template: "{.image[0]}", err: "is not array or slice"},
	{template: "{.list[x]}", err: "invalid array index x"},

	// Wildcards and descent
	{template: "{.image.*}", want: "Always nginx 1.2"},
	{template: "{..name}", want: "a b c"},
	{template: "{.hosts..port}", want: "80 8080 443"},
	{template: "{..absent}", err: "absent is not found"},

	// Filters
	{template: `{.hosts[?(@.name=="b")].port}`, want: "8080"},
	{template: `{.hosts[?(@.name!="b")].name}`, want: "a c"},
	{template: `{.hosts[?(@.port>100.0)].name}`, want: "b c"},
	{template: `{.hosts[?(@.port<=443.0)].name}`, want: "a c"},
	{template: `{.hosts[?(@.tls)].name}`, want: "a c"},
	{template: `{.hosts[?(@.name==")")].port}`, want: ""},
	{template: `{.hosts[?(@.port==80)].name}`, err: "incompatible types"},
	{template: `{.hosts[?(@.port===80.0)].name}`, err: "unrecognized filter operator"},
	{template: `{.image[?(@.tag)]}`, err: "cannot be filtered"},

	// Ranges
	{template: `{range .hosts[*]}<{.name} {.port}>{end}.`, want: "<a 80><b 8080><c 443>."},
	{template: `{range .hosts[*]}{range .*}{@},{end};{end}`, want: "a,80,true,;b,8080,;c,443,false,;"},
	{template: `{range .hosts[*]}{.name}`, want: "abc"},
	{template: `{end}`, err: "nothing to end"},

	// Mistakes
	{template: "{.image", err: "unclosed action"},
	{template: "{.list[0", err: "unterminated array"},
	{template: `{"open}`, err: "unterminated quoted string"},
	{template: "{.hosts[?(@.a}", err: "unterminated filter"},
	{template: "{nonsense}", err: "unrecognized identifier nonsense"},
	{template: "{%}", err: "unrecognized character"},
	{template: "{....a}", err: "invalid multiple recursive descent"},
	{template: "{1.2.3}", err: "cannot parse number"},
}

func TestExecute(t *testing.T) {
	for _, c := range cases {
		got, err := run(c.template)
		switch {
		case c.err == "" && err != nil:
			t.Errorf("%s: %v", c.template, err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: the error is %v, want one with %q", c.template, err, c.err)
		case got != c.want:
			t.Errorf("%s: got %q, want %q", c.template, got, c.want)
		}
	}
}

func run(template string) (string, error) {
	t, err := Parse(template)
	if err != nil {
		return "", err
	}
	return t.Execute(tree())
}

func TestErrorTypes(t *testing.T) {
	var syntax *SyntaxError
	if _, err := Parse("{"); !errors.As(err, &syntax) || syntax.Template != "{" {
		t.Errorf("got %v", err)
	}
	var missing *NotFoundError
	if _, err := run("{.nope}"); !errors.As(err, &missing) || missing.Field != "nope" {
		t.Errorf("got %v", err)
	}
}

// FuzzParse looks for templates that crash or make a mess of text without braces.
func FuzzParse(f *testing.F) {
	for _, c := range cases {
		f.Add(c.template)
	}
	f.Fuzz(func(t *testing.T, template string) {
		got, err := run(template)
		if !strings.ContainsAny(template, "{}") && (err != nil || got != template) {
			t.Errorf("%q became %q, %v", template, got, err)
		}
	})
}

func Example() {
	values := map[string]any{"hosts": []any{
		map[string]any{"name": "a.example.com"},
		map[string]any{"name": "b.example.com"},
	}}
	t, err := Parse(`{range .hosts[*]}https://{.name}{"\n"}{end}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := t.Execute(values)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(text)
	// Output:
	// https://a.example.com
	// https://b.example.com
}
