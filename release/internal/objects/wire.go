package objects

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// protobuf asks for a list as the server has it in its database: it need not make JSON of
// it, with each record in base64 once more, nor need we read that. It is read here, since
// the library for it looks at its own program file whenever one starts that has it.
// The numbers of the fields are those of generated.proto in k8s.io/api/core/v1 and
// k8s.io/apimachinery/pkg/{runtime,apis/meta/v1}.
const protobuf = "application/vnd.kubernetes.protobuf"

// envelope begins each message that an API server sends.
const envelope = "k8s\x00"

var errWire = errors.New("it is not what an API server sends")

// readWire reads a list of Secrets (binary) or ConfigMaps, of which one object at a time
// is in memory. It calls next with what to ask for the next part with, once.
func readWire(r io.Reader, binary bool, next func(string), each func(*object) error) error {
	in := &section{r: bufio.NewReaderSize(r, 64<<10), left: int64(len(envelope))}
	magic, err := in.take(nil)
	if err != nil || string(magic) != envelope {
		return errWire
	}
	in.left = math.MaxInt64
	for {
		number, value, err := in.field()
		if err == io.EOF {
			return errWire // without the list
		}
		if err != nil {
			return err
		}
		if number == 2 { // the list; what the kind is, and how the list is encoded, is known
			return readWireList(value, binary, next, each)
		}
		if _, err := io.Copy(io.Discard, value); err != nil {
			return noEOF(err)
		}
	}
}

func readWireList(list *section, binary bool, next func(string), each func(*object) error) error {
	var buf []byte
	for {
		number, value, err := list.field()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if value.left > maxObjectBytes {
			return fmt.Errorf("an object of %d MiB, which is more than one can have", value.left>>20)
		}
		if buf, err = value.take(buf); err != nil {
			return err
		}
		switch number {
		case 1: // metadata
			token := ""
			err = eachField(buf, func(number int, _ uint64, value []byte) error {
				if number == 3 {
					token = string(value)
				}
				return nil
			})
			if err == nil {
				next(token)
			}
		case 2: // items
			var obj *object
			if obj, err = wireObject(buf, binary); err == nil {
				err = each(obj)
			}
		}
		if err != nil {
			return err
		}
	}
}

// wireObject reads a Secret or ConfigMap. Its record shares data.
func wireObject(data []byte, binary bool) (*object, error) {
	obj := &object{}
	err := eachField(data, func(number int, _ uint64, value []byte) error {
		switch {
		case number == 1:
			return obj.Metadata.read(value)
		case number == 2:
			return obj.readEntry(value, binary)
		case number == 3 && binary:
			obj.Type = string(value)
		}
		return nil
	})
	return obj, err
}

// readEntry reads a key of an object's data and its value.
func (obj *object) readEntry(data []byte, binary bool) error {
	key, value, err := wireEntry(data)
	switch {
	case err != nil:
		return err
	case key == dataKey:
		obj.value = value
		return nil
	case obj.Data == nil:
		obj.Data = map[string]string{}
	}
	if binary {
		obj.Data[key] = base64.StdEncoding.EncodeToString(value)
	} else {
		obj.Data[key] = string(value)
	}
	return nil
}

func (m *metadata) read(data []byte) error {
	return eachField(data, func(number int, _ uint64, value []byte) error {
		switch number {
		case 1:
			m.Name = string(value)
		case 3:
			m.Namespace = string(value)
		case 5:
			m.UID = string(value)
		case 6:
			m.ResourceVersion = string(value)
		case 8:
			return m.readTime(value)
		case 11:
			key, value, err := wireEntry(value)
			if err != nil {
				return err
			}
			if m.Labels == nil {
				m.Labels = map[string]string{}
			}
			m.Labels[key] = string(value)
		case 13:
			var owner ownerReference
			err := owner.read(value)
			m.OwnerReferences = append(m.OwnerReferences, owner)
			return err
		}
		return nil
	})
}

