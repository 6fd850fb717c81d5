a partial with text of its own, rendered for {{ .Chart.Name }}
