package funcs

import (
	"crypto/rand"
)

// randoms are the functions that make random strings. Sprig's take as long as a
// second for a million characters; these read the random source in blocks.
func (b bounds) randoms(sp sprigFuncs) map[string]any {
	const digits, letters = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var printable []byte
	for c := byte(' '); c <= '~'; c++ {
		printable = append(printable, c)
	}
	fns := map[string]any{
		"randAlphaNum": b.randomString(digits + letters),
		"randAlpha":    b.randomString(letters),
		"randAscii":    b.randomString(string(printable)),
		"randNumeric":  b.randomString(digits),
	}
	randBytes := from[func(int) (string, error)](sp, "randBytes")
	fns["randBytes"] = func(count int) (string, error) {
		if err := b.string(count, 2); err != nil { // the result is base64
			return "", err
		}
		return randBytes(count)
	}
	return fns
}

// randomString makes a function that returns count characters of an alphabet,
// each as likely as any other; "" for a count below one, as Sprig does.
func (b bounds) randomString(alphabet string) func(count int) (string, error) {
	// Bytes from here on would make the first characters more likely.
	fair := 256 - 256%len(alphabet)
	return func(count int) (string, error) {
		if err := b.string(count, 1); err != nil || count <= 0 {
			return "", err
		}
		out := make([]byte, 0, count)
		block := make([]byte, min(count+count/2+16, 4096))
		for {
			rand.Read(block) // never fails: it ends the process if it must
			for _, r := range block {
				if int(r) >= fair {
					continue
				}
				if out = append(out, alphabet[int(r)%len(alphabet)]); len(out) == count {
					return string(out), nil
				}
			}
		}
	}
}