func (m *metadata) readTime(data []byte) error {
	return eachField(data, func(number int, n uint64, _ []byte) error {
		if number == 1 {
			t := time.Unix(int64(n), 0).UTC()
			m.CreationTimestamp = &t
		}
		return nil
	})
}

func (o *ownerReference) read(data []byte) error {
	return eachField(data, func(number int, _ uint64, value []byte) error {
		switch number {
		case 1:
			o.Kind = string(value)
		case 3:
			o.Name = string(value)
		case 4:
			o.UID = string(value)
		case 5:
			o.APIVersion = string(value)
		}
		return nil
	})
}

// wireEntry reads an entry of a map.
func wireEntry(data []byte) (key string, value []byte, err error) {
	err = eachField(data, func(number int, _ uint64, v []byte) error {
		switch number {
		case 1:
			key = string(v)
		case 2:
			value = v
		}
		return nil
	})
	return key, value, err
}

// eachField calls field for each field of a message, with a number or with bytes.
func eachField(data []byte, field func(number int, n uint64, value []byte) error) error {
	for len(data) > 0 {
		tag, size := binary.Uvarint(data)
		if size <= 0 {
			return errWire
		}
		data = data[size:]
		var n uint64
		var value []byte
		switch tag & 7 {
		case 0, 2:
			if n, size = binary.Uvarint(data); size <= 0 {
				return errWire
			}
			data = data[size:]
			if tag&7 == 2 {
				if n > uint64(len(data)) {
					return errWire
				}
				value, data = data[:n:n], data[n:]
				n = 0
			}
		case 1, 5: // 64 and 32 bits: no field that is read here
			size = 8
			if tag&7 == 5 {
				size = 4
			}
			if size > len(data) {
				return errWire
			}
			data = data[size:]
		default:
			return errWire
		}
		if err := field(int(tag>>3), n, value); err != nil {
			return err
		}
	}
	return nil
}

// section is what is left of a message that is read from a stream.
type section struct {
	r    *bufio.Reader
	left int64
}

func (s *section) ReadByte() (byte, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	b, err := s.r.ReadByte()
	if err == nil {
		s.left--
	}
	return b, err
}

func (s *section) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	if err == io.EOF && s.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// take reads all that is left, into buf if it is large enough.
func (s *section) take(buf []byte) ([]byte, error) {
	if int64(cap(buf)) < s.left {
		buf = make([]byte, s.left)
	}
	buf = buf[:s.left]
	_, err := io.ReadFull(s, buf)
	return buf, noEOF(err)
}

// field returns the next field that has bytes, which are to be read before the next
// call. An error is io.EOF only between two fields.
func (s *section) field() (number int, value *section, err error) {
	for {
		tag, err := s.tag()
		if err != nil {
			return 0, nil, err
		}
		n := uint64(8)
		switch tag & 7 {
		case 0, 2:
			if n, err = binary.ReadUvarint(s); err != nil {
				return 0, nil, noEOF(err)
			}
			if tag&7 == 0 {
				continue
			}
			if n > uint64(s.left) {
				return 0, nil, errWire
			}
			s.left -= int64(n)
			return int(tag >> 3), &section{r: s.r, left: int64(n)}, nil
		case 1, 5:
			if tag&7 == 5 {
				n = 4
			}
			if _, err := io.CopyN(io.Discard, s, int64(n)); err != nil {
				return 0, nil, noEOF(err)
			}
		default:
			return 0, nil, errWire
		}
	}
}

func (s *section) tag() (uint64, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if _, err := s.r.Peek(1); err != nil {
		if s.left < math.MaxInt64/2 { // of the stream itself the end is not known
			err = noEOF(err)
		}
		return 0, err
	}
	tag, err := binary.ReadUvarint(s)
	return tag, noEOF(err)
}

// noEOF says of an end that it comes too early.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
