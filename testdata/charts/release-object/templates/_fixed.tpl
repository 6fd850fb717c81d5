fixed: text of {{ .Chart.Name }}
