package lint

import (
	"errors"
	"io/fs"
	"path"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/engine"
)

const templatesDir = "templates/"

func templatesDirExists() Rule {
	return Rule{"templates-exist", Warning, "the chart has a directory templates/"}
}
func templatesDirValid() Rule {
	return Rule{"templates-valid", Error, "templates/ is a directory of a chart that can be loaded"}
}
func templatesRender() Rule {
	return Rule{"templates-render", Error, "the templates render with the values"}
}

// templates is the third stage.
func (l *linter) templates() {
	isDir, err := l.source.isDir(templatesDir)
	if errors.Is(err, fs.ErrNotExist) {
		l.add(templatesDirExists(), templatesDir, errors.New("directory does not exist"))
		return
	}
	if err == nil && !isDir {
		err = errors.New("not a directory")
	}
	if !l.add(templatesDirValid(), templatesDir, err) {
		return
	}
	ch, ok := l.load(templatesDirValid(), templatesDir, "")
	if !ok {
		return
	}
	rendered, ok := l.render(ch)
	if !ok {
		return
	}
	for _, f := range ch.Templates {
		if !l.template(f, rendered[path.Join(ch.Name(), f.Name)]) {
			return
		}
	}
}

// render renders the templates as they are when linting, to a map by path.
func (l *linter) render(ch *chart.Chart) (map[string]string, bool) {
	composed, err := values.Compose(l.ctx, ch, l.user, values.ComposeOptions{
		SkipSchemaValidation: l.opts.SkipSchemaValidation,
		Twice:                true,
	})
	if err != nil {
		// Other faults of the values end the stage without a word, as in Helm.
		if misfit, ok := errors.AsType[*values.SchemaError](err); ok {
			l.add(templatesRender(), templatesDir, misfit)
		}
		return nil, false
	}
	l.report.Warnings = append(l.report.Warnings, composed.Warnings...)
	program, err := engine.Compile(composed.Chart, engine.CompileOptions{Limits: l.opts.Limits})
	if !l.add(templatesRender(), templatesDir, err) {
		return nil, false
	}
	result, err := program.Render(l.ctx, engine.Input{
		Values:       composed.Values,
		Release:      engine.Release{Name: "test-release", Namespace: l.opts.Namespace},
		Capabilities: l.capabilities(),
		Lint:         true,
	})
	if !l.add(templatesRender(), templatesDir, err) {
		return nil, false
	}
	l.report.Notices = append(l.report.Notices, result.Notices...)
	return result.Files, true
}

func (l *linter) capabilities() *engine.Capabilities {
	caps := engine.DefaultCapabilities()
	if l.opts.KubeVersion != nil {
		caps.KubeVersion = *l.opts.KubeVersion
	}
	return caps
}
