package learning_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/bareme/bareme/learning"
)

// FuzzDecode: any text is something that was learnt and comes back the same, or an error.
func FuzzDecode(f *testing.F) {
	fitted, err := learning.Fit(history(600, 1.5, 91), learning.Options{})
	if err != nil {
		f.Fatal(err)
	}
	text, err := fitted.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"card":{"version":1}}`))
	f.Add([]byte(`{"card":{"version":1},"reference":{"scores":[0,1]}}`))
	recent := history(60, 1, 92)
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := learning.Decode(text)
		if err != nil {
			if !errors.Is(err, learning.ErrTable) {
				t.Fatal(err)
			}
			return
		}
		first, err := got.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := learning.Decode(first)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := again.Encode(); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%v\n%s\n%s", err, first, second)
		}
		d, err := learning.Drift(got, recent)
		if err == nil {
			_ = d.String()
		}
		_ = got.String()
	})
}
