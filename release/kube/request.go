package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"sync"
)

// maxBodyBytes bounds what is read of a response: a list of all objects of a kind may
// be large, and a proxy may never end.
const maxBodyBytes = 512 << 20

// call sends a request with a JSON body, unless it is nil, and decodes the answer.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	return c.send(ctx, method, path, query, "application/json", text, into)
}

// send sends a request and decodes the answer, unless into is nil.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, contentType string, body []byte, into any) error {
	return c.exchange(ctx, method, path, query, contentType, "application/json", body, into)
}

func (c *Client) exchange(ctx context.Context, method, path string, query url.Values, contentType, accept string, body []byte, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	var r io.Reader
	if body != nil {
		r = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, path, r)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", accept)
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBodyBytes+1))
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return c.unreachable(err)
	}
	if len(data) > maxBodyBytes {
		return fmt.Errorf("the answer to %s %s is larger than %d MiB", method, req.URL.Path, maxBodyBytes>>20)
	}
	if into == nil {
		return nil
	}
	return decodeJSON(data, into)
}

// decodeJSON decodes JSON into a tree whose whole numbers are int64, as in manifests.
func decodeJSON(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the API server's answer is not JSON: %w", err)
	}
	switch tree := into.(type) {
	case *map[string]any:
		numbers(*tree)
	case *objectList:
		for _, item := range tree.Items {
			numbers(item)
		}
	}
	return nil
}

// numbers replaces json.Number in a tree by int64 or float64.
func numbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = numbers(e)
		}
	case []any:
		for i, e := range v {
			v[i] = numbers(e)
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	}
	return v
}

// parallel calls f for 0 … n-1, several at a time. After an error no more are started;
// those under way are waited for. The errors come back joined, in their order.
func (c *Client) parallel(ctx context.Context, n int, f func(i int) error) error {
	errs := make([]error, n)
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		next   int
		failed bool
	)
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if failed || next >= n || ctx.Err() != nil {
			return 0, false
		}
		next++
		return next - 1, true
	}
	for range min(c.opts.Parallel, n) {
		wg.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				if errs[i] = f(i); errs[i] != nil {
					mu.Lock()
					failed = true
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(errs...)
}
