package funcs

import (
	"context"
	"regexp"
	"testing"
	"unicode"
)

// TestShapes covers the functions whose results cannot be compared with Sprig's:
// random ones, clocks, and those without an order.
func TestShapes(t *testing.T) {
	fns := callable(New(testConfig()), NewRender(context.Background(), testConfig(), false))
	const cert, key = `-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n`, `-----BEGIN RSA PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END RSA PRIVATE KEY-----\n`
	tests := []struct{ text, want string }{
		{"{{ randAlpha 40 }}", `[A-Za-z]{40}`}, {"{{ randAlphaNum 40 }}", `[A-Za-z0-9]{40}`}, {"{{ randNumeric 40 }}", `[0-9]{40}`}, {"{{ randAscii 40 }}", `[ -~]{40}`},
		{"[{{ randAlpha 0 }}{{ randAlphaNum -1 }}{{ randNumeric 0 }}{{ randAscii -7 }}]", `\[\]`}, {"{{ randAlpha 1 }}{{ randNumeric 1 }}", `[A-Za-z][0-9]`}, {"{{ randBytes 6 }}", `[A-Za-z0-9+/]{8}`}, {"[{{ randBytes 0 }}]", `\[\]`},
		{"{{ randInt 3 5 }}", `[34]`}, {"{{ randInt -1 0 }}", `-1`}, {"{{ shuffle `aab` }}", `aab|aba|baa`}, {"[{{ shuffle `` }}]", `\[\]`}, {"{{ shuffle `é` }}", `é`},
		{"{{ uuidv4 }}", `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`}, {"{{ now | typeOf }} {{ now.Year }}", `time\.Time 2\d{3}`}, {"{{ now | unixEpoch }}", `\d{10}`},
		{"{{ ago .tm }} {{ ago 0 }} {{ ago `x` }} {{ ago nil }}", `[\dhms]+ [\dhms]+ 0s 0s`}, {"{{ date `2006-01-02` .tm }} {{ date `2006` 0 }} {{ date `2006` nil }} {{ date `x` `y` }}", `1970-01-0\d (1970|1969) 2\d{3} x`},
		{"{{ htmlDate .tm }} {{ htmlDate 0 }} {{ htmlDateInZone 0 `UTC` }} {{ htmlDateInZone .tm `nowhere` }}", `19\d\d-\d\d-\d\d 19\d\d-\d\d-\d\d 1970-01-01 1970-01-02`},
		{"{{ dateInZone `15:04` 0 `Asia/Seoul` }} {{ date_in_zone `15:04` 0 `` }} {{ dateInZone `2006` nil `UTC` }}", `09:00 00:00 2\d{3}`},
		{"{{ (dateModify `24h` .tm).Day }} {{ (date_modify `x` .tm).Day }} {{ (mustDateModify `-24h` .tm).Day }} {{ (must_date_modify `1h` .tm).Hour }}", `3 2 1 1`},
		{"{{ (toDate `2006` `1999`).Year }} {{ (toDate `2006` `x`).Year }} {{ (mustToDate `06` `70`).Year }} {{ unixEpoch .tm }}", `1999 1 1970 86400`}, {"{{ duration `95` }} {{ duration nil }} {{ duration 5 }} {{ durationRound `25h` }} {{ durationRound nil }}", `1m35s 0s 0s 1d 0s`},
		{"{{ keys .m | sortAlpha }} {{ keys .em }} {{ keys .m .m | len }} {{ keys | len }}", `\[a b l\] \[\] 6 0`}, {"{{ values .m | len }} {{ values .em }} {{ values (dict `a` nil) }}", `3 \[\] \[<nil>\]`}, {"{{ hello }}", `Hello!`},
		{"{{ bcrypt `x` }}", `\$2a\$10\$[./A-Za-z0-9]{53}`}, {"{{ bcrypt (repeat 73 `x`) }}", `failed to encrypt string with bcrypt: .*`}, {"{{ htpasswd `u` `p` }} {{ htpasswd `a:b` `p` }}", `u:\$2a\$10\$\S{53} invalid username: a:b`},
		{"{{ encryptAES `k` `text` | decryptAES `k` }} {{ encryptAES `` `` }}{{ encryptAES `` `x` | decryptAES `` }}", `text x`}, {"{{ derivePassword 1 `pin` `p` `u` `s` }} {{ derivePassword 0 `none` `` `` `` }}", `\d{4} cannot find password template none`},
		{"{{ genPrivateKey `ecdsa` }}", `-----BEGIN EC PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END EC PRIVATE KEY-----\n`}, {"{{ genPrivateKey `ed25519` }}", `-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END PRIVATE KEY-----\n`}, {"{{ genPrivateKey `none` }}", `Unknown type none`},
		{"{{ $ca := genCA `ca` 1 }}{{ $ca.Cert }}{{ $ca.Key }}{{ (genSignedCert `cn` (list `1.2.3.4`) (list `a.b`) 1 $ca).Cert }}", cert + key + cert}, {"{{ $c := genSelfSignedCert `cn` nil nil 1 }}{{ $b := buildCustomCert ($c.Cert | b64enc) ($c.Key | b64enc) }}{{ eq $b.Key $c.Key }}", `true`},
		{"{{ $k := genPrivateKey `ecdsa` }}{{ $ca := genCAWithKey `ca` 1 $k }}{{ eq $ca.Key $k }}{{ eq (genSelfSignedCertWithKey `a` nil (list) 1 $k).Key $k }}{{ eq (genSignedCertWithKey `a` nil nil -1 $ca $k).Key $k }}", `truetruetrue`},
	}
	for _, tt := range tests {
		got, err := execute(fns, tt.text, operands())
		if err != nil || !regexp.MustCompile(`^(?:`+tt.want+`)$`).MatchString(got) {
			t.Errorf("%s: %q, %v, want %s", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{"{{ randInt 5 5 }}", "{{ randInt 5 3 }}", "{{ randBytes -1 }}", "{{ randAlpha `x` }}", "{{ keys 1 }}", "{{ values .l }}", "{{ mustToDate `2006` `x` }}", "{{ mustDateModify `x` .tm }}", "{{ unixEpoch 1 }}",
		"{{ decryptAES `k` `!` }}", "{{ buildCustomCert `!` `` }}", "{{ genSignedCert `a` nil nil 1 nil }}", "{{ genCA `a` }}", "{{ genCAWithKey `a` 1 `key` }}", "{{ genSelfSignedCert `a` (list 1) nil 1 }}", "{{ genSelfSignedCertWithKey `a` nil nil 1 `` }}", "{{ genSelfSignedCertWithKey `a` nil nil 1 (repeat 40000 `x`) }}"} {
		if got, err := execute(fns, text, operands()); err == nil {
			t.Errorf("%s: got %q, want an error", text, got)
		}
	}
}

// TestRandomStrings: every character of an alphabet comes up about as often.
func TestRandomStrings(t *testing.T) {
	const n = 200_000
	for name, size := range map[string]int{"randAlpha": 52, "randAlphaNum": 62, "randNumeric": 10, "randAscii": 95} {
		s, err := New(testConfig())[name].(func(int) (string, error))(n)
		counts := map[rune]int{}
		for _, r := range s {
			counts[r]++
			if !unicode.IsPrint(r) {
				t.Fatalf("%s made %q", name, r)
			}
		}
		if len(s) != n || err != nil || len(counts) != size {
			t.Errorf("%s: %d characters, %d of them different, %v", name, len(s), len(counts), err)
		}
		for r, c := range counts {
			if mean := n / size; c < mean*8/10 || c > mean*12/10 {
				t.Errorf("%s: %q came up %d times, expected about %d", name, r, c, mean)
			}
		}
	}
}
