package funcs

import "sync"

// maxCached is far above what charts use; a chart that makes patterns or
// constraints in a loop must not fill the memory of a program that is kept.
const maxCached = 256

// cache keeps what is expensive to make of a text. It is safe for concurrent use
// and starts anew when it holds too many.
type cache[V any] struct {
	mu     sync.Mutex
	byText map[string]V
}

// get returns what make makes of text, from the cache if it is there. A failure
// and a text for which keep is false are not kept.
func (c *cache[V]) get(text string, keep bool, make func(string) (V, error)) (V, error) {
	c.mu.Lock()
	v, ok := c.byText[text]
	c.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := make(text)
	if err != nil || !keep {
		return v, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byText == nil || len(c.byText) >= maxCached {
		c.byText = map[string]V{}
	}
	c.byText[text] = v
	return v, nil
}
