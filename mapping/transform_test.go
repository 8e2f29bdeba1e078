package mapping

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/bareme/bareme/scoring"
)

// transformOf builds a transform as an attribute uses it.
func transformOf(t testing.TB, name string) func(string) string {
	t.Helper()
	tr, ok := findTransform(name)
	if !ok {
		t.Fatalf("no transform %s", name)
	}
	return tr.build()
}

func TestTransforms(t *testing.T) {
	for name, cases := range map[string]map[string]string{
		"country": {
			"France": "FR", "france": "FR", "FRANCE ": "FR", "FR": "FR", "fra": "FR", "Frankreich": "FR", "Francia": "FR", "République française": "FR",
			"Allemagne": "DE", "Germany": "DE", "Deutschland": "DE", "Alemania": "DE", "DEU": "DE",
			"United States": "US", "U.S.A.": "US", "USA": "US", "États-Unis": "US", "Etats Unis": "US", "Vereinigte Staaten": "US", "Estados Unidos": "US", "United States of America": "US",
			"UK": "GB", "United Kingdom": "GB", "Royaume-Uni": "GB", "Grande-Bretagne": "GB", "England": "GB", "Scotland": "GB", "Vereinigtes Königreich": "GB", "Reino Unido": "GB",
			"Pays-Bas": "NL", "Holland": "NL", "The Netherlands": "NL", "Niederlande": "NL", "Países Bajos": "NL",
			"Espagne": "ES", "España": "ES", "Spanien": "ES", "Suisse": "CH", "Schweiz": "CH", "Suiza": "CH", "Switzerland": "CH",
			"Côte d'Ivoire": "CI", "Cote d Ivoire": "CI", "Ivory Coast": "CI", "South Korea": "KR", "Corée du Sud": "KR", "Korea, Republic of": "KR",
			"Viet Nam": "VN", "Vietnam": "VN", "Türkiye": "TR", "Turquie": "TR", "Czech Republic": "CZ", "Tchéquie": "CZ", "UAE": "AE", "Émirats arabes unis": "AE",
			"Russia": "RU", "Russian Federation": "RU", "Brésil": "BR", "Belgique": "BE", "Belgien": "BE", "Maroc": "MA", "Sénégal": "SN", "La Réunion": "RE", "India": "IN", "Inde": "IN",
			"Lyon, France": "FR", "France (FR)": "FR", "Saudi Arabia": "SA", "Hong Kong": "HK", "Asia/Pacific Region": "", "Europe": "", "unknown": "", "Select": "", "n/a": "", "Paris": "", "Atlantis": "", "??": "", "XX": "", "EU": "",
		},
		"region": {
			"France": "EMEA", "Maroc": "EMEA", "UAE": "EMEA", "Turkey": "EMEA", "Israel": "EMEA", "USA": "NA", "Canada": "NA", "Mexico": "LATAM", "Brésil": "LATAM", "Costa Rica": "LATAM",
			"India": "APAC", "Japan": "APAC", "Australia": "APAC", "Singapore": "APAC", "Russia": "EMEA", "nowhere": "",
		},
		"domain": {
			"Zoe@Acme.FR": "acme.fr", "https://www.acme.com/about?x=1": "acme.com", "www.acme.com": "acme.com", "acme.com.": "acme.com", "a@b@c.de": "c.de",
			"zoe@xn--caf-dma.fr": "café.fr", "http://acme.com:8080": "acme.com", "nobody": "", "@": "", "a@b": "", "a@b..c": "", "": "",
		},
		"free_mail":  {"zoe@gmail.com": "true", "ZOE@ORANGE.FR": "true", "zoe@acme.fr": "false", "zoe@mail.acme.fr": "false", "gmail.com": "true", "notgmail.com": "false", "zoe": ""},
		"disposable": {"zoe@yopmail.com": "true", "zoe@x.mailinator.com": "true", "zoe@jetable.org": "true", "zoe@gmail.com": "false", "zoe": ""},
		"size_band": {
			"1": "1-10", "10": "1-10", "11": "11-50", "200": "51-200", "201": "201-500", "1000": "501-1000", "1 001": "1001-5000", "5000": "1001-5000", "5001": "5001+", "10000+": "5001+", "5000+": "5001+",
			"51-200": "51-200", "50-100": "51-200", "11 à 50 salariés": "11-50", "1,001-5,000 employees": "1001-5000", "201–500": "201-500", "250 employees": "201-500", "0": "", "many": "", "100-50": "",
		},
		"industry_group": {
			"COMPUTER_SOFTWARE": "technology", "Information Technology & Services": "technology", "Services informatiques": "technology", "Éditeur de logiciels": "technology",
			"HOSPITAL_HEALTH_CARE": "healthcare", "Industrie pharmaceutique": "healthcare", "Pharmaceuticals": "healthcare", "Santé": "healthcare",
			"Banque / Assurance": "finance", "FINANCIAL_SERVICES": "finance", "BTP": "construction", "Grande distribution": "retail", "E-commerce": "retail", "COMMERCIAL_REAL_ESTATE": "real estate",
			"Transport et logistique": "transport", "HIGHER_EDUCATION": "education", "GOVERNMENT_ADMINISTRATION": "public sector", "Collectivités locales": "public sector",
			"MARKETING_AND_ADVERTISING": "professional services", "Management Consulting": "professional services", "Agroalimentaire": "manufacturing", "AUTOMOTIVE": "manufacturing",
			"Hôtellerie-restauration": "hospitality", "NON_PROFIT_ORGANIZATION_MANAGEMENT": "nonprofit", "Other": "", "": "", "Select": "",
		},
		"lower": {"ÉCOLE": "école"},
		"trim":  {"  a \t b ": "a b"},
	} {
		f := transformOf(t, name)
		for in, want := range cases {
			if got := f(in); got != want {
				t.Errorf("%s of %q is %q, want %q", name, in, got, want)
			}
			if got := f(in); got != want {
				t.Errorf("%s of %q the second time is %q, want %q", name, in, got, want)
			}
		}
	}
}

