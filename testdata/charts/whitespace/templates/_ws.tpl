
leading text of a partial is never seen
{{ define "ws.doc" }}
apiVersion: v1
kind: Secret
metadata: {name: ws}
{{ end }}
trailing text neither
