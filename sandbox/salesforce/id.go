package salesforce

import "strings"

// digits of record ids, in the order they sort.
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// recordID builds the n-th id of an object: its prefix, the instance, nine digits to the base of 62, and the checksum.
func recordID(prefix string, n uint64) string {
	id := []byte(prefix + "Qy0000000000")
	for i := len(id) - 1; n > 0 && i > 5; i-- {
		id[i] = digits[n%62]
		n /= 62
	}
	return string(id) + checksum(string(id))
}

// checksum is what makes an id of 15 characters one of 18: it tells, for each five, which are capitals, so that ids
// survive programs that lose the case.
func checksum(id string) string {
	var out [3]byte
	for i := range out {
		bits := 0
		for j := range 5 {
			if c := id[5*i+j]; c >= 'A' && c <= 'Z' {
				bits |= 1 << j
			}
		}
		out[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits]
	}
	return string(out[:])
}

// fullID is the 18-character form of an id of 15 or 18 characters. An 18-character one may have lost its case.
func fullID(id string) (string, bool) {
	if len(id) != 15 && len(id) != 18 {
		return "", false
	}
	for i := range len(id) {
		if strings.IndexByte(digits, id[i]) < 0 {
			return "", false
		}
	}
	if len(id) == 15 {
		return id + checksum(id), true
	}
	return restoreCase(id)
}

func restoreCase(id string) (string, bool) {
	if id[15:] == checksum(id[:15]) {
		return id, true
	}
	out := []byte(strings.ToLower(id[:15]))
	for i := range 3 {
		bits := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", strings.ToUpper(id[15+i : 16+i])[0])
		for j := range 5 {
			switch c := &out[5*i+j]; {
			case bits < 0:
				return "", false
			case bits>>j&1 == 0:
			case *c >= 'a' && *c <= 'z':
				*c -= 'a' - 'A'
			default:
				return "", false // a digit cannot be a capital
			}
		}
	}
	return string(out) + strings.ToUpper(id[15:]), true
}
