package manifest

import "strings"

// discretion hides, in documents of any kind, what looks like a secret: the
// values of keys such as password, the value of an environment variable with
// such a name, and private keys.
type discretion struct {
	inKey bool // between the first and the last line of a private key
	named bool // the line before named something that looks secret
}

// line returns the line as it may be shown. Lines must come in order.
func (d *discretion) line(line string) string {
	body := strings.TrimLeft(line, " \t")
	lead := line[:len(line)-len(body)]
	if item, ok := strings.CutPrefix(body, "- "); ok {
		lead, body = lead+"- ", item
	}
	named := d.named
	d.named = false
	switch {
	case strings.Contains(body, "PRIVATE KEY-----"):
		d.inKey = strings.Contains(body, "-----BEGIN")
		return lead + masked
	case d.inKey:
		return lead + masked
	}
	key, value, ok := strings.Cut(body, ":")
	key = strings.Trim(key, `"' `)
	switch {
	case !ok:
		return line
	case key == "name":
		d.named = looksSecret(value)
		return line
	case named && key == "value", looksSecret(key) && strings.TrimSpace(value) != "" && !refers(key):
		return lead + maskValue(body)
	}
	return line
}

// looksSecret reports whether a name is one that secrets have.
func looksSecret(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "api_key", "api-key", "credential", "privatekey", "private_key", "private-key"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// refers reports whether a key holds the name of something and not its content:
// secretName, passwordKeyRef, automountServiceAccountToken.
func refers(key string) bool {
	key = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(key))
	if strings.HasSuffix(key, "apikey") || strings.HasSuffix(key, "privatekey") {
		return false
	}
	for _, end := range []string{"name", "ref", "key", "automountserviceaccounttoken"} {
		if strings.HasSuffix(key, end) {
			return true
		}
	}
	return false
}
