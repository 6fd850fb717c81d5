package eval

import "text/template/parse"

// source is the node at a place as text/template/parse writes it, "" if there is
// none. Only messages need it, so it is worth parsing the text again: nodes that
// carried what they were made from would cost every render.
func source(text string, at place) string {
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		return ""
	}
	var found parse.Node
	for _, t := range trees {
		eachNode(t.Root, func(n parse.Node) {
			if placeOf(n) == at {
				found = n
			}
		})
	}
	if found == nil {
		return ""
	}
	return found.String()
}

// eachNode visits the nodes of a tree that are evaluated.
func eachNode(n parse.Node, visit func(parse.Node)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, e := range n.Nodes {
				eachNode(e, visit)
			}
		}
		return
	case *parse.TextNode, *parse.CommentNode:
		return
	}
	visit(n)
	switch n := n.(type) {
	case *parse.ActionNode:
		eachNode(n.Pipe, visit)
	case *parse.IfNode:
		eachInBranch(&n.BranchNode, visit)
	case *parse.WithNode:
		eachInBranch(&n.BranchNode, visit)
	case *parse.RangeNode:
		eachInBranch(&n.BranchNode, visit)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			eachNode(n.Pipe, visit)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			eachNode(c, visit)
		}
	case *parse.CommandNode:
		for _, a := range n.Args {
			eachNode(a, visit)
		}
	case *parse.ChainNode:
		eachNode(n.Node, visit)
	}
}

func eachInBranch(b *parse.BranchNode, visit func(parse.Node)) {
	eachNode(b.Pipe, visit)
	eachNode(b.List, visit)
	eachNode(b.ElseList, visit)
}
