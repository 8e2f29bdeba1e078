package clv_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bareme/bareme/learning/clv"
)

const stored = `{"version":1,"buying":{"model":"bg/nbd","parameters":[{"name":"r","value":0.6},{"name":"alpha","value":5},{"name":"a","value":0.8},{"name":"b","value":2.5}],"customers":10,"repeaters":4,"log_likelihood":-3.5,"errors":[0.1,0.2,0.3,0.4]},"spending":{"model":"gamma-gamma","parameters":[{"name":"p","value":6},{"name":"q","value":4},{"name":"v","value":15}],"customers":4,"repeaters":4,"log_likelihood":-1,"errors":[1,1,1]},"correlation":0.1,"findings":[{"code":"uncertain","where":"a","what":"w","do":"d"}]}`

// TestStored reads and writes the same bytes.
func TestStored(t *testing.T) {
	t.Parallel()
	var m clv.Model
	if err := json.Unmarshal([]byte(stored), &m); err != nil {
		t.Fatal(err)
	}
	if m.Buying != bg || *m.Spending != spend {
		t.Errorf("%+v %+v", m.Buying, *m.Spending)
	}
	out, err := json.Marshal(&m)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(stored, string(out)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, p := range []clv.Process{mbg, pareto} {
		var back clv.Model
		out, err := json.Marshal(&clv.Model{Buying: p})
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &back); err != nil || back.Buying != p {
			t.Errorf("%+v, want %+v (%v)", back.Buying, p, err)
		}
	}
}

func TestStoredRefused(t *testing.T) {
	t.Parallel()
	for change, words := range map[string]string{
		`"version":1|"version":2`:                   "has version 2, and this program reads 1",
		`"name":"r"|"name":"s"`:                     "the stored parameters are [s alpha a b], not [r alpha a b]",
		`"value":0.6|"value":-1`:                    "r: -1 is not between",
		`"name":"q","value":4|"name":"q","value":1`: "q = 1 is not above 1",
		`bg/nbd|bg`:            `there is no process "bg"`,
		`"customers"|"people"`: "unknown field",
	} {
		from, to, _ := strings.Cut(change, "|")
		var m clv.Model
		err := json.Unmarshal([]byte(strings.Replace(stored, from, to, 1)), &m)
		if err == nil || !strings.Contains(err.Error(), words) || m.Buying != nil {
			t.Errorf("%s: %v, want %q", change, err, words)
		}
	}
	if _, err := json.Marshal(&clv.Model{}); err == nil {
		t.Error("an empty model was written")
	}
}

// FuzzStored: what is read can be asked, and is written as it was read.
func FuzzStored(f *testing.F) {
	f.Add([]byte(stored), 3, 10.0, 12.0)
	f.Add([]byte(`{"version":1,"buying":{"model":"pareto/nbd","parameters":[{"name":"r","value":1e-8},{"name":"alpha","value":1e8},{"name":"s","value":1e-8},{"name":"beta","value":1e8}]}}`), 9, 1.0, 1.0)
	f.Fuzz(func(t *testing.T, data []byte, x int, tx, age float64) {
		var m clv.Model
		if json.Unmarshal(data, &m) != nil {
			return
		}
		h := clv.History{X: x, Tx: tx, T: age}
		alive, err := m.Alive(h)
		if err == nil && !(alive >= 0 && alive <= 1) {
			t.Errorf("alive %g", alive)
		}
		if n, err := m.Expected(h, 26); err == nil && (n-n != 0 || n < 0) {
			t.Errorf("expected %g", n)
		}
		one, err := json.Marshal(&m)
		if err != nil {
			t.Fatal(err)
		}
		var back clv.Model
		if err := json.Unmarshal(one, &back); err != nil {
			t.Fatal(err)
		}
		if two, err := json.Marshal(&back); err != nil || string(one) != string(two) {
			t.Errorf("%s\n%s %v", one, two, err)
		}
	})
}
