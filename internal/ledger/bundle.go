package ledger

import (
	"encoding/binary"
	"errors"
)

var errBundle = errors.New("an entry bundle is cut short")

// appendEntry writes an entry as a bundle has it: its length in two bytes, then the data.
func appendEntry(bundle, data []byte) []byte {
	bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(data)))
	return append(bundle, data...)
}

// Entries takes a bundle apart.
func Entries(bundle []byte) ([][]byte, error) {
	var list [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 {
			return nil, errBundle
		}
		n := int(binary.BigEndian.Uint16(bundle))
		if len(bundle) < 2+n {
			return nil, errBundle
		}
		list = append(list, bundle[2:2+n:2+n])
		bundle = bundle[2+n:]
	}
	return list, nil
}
