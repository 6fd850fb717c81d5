package provenance

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// GnuPG since 2.1 keeps public keys in a keybox: records ("blobs") one after the other,
// each with its length and type in front, big endian. The first is a header; those of
// type 2 hold the packets of one key, and where in the record these are:
//
//	 0  4  length of the record
//	 4  1  type
//	 5  1  version
//	 6  2  flags
//	 8  4  offset of the packets from the start of the record; "KBXf" in the header
//	12  4  their length
//
// kbx/keybox-blob.c of GnuPG describes it.
const (
	keyboxHeader  = 1
	keyboxOpenPGP = 2
	// keyboxEphemeral marks keys that GnuPG itself does not count as part of the ring.
	keyboxEphemeral = 2
)

func isKeybox(data []byte) bool {
	return len(data) >= 12 && data[4] == keyboxHeader && string(data[8:12]) == "KBXf"
}

// keyboxPackets returns the packets of all keys in a keybox.
func keyboxPackets(data []byte) ([]byte, error) {
	var packets []byte
	for at := 0; at < len(data); {
		blob := data[at:]
		if len(blob) < 5 {
			return nil, fmt.Errorf("the keybox is cut off at byte %d", at)
		}
		size := binary.BigEndian.Uint32(blob)
		if size < 5 || uint64(size) > uint64(len(blob)) {
			return nil, fmt.Errorf("the record at byte %d of the keybox has a wrong length", at)
		}
		blob = blob[:size]
		if blob[4] == keyboxOpenPGP {
			key, err := keyboxKey(blob)
			if err != nil {
				return nil, fmt.Errorf("the record at byte %d of the keybox: %w", at, err)
			}
			packets = append(packets, key...)
		}
		at += int(size)
	}
	if len(packets) == 0 {
		return nil, errors.New("the keybox has no OpenPGP keys")
	}
	return packets, nil
}

// keyboxKey returns the packets of a record, none if GnuPG passes over it.
func keyboxKey(blob []byte) ([]byte, error) {
	if len(blob) < 16 {
		return nil, errors.New("it is too short")
	}
	start, size := uint64(binary.BigEndian.Uint32(blob[8:])), uint64(binary.BigEndian.Uint32(blob[12:]))
	if start+size > uint64(len(blob)) {
		return nil, errors.New("its key reaches beyond it")
	}
	if binary.BigEndian.Uint16(blob[6:])&keyboxEphemeral != 0 {
		return nil, nil
	}
	return blob[start : start+size], nil
}
