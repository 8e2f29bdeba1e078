package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// IdentityHash turns an e-mail address, or another identifier, into the hexadecimal SHA-256 of its normal form: without
// spaces around it, in lower case and Unicode's composed form, and without a "mailto:" before it. It is "" for "".
func IdentityHash(email string) string {
	normal := strings.ToLower(strings.TrimSpace(norm.NFC.String(email)))
	normal = strings.TrimSpace(strings.TrimPrefix(normal, "mailto:"))
	if normal == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(normal))
	return hex.EncodeToString(sum[:])
}
