package salesforce

import (
	"slices"
	"strings"
	"testing"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id, want string
		ok       bool
	}{
		{"001D000000IRFma", "001D000000IRFmaIAH", true},
		{"001D000000IRFmaIAH", "001D000000IRFmaIAH", true},
		{"001d000000irfmaiah", "001D000000IRFmaIAH", true},
		{"001D000000IRFm", "", false},
		{"001D000000IRFm-", "", false},
		{"001D000000IRFmaIA9", "", false},
		{"", "", false},
	} {
		if got, ok := fullID(c.id); got != c.want || ok != c.ok {
			t.Errorf("fullID(%q) = %q, %v", c.id, got, ok)
		}
	}
	var all []string
	for _, n := range []uint64{1, 2, 61, 62, 63, 3843, 3844, 1 << 30} {
		id := recordID("00Q", n)
		if full, ok := fullID(id[:15]); !ok || full != id {
			t.Errorf("%d: %s, %s", n, id, full)
		}
		if full, ok := fullID(strings.ToUpper(id)); !ok || full != id {
			t.Errorf("%d: %s in capitals is %s", n, id, full)
		}
		all = append(all, id)
	}
	if !slices.IsSorted(all) {
		t.Errorf("ids do not rise: %v", all)
	}
}

// FuzzFullID: what is an id stays one, whatever happened to its case.
func FuzzFullID(f *testing.F) {
	f.Add("001D000000IRFma")
	f.Add("001d000000irfmaiah")
	f.Fuzz(func(t *testing.T, id string) {
		full, ok := fullID(id)
		if !ok {
			return
		}
		if again, ok := fullID(strings.ToLower(full)); !ok || again != full {
			t.Errorf("%q is %q, in small letters %q", id, full, again)
		}
	})
}

// TestObjects holds objects.txt to what the code takes for granted.
func TestObjects(t *testing.T) {
	t.Parallel()
	all, err := readObjects(objectsText)
	if err != nil {
		t.Fatal(err)
	}
	names, prefixes := map[string]bool{}, map[string]bool{}
	for _, o := range all {
		if names[o.name] || prefixes[o.prefix] && o.tracks == "" || len(o.prefix) != 3 {
			t.Errorf("%s: name and prefix %s must be its own", o.name, o.prefix)
		}
		names[o.name], prefixes[o.prefix] = true, true
	}
	for _, o := range all {
		for _, f := range o.fields {
			for _, target := range f.Targets {
				if !names[target] {
					t.Errorf("%s.%s refers to %s, which is not there", o.name, f.Name, target)
				}
			}
			if f.part != "" && o.find(f.part) == nil {
				t.Errorf("%s.%s is part of %s, which is not there", o.name, f.Name, f.part)
			}
			if f.defaultTo != "" && !f.accepts(f.defaultTo) {
				t.Errorf("%s.%s starts as %q, which it does not know", o.name, f.Name, f.defaultTo)
			}
		}
	}
	for _, s := range all[3].must("StageName").options {
		if _, ok := stages[s]; !ok {
			t.Errorf("stage %s is not known", s)
		}
	}
	for _, text := range []string{"X", " Name string(80)", "X 00X X Xs strange", "X 00X X Xs\n Name", "X 00X X Xs\n N nonsense", "X 00X X Xs\n N double", "X 00X X Xs\n N date odd"} {
		if _, err := readObjects(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
