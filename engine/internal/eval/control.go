package eval

// branch is {{if}} or {{with}}, whose word has been read.
func (p *parser) branch(word token) stmt {
	st := p.branchStmts.one()
	st.with = word == tokWith
	kind := kindIf
	if st.with {
		kind = kindWith
	}
	mark := len(p.vars)
	p.next()
	st.place = p.here(kind)
	p.pipeline(&st.pipe, tokClose, false)
	st.list, st.elseList = p.alternatives(word)
	p.vars = p.vars[:mark]
	return st
}

// alternatives reads the two lists of a control structure and its end.
func (p *parser) alternatives(word token) (list, elseList []stmt) {
	list, end := p.list(false)
	if end == tokEnd {
		return list, nil
	}
	if end != tokElse {
		p.giveUp()
	}
	p.next()
	switch {
	case p.tok == tokClose:
		if elseList, end = p.list(false); end != tokEnd {
			p.giveUp()
		}
	case p.tok == word && word != tokRange: // {{else if}}, {{else with}}: one {{end}} for both
		p.enter()
		elseList = p.stmtLists.some(1)
		elseList[0] = p.branch(word)
		p.leave()
	default:
		p.giveUp()
	}
	return list, elseList
}

// loop is {{range}}, whose word has been read.
func (p *parser) loop() stmt {
	st := &rangeStmt{}
	mark := len(p.vars)
	p.next()
	st.place = p.here(kindRange)
	p.pipeline(&st.pipe, tokClose, true)
	p.ranges++
	list, end := p.list(false)
	p.ranges--
	st.list = list
	switch end {
	case tokEnd:
	case tokElse:
		p.expect(tokClose)
		if st.elseList, end = p.list(false); end != tokEnd {
			p.giveUp()
		}
	default:
		p.giveUp()
	}
	p.vars = p.vars[:mark]
	return st
}

func (p *parser) jump(s signal) {
	if p.ranges == 0 || p.funcs.lookup(p.word()) != nil { // a function of that name hides the word
		p.giveUp()
	}
	p.expect(tokClose)
	p.stmts = append(p.stmts, &jumpStmt{s})
}

// call is {{template}}, whose word has been read.
func (p *parser) call() stmt {
	p.expect(tokString)
	st := &callStmt{place: p.here(kindTemplate), name: p.str}
	if p.next(); p.tok != tokClose {
		st.pipe = p.pipelines.one()
		p.pipeline(st.pipe, tokClose, false)
	}
	return st
}

// block is {{block}}, whose word has been read: a definition and a call of it.
func (p *parser) block() stmt {
	p.expect(tokString)
	st := &callStmt{place: p.here(kindTemplate), name: p.str, pipe: p.pipelines.one()}
	p.next()
	p.pipeline(st.pipe, tokClose, false)
	p.body(st.name)
	return st
}

// definition is {{define}}, whose word has been read.
func (p *parser) definition() {
	p.expect(tokString)
	name := p.str
	p.expect(tokClose)
	p.body(name)
}

// body reads the body of a definition, which sees none of the variables and
// ranges around it.
func (p *parser) body(name string) {
	base, ranges := p.base, p.ranges
	p.base, p.ranges = len(p.vars), 0
	p.vars = append(p.vars, "$")
	body, end := p.list(false)
	if end != tokEnd {
		p.giveUp()
	}
	p.vars = p.vars[:p.base]
	p.base, p.ranges = base, ranges
	p.define(definition{name: name, body: body, empty: isEmpty(body)})
}
