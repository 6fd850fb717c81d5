package repo

// Access is how one repository or registry is talked to. The zero value is anonymous.
type Access struct {
	// Username and Password are sent if both are set, to the scheme, host and port of the
	// repository only.
	Username, Password string
	// PassCredentials sends them to whatever host an index or a redirect names.
	PassCredentials bool
	// CertFile and KeyFile are a client certificate, CAFile the authorities that the
	// server's certificate is checked against in place of the system's; PEM files.
	CertFile, KeyFile, CAFile string
	// InsecureSkipTLSVerify does not check the server's certificate.
	InsecureSkipTLSVerify bool
	// PlainHTTP talks to a registry without TLS. Repositories say so by their URL.
	PlainHTTP bool
}

// Home is where the files are that hchart and Helm share.
type Home struct {
	// Config is repositories.yaml (HELM_REPOSITORY_CONFIG).
	Config string
	// Cache is the directory of indexes, NAME-index.yaml and NAME-charts.txt
	// (HELM_REPOSITORY_CACHE).
	Cache string
	// Content is the directory of archives, XX/DIGEST.chart and XX/DIGEST.prov with the
	// SHA-256 of the archive in hexadecimal digits (HELM_CONTENT_CACHE).
	Content string
}
