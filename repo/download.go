package repo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
)

// keepFrom is the size from which on it is worth some files to go on after a kill.
const keepFrom = 1 << 20

// download is an archive on its way into the content cache.
type download struct {
	client *Client
	q      *request
	want   string // digest, or empty
	file   *partial
	hash   hash.Hash
	size   int64 // of what is in file and hash
	total  int64 // as the server says, or 0
	began  int64 // size when this process began
}

// download gets an archive into the content cache and returns its place and digest.
func (c *Client) download(ctx context.Context, q *request, want string) (file, digest string, err error) {
	dir, err := c.partialDir()
	if err != nil {
		return "", "", err
	}
	q.accept = "application/gzip,application/octet-stream"
	q.takes = []int{http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable}
	for again := false; ; again = true {
		d := &download{client: c, q: q, want: want, hash: sha256.New()}
		if d.file, err = openPartial(dir, q.key()); err != nil {
			return "", "", err
		}
		file, digest, err = d.run(ctx)
		var wrong *DigestError
		if again || d.began == 0 || !errors.As(err, &wrong) {
			return file, digest, err
		}
		// The beginning was of another archive, or a broken disk's: all of it anew.
	}
}

// key names the partial file of a request.
func (q *request) key() string {
	sum := sha256.Sum256([]byte(q.url.String() + "\x00" + q.creds.user))
	return hex.EncodeToString(sum[:16])
}

func (d *download) run(ctx context.Context) (file, digest string, err error) {
	defer func() {
		d.file.close(err)
		d.client.progress(Progress{URL: d.q.shown(), Done: d.size, Total: d.total, Ended: true})
	}()
	if err := d.resume(); err != nil {
		return "", "", err
	}
	d.q.prepare = d.headers
	if err := d.client.do(ctx, d.q, d.take); err != nil {
		return "", "", err
	}
	digest = hex.EncodeToString(d.hash.Sum(nil))
	if d.want != "" && digest != d.want {
		return "", "", &DigestError{URL: d.q.shown(), Want: d.want, Got: digest}
	}
	if runtime.GOOS == "windows" {
		d.file.f.Close() // what is open cannot be renamed there
	}
	file, err = d.client.adopt(d.file.f.Name(), digest)
	return file, digest, err
}

// resume takes in what an earlier process left.
func (d *download) resume() error {
	if d.file.validator == "" && d.want == "" {
		return d.restart()
	}
	n, err := io.Copy(d.hash, io.LimitReader(d.file.f, d.client.opts.Limits.ArchiveBytes))
	if err != nil {
		return d.restart()
	}
	d.size, d.began = n, n
	return nil
}

// restart throws away what is there.
func (d *download) restart() error {
	d.hash.Reset()
	d.size, d.began, d.total = 0, 0, 0
	return d.file.reset()
}

// headers asks for the rest. Without a validator that is done only if a digest tells
// afterwards whether both parts are of one archive.
func (d *download) headers(h http.Header) {
	if d.size == 0 {
		return
	}
	h.Set("Range", "bytes="+strconv.FormatInt(d.size, 10)+"-")
	if d.file.validator != "" {
		h.Set("If-Range", d.file.validator)
	}
}

// take takes an answer in.
func (d *download) take(resp *http.Response, body io.Reader) (int64, error) {
	switch resp.StatusCode {
	case http.StatusRequestedRangeNotSatisfiable:
		if err := d.restart(); err != nil {
			return 0, &fileError{err}
		}
		return 0, errAgain
	case http.StatusPartialContent:
		start, total := contentRange(resp.Header.Get("Content-Range"))
		if start != d.size || d.size == 0 {
			if err := d.restart(); err != nil {
				return 0, &fileError{err}
			}
			return 0, errAgain
		}
		d.total = total
	default:
		if err := d.restart(); err != nil {
			return 0, &fileError{err}
		}
		d.total = max(resp.ContentLength, 0)
		// A short one is soon sent again.
		large := resp.ContentLength < 0 || resp.ContentLength > keepFrom
		if err := d.file.note(validator(resp.Header), large); err != nil {
			return 0, &fileError{err}
		}
	}
	max := d.client.opts.Limits.ArchiveBytes
	if d.total > max {
		return 0, &LimitError{What: d.q.shown(), Max: max}
	}
	before := d.size
	err := d.copy(body, max)
	if err == nil && d.total > 0 && d.size != d.total {
		err = &readError{io.ErrUnexpectedEOF}
	}
	if err != nil && d.file.validator == "" && d.want == "" {
		// It cannot go on from here.
		return 0, err
	}
	return d.size - before, err
}

func (d *download) copy(body io.Reader, max int64) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := body.Read(buf)
		if d.size += int64(n); d.size > max {
			return &LimitError{What: d.q.shown(), Max: max}
		}
		d.hash.Write(buf[:n])
		if _, err := d.file.f.Write(buf[:n]); err != nil {
			return &fileError{err}
		}
		d.client.progress(Progress{URL: d.q.shown(), Done: d.size, Total: d.total})
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// validator returns what tells whether an archive is still the same: a strong ETag, else
// the time of its last change.
func validator(h http.Header) string {
	if tag := h.Get("Etag"); strings.HasPrefix(tag, `"`) && len(tag) < 1024 {
		return tag
	}
	if t, err := http.ParseTime(h.Get("Last-Modified")); err == nil {
		return t.UTC().Format(http.TimeFormat)
	}
	return ""
}

// contentRange reads "bytes START-END/TOTAL"; the total may be "*".
func contentRange(h string) (start, total int64) {
	rest, ok := strings.CutPrefix(h, "bytes ")
	if !ok {
		return -1, 0
	}
	span, size, _ := strings.Cut(rest, "/")
	from, _, _ := strings.Cut(span, "-")
	start, err := strconv.ParseInt(from, 10, 64)
	if err != nil || start < 0 {
		return -1, 0
	}
	total, err = strconv.ParseInt(size, 10, 64)
	if err != nil || total < start {
		total = 0
	}
	return start, total
}
