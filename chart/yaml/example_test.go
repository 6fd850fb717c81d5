package yaml_test

import (
	"fmt"

	"github.com/hchart/hchart/chart/yaml"
)

func ExampleEncode() {
	text, err := yaml.Encode(map[string]any{
		"image": map[string]any{"tag": "1.20", "pullPolicy": "Always"},
		"ports": []any{80, "on"},
	})
	fmt.Print(text, err)
	// Output:
	// image:
	//   pullPolicy: Always
	//   tag: "1.20"
	// ports:
	// - 80
	// - "on"
	// <nil>
}

func ExampleDecode() {
	tree, ok := yaml.Decode("image:\n  tag: 1.20 # a number\nports: [80, on]\n")
	fmt.Println(tree, ok)
	_, ok = yaml.Decode("base: &base {a: 1}\n")
	fmt.Println("anchors:", ok)
	// Output:
	// map[image:map[tag:1.2] ports:[80 true]] true
	// anchors: false
}
