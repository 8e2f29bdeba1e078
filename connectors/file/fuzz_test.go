package file

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bareme/bareme/crm"
)

// FuzzOpen feeds any bytes: the file is read to its end with the same number of records each time, or refused with a
// kind; nothing panics.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a;b\r\n1;\"x\ny\"\r\n", "\xEF\xBB\xBFa\tb\n1\t2", "sep=;\na;b\n1;2\n", "a,b\n\xe9,1\n", "a\n\"", "\x00", "PK\x03\x04", "a,b,\n,,\n", "\"a\"x,b"} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), "in.csv")
	f.Fuzz(func(t *testing.T, content []byte) {
		if bytes.HasPrefix(content, []byte("PK\x03\x04")) {
			t.Skip("workbooks are excelize's to read")
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(context.Background(), path, Options{})
		if err != nil {
			if !errors.Is(err, crm.ErrInvalid) {
				t.Fatalf("not a kind: %v", err)
			}
			return
		}
		n := 0
		for page, err := range s.Records(context.Background(), crm.Query{Object: crm.People, Fields: s.names()}) {
			if err != nil {
				t.Fatalf("opened and not read: %v", err)
			}
			n += len(page.Items)
		}
		if n != s.Rows() {
			t.Fatalf("%d rows, %d records", s.Rows(), n)
		}
	})
}

// FuzzNumber compares the canonical text with arithmetic that loses nothing.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"1234.5", "-0.50", "1.5E+05", "2.5e-03", "0", "100", "12345678901234567890.123", "1e5", "00", "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		for _, form := range []forms{plainForm, englishForm, frenchForm} {
			if numberForms(cell)&form == 0 {
				continue
			}
			text := canonicalNumber(cell, form)
			if again := canonicalNumber(text, plainForm); again != text || numberForms(text)&plainForm == 0 || strings.ContainsAny(text, "eE, ") {
				t.Fatalf("%q became %q, then %q", cell, text, again)
			}
			if form != plainForm {
				continue
			}
			want, ok1 := new(big.Rat).SetString(cell)
			got, ok2 := new(big.Rat).SetString(text)
			if !ok1 || !ok2 || want.Cmp(got) != 0 {
				t.Fatalf("%q became %q", cell, text)
			}
		}
	})
}