func TestTransformsAreNamedInOrder(t *testing.T) {
	names := transformNames()
	for i, tr := range Transforms() {
		if i > 0 && names[i-1] >= names[i] {
			t.Errorf("%s after %s", names[i], names[i-1])
		}
		if tr.Help == "" || tr.Type == scoring.Unknown {
			t.Errorf("%s has no help or no type", tr.Name)
		}
	}
}

// FuzzTransforms: whatever the text, a transform answers with valid text, the same each time, of what it can give.
func FuzzTransforms(f *testing.F) {
	for _, seed := range []string{"Directeur(trice) général·e", "C.E.O. & co-founder / VP, Sales", "Lyon (France), FR", "a@b.c", "1 000-5 000 salariés", "\xff", "chef", "assistant"} {
		f.Add(seed)
	}
	built := map[string]func(string) string{}
	for _, tr := range Transforms() {
		if tr.Name != AgeFromFirstName {
			built[tr.Name] = tr.make()
		}
	}
	level, function := map[string]bool{"": true}, map[string]bool{"": true}
	for _, l := range Levels() {
		level[l] = true
	}
	for _, l := range Functions() {
		function[l] = true
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, f := range built {
			got := f(clean(s))
			if got != f(clean(s)) || !utf8.ValidString(got) {
				t.Errorf("%s of %q is %q", name, s, got)
			}
			switch name {
			case "seniority":
				if !level[got] {
					t.Errorf("seniority of %q is %q", s, got)
				}
			case "function":
				if !function[got] {
					t.Errorf("function of %q is %q", s, got)
				}
			case "country", "region":
				if len(got) > 5 || strings.ToUpper(got) != got {
					t.Errorf("%s of %q is %q", name, s, got)
				}
			}
		}
	})
}

func TestMemoIsBoundedAndSafe(t *testing.T) {
	m := newMemo(strings.ToUpper, 10)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 500 {
				key := fmt.Sprintf("k%d", i%37)
				if got := m.get(key); got != strings.ToUpper(key) {
					t.Errorf("%s gave %s", key, got)
				}
			}
		})
	}
	all.Wait()
	if n := len(m.young) + len(m.aged); n > 20 {
		t.Errorf("%d answers kept", n)
	}
	if m.get(strings.Repeat("x", memoKey+1)); len(m.young)+len(m.aged) > 20 {
		t.Error("a long key was kept")
	}
}

func BenchmarkSeniority(b *testing.B) {
	for b.Loop() {
		seniority("Directrice adjointe des ressources humaines")
	}
}
