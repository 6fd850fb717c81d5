package eval

// slab hands out values from few large pieces of memory: a text has hundreds of
// small nodes that live and die together.
type slab[T any] struct {
	free []T
	size int // of the next piece
}

const maxPiece = 64

// one returns a zero value.
func (s *slab[T]) one() *T {
	return &s.some(1)[0]
}

// some returns n zero values that lie side by side; nil for none. What is
// appended to them lands elsewhere.
func (s *slab[T]) some(n int) []T {
	if n == 0 {
		return nil
	}
	if n > len(s.free) {
		if s.size = min(max(2*s.size, n), maxPiece); n >= s.size {
			return make([]T, n)
		}
		s.free = make([]T, s.size)
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	return out
}

// copyOf returns a copy of vals.
func (s *slab[T]) copyOf(vals []T) []T {
	out := s.some(len(vals))
	copy(out, vals)
	return out
}
