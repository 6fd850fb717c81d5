fixed: text of the child {{ .Template.Name }}
