package firstname

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bareme/bareme/internal/outside"
)

func load(t testing.TB) *Table {
	t.Helper()
	table, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestAges(t *testing.T) {
	table := load(t)
	for _, test := range []struct {
		name string
		sex  Sex
		want Ages
	}{
		{"Virginie", Female, Ages{159888, 34, 39, 44, 48, 52}},
		{"Monique", Female, Ages{273657, 63, 69, 75, 81, 86}},
		{"Emma", Female, Ages{145836, 4, 9, 15, 21, 24}},
		{"Louise", Female, Ages{114187, 4, 8, 15, 28, 81}},
		{"Paul", Male, Ages{173372, 7, 14, 26, 65, 81}},
		{"Kevin", Male, Ages{164111, 20, 26, 30, 33, 37}},    // 150,317 Kevin and 13,794 Kévin
		{"Stéphane", Male, Ages{283067, 37, 45, 50, 53, 57}}, // 282,795 with the accent and 272 without
		{"Stephane", Male, Ages{283067, 37, 45, 50, 53, 57}}, // the same: 272 alone would be 11 years old
		{"Camille", Female, Ages{185101, 9, 15, 23, 30, 36}},
		{"Camille", Either, Ages{218408, 8, 15, 23, 31, 39}},    // 33,307 men among them
		{"Dominique", Either, Ages{336214, 52, 58, 64, 69, 72}}, // at 64, 0.56 × 60 % of men and 0.44 × 45 % of women are reached; at 63 it is 0.56 × 55 % and 0.44 × 40 %
		{"Jean-Pierre", Male, Ages{153050, 53, 60, 67, 73, 76}},
		{"Marie Claude", Female, Ages{49355, 56, 62, 68, 73, 76}},
		{"Kevin", Female, Ages{}},
		{"Xqzt", Either, Ages{}},
	} {
		if got := table.Ages(test.name, test.sex); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

// TestOneRow: mixing gives every row of the table back as it stands.
func TestOneRow(t *testing.T) {
	for name, rows := range load(t).rows {
		for _, r := range rows {
			want := Ages{int(r.alive), int(r.ages[0]), int(r.ages[1]), int(r.ages[2]), int(r.ages[3]), int(r.ages[4])}
			if got := mix([]row{r}); got != want {
				t.Fatalf("%s: %+v, want %+v", name, got, want)
			}
		}
	}
}

// TestSpellings: however a name is written, it is the same name, and the bearers of its spellings are added up.
func TestSpellings(t *testing.T) {
	table := load(t)
	for _, same := range [][]string{
		{"Stéphane", "stephane", "STÉPHANE", " Stéphane ", "Ste\u0301phane"},
		{"Jean-Pierre", "jean pierre", "JEAN  PIERRE", "Jean\u2011Pierre", "Jean - Pierre", "Jean-Pierre Marie"},
		{"Marie-Claude", "Marie Claude", "marie-claude Anne"},
		{"Virginie", "Virginie Marie", "Virginie M."},
		{"François", "Francois"}, {"Maëlle", "Maelle"}, {"M'hamed", "m’hamed"},
	} {
		want := table.Ages(same[0], Either)
		if want.Alive == 0 {
			t.Errorf("%q is not known", same[0])
		}
		for _, other := range same[1:] {
			if got := table.Ages(other, Either); got != want {
				t.Errorf("%q: %+v, and %q: %+v", other, got, same[0], want)
			}
		}
	}
	for _, unknown := range []string{"", " ", "-", "Jean Kévin", "Virginie-Marie-Paule-Anne", "Kevin2", "kevin@example.com", "K.", strings.Repeat("Jean ", 100), "\xff\xfe"} {
		if got := table.Ages(unknown, Either); got != (Ages{}) {
			t.Errorf("%q: %+v, want nothing", unknown, got)
		}
	}
}

func TestAbstain(t *testing.T) {
	table, limits := load(t), DefaultLimits()
	for name, want := range map[string]string{
		"Kevin": "", "Virginie": "", "Stephane": "", "Monique": "", "Emma": "", "Camille": "", "Dominique": "", "Jean-Pierre": "",
		"Louise": "four fifths of its bearers span 77 years, more than 50",
		"Paul":   "half of its bearers span 51 years, more than 25",
		"Xqzt":   "the table does not have the name",
		"N'deye": "466 people bear the name, fewer than 1000",
	} {
		if got := table.Ages(name, Either).Abstain(limits); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestReadSex(t *testing.T) {
	for text, want := range map[string]Sex{
		"F": Female, "Mme": Female, "Mme.": Female, "Féminin": Female, "mrs": Female, "Mlle": Female,
		"M": Male, "M.": Male, "Mr": Male, "Monsieur": Male, "männlich": Male, "H": Male,
		"": Either, "Dr": Either, "Mx": Either, "1": Either, "\xff": Either, strings.Repeat("m", 1000): Either,
	} {
		if got := ReadSex(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestLaws: whatever the text, nothing breaks, and ages come in order.
func TestLaws(t *testing.T) {
	table := load(t)
	var known []string
	for name := range table.rows {
		known = append(known, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom(known), rapid.StringMatching(`(Jean|Marie|Anne|Kevin)[ -]\pL{0,9}`)).Draw(t, "name")
		both := table.Ages(text, Either)
		if !(0 <= both.P10 && both.P10 <= both.Low && both.Low <= both.Median && both.Median <= both.High && both.High <= both.P90 && both.P90 <= oldest) {
			t.Fatalf("%q: %+v is out of order", text, both)
		}
		women, men := table.Ages(text, Female), table.Ages(text, Male)
		if women.Alive+men.Alive != both.Alive {
			t.Fatalf("%q: %d women and %d men are not %d", text, women.Alive, men.Alive, both.Alive)
		}
		if women.Alive > 0 && men.Alive > 0 && (both.Median < min(women.Median, men.Median) || both.Median > max(women.Median, men.Median)) {
			t.Fatalf("%q: the median of both, %d, is not between %d and %d", text, both.Median, women.Median, men.Median)
		}
		if strings.ToUpper(text) != text && table.Ages(strings.ToUpper(text), Either) != both && both.Alive > 0 {
			t.Fatalf("%q: letter case counts", text)
		}
	})
}

// TestBorn: someone of the table's age has that age on the day of the table, and is older by a year each year.
func TestBorn(t *testing.T) {
	for _, age := range []int{0, 1, 30, 99, 123} {
		born := Born(age)
		if got := ReferenceYear - 1 - born.Year(); got != age || born.Month() != time.July {
			t.Errorf("age %d: born %s", age, born)
		}
	}
}

// TestBadTables: a table that is damaged is refused, with the line.
func TestBadTables(t *testing.T) {
	const head = "name,sex,alive,p_sex,p10,p25,median,p75,p90\n"
	for text, want := range map[string]string{
		"":                                "firstname: EOF",
		head + "Ann,F,10\n":               "firstname: record on line 2: wrong number of fields",
		head + "Ann,X,10,1,1,2,3,4,5\n":   "firstname: line 2: a sex is F or M",
		head + "Ann,F,0,1,1,2,3,4,5\n":    "firstname: line 2: the number of people alive must lie above 0",
		head + "Ann,F,NaN,1,1,2,3,4,5\n":  "firstname: line 2: the number of people alive must lie above 0",
		head + "Ann,F,10,1,1,2,9,4,5\n":   "firstname: line 2: ages must rise from 0 to 123",
		head + "Ann,F,10,1,1,2,3,4,NaN\n": "firstname: line 2: ages must rise from 0 to 123",
		head + "7,F,10,1,1,2,3,4,5\n":     "firstname: line 2: there is no name",
	} {
		if _, err := read(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestTableIsTheStudied: the table embedded is the one whose sources were looked into.
func TestTableIsTheStudied(t *testing.T) {
	studied := outside.Read(t, "data/firstnames/fr_firstname_age_2023.csv.gz")
	if !bytes.Equal(studied, packed) {
		t.Error("the embedded table differs from the studied one")
	}
}

func FuzzAges(f *testing.F) {
	table := load(f)
	for _, seed := range []string{"Kévin", "Jean Pierre", "\xff", "Marie-", "٣"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if a := table.Ages(text, ReadSex(text)); a.Median < a.Low || a.Median > a.High {
			t.Errorf("%q: %+v", text, a)
		}
	})
}

func BenchmarkAges(b *testing.B) {
	table := load(b)
	for b.Loop() {
		table.Ages("Stéphane", Either)
	}
}
