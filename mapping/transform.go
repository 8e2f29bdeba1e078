package mapping

import (
	"slices"
	"strings"

	"github.com/bareme/bareme/scoring"
)

// Transform makes one text out of another: a country's code out of its name, a seniority out of a job title. It gives ""
// for what it does not know.
type Transform struct {
	Name string
	Type scoring.Type               // of what it gives
	Help string                     // one line for documentation
	make func() func(string) string // nil for AgeFromFirstName, which reads two fields
	memo int                        // how many answers to remember; 0: it is quicker to work them out
}

// Transforms lists every transform, in name order.
func Transforms() []Transform {
	return []Transform{
		{Name: AgeFromFirstName, Type: scoring.Date, Help: "the date of birth where the field holds one, else an estimate from a French first name, told as such; needs `purpose`"},
		{Name: "country", Type: scoring.Text, Help: "ISO 3166 code (FR) of a country in English, French, German or Spanish, or of a code", make: country, memo: 2048},
		{Name: "disposable", Type: scoring.Bool, Help: "whether an e-mail address is of a throw-away provider", make: disposable},
		{Name: "domain", Type: scoring.Text, Help: "the domain of an e-mail address or of a web address", make: always(domain)},
		{Name: "free_mail", Type: scoring.Bool, Help: "whether an e-mail address is of a provider anyone can sign up with", make: freeMail},
		{Name: "function", Type: scoring.Text, Help: "the department of a job title in English or French: sales, marketing, finance, it, hr …", make: always(jobFunction), memo: 8192},
		{Name: "industry_group", Type: scoring.Text, Help: "one of 17 groups, such as technology or public sector, of an industry in English or French", make: always(industryGroup), memo: 2048},
		{Name: "lower", Type: scoring.Text, Help: "lower case", make: always(strings.ToLower)},
		{Name: "region", Type: scoring.Text, Help: "EMEA, NA, LATAM or APAC of a country", make: region, memo: 2048},
		{Name: "seniority", Type: scoring.Text, Help: "the level of a job title in English or French: c-level, owner, vp, director, manager, senior, staff, entry or intern", make: always(seniority), memo: 8192},
		{Name: "size_band", Type: scoring.Text, Help: "1-10, 11-50, 51-200, 201-500, 501-1000, 1001-5000 or 5001+ of a number of employees or a range", make: always(sizeBand)},
		{Name: "trim", Type: scoring.Text, Help: "no spaces around it, single ones within", make: always(trim)},
	}
}

func findTransform(name string) (Transform, bool) {
	all := Transforms()
	i := slices.IndexFunc(all, func(t Transform) bool { return t.Name == name })
	if i < 0 {
		return Transform{}, false
	}
	return all[i], true
}

func transformNames() []string {
	var names []string
	for _, t := range Transforms() {
		names = append(names, t.Name)
	}
	return names
}

// build returns the transform as a function that is safe for concurrent use and remembers what repeats.
func (t Transform) build() func(string) string {
	f := t.make()
	if t.memo == 0 {
		return f
	}
	return newMemo(f, t.memo).get
}

func always(f func(string) string) func() func(string) string {
	return func() func(string) string { return f }
}

func trim(s string) string { return strings.Join(strings.Fields(s), " ") }
