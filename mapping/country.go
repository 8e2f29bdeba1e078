package mapping

import (
	"slices"
	"strings"

	"github.com/biter777/countries"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// country gives the ISO 3166 code of a country written as a code or as a name in English, French, German or Spanish,
// also at the end of an address ("Lyon, France"); "" when it is none.
func country() func(string) string {
	names := countryNames()
	find := func(s string) string {
		key := strings.ReplaceAll(strings.Trim(fold(s), " .,;"), ".", "")
		key = strings.Join(words(key), " ")
		if code := names[key]; code != "" {
			return code
		}
		if key, ok := strings.CutPrefix(key, "the "); ok {
			return names[key]
		}
		if len(key) > 3 {
			return knownCode(countries.ByName(s))
		}
		return ""
	}
	return func(s string) string {
		if len(s) > memoKey {
			return ""
		}
		if code := find(s); code != "" {
			return code
		}
		if before, after, ok := strings.Cut(s, "("); ok {
			after, _, _ = strings.Cut(after, ")")
			if code := find(before); code != "" {
				return code
			}
			return find(after)
		}
		for _, separator := range []string{",", " - ", "/"} {
			if i := strings.LastIndex(s, separator); i >= 0 {
				if code := find(s[i+len(separator):]); code != "" {
					return code
				}
			}
		}
		return ""
	}
}

// countryNames maps folded codes and names to codes.
func countryNames() map[string]string {
	names := map[string]string{}
	namers := []display.Namer{
		display.Regions(language.English), display.Regions(language.French),
		display.Regions(language.German), display.Regions(language.Spanish),
	}
	for _, c := range countries.All() {
		code := knownCode(c)
		if code == "" {
			continue
		}
		names[fold(code)], names[fold(c.Alpha3())] = code, code
		region, err := language.ParseRegion(code)
		if err != nil {
			continue
		}
		for _, namer := range namers {
			name := strings.ReplaceAll(fold(namer.Name(region)), ".", "")
			if name = strings.Join(words(name), " "); name != "" {
				names[name] = code
			}
		}
	}
	for code, others := range otherCountryNames() {
		for _, name := range others {
			names[name] = code
		}
	}
	return names
}

// knownCode is the two-letter code of a country that has one.
func knownCode(c countries.CountryCode) string {
	code := c.Alpha2()
	if len(code) != 2 || !c.IsValid() || slices.Contains(countries.AllNonCountries(), c) {
		return ""
	}
	return code
}

// otherCountryNames are names in use that are in no list of names, folded.
func otherCountryNames() map[string][]string {
	return map[string][]string{
		"AE": {"uae", "eau", "emirats", "dubai", "abu dhabi"},
		"BA": {"bosnie"},
		"CD": {"rdc", "drc", "congo kinshasa"},
		"CI": {"cote d ivoire", "ivory coast"},
		"CZ": {"tchequie", "czech republic", "republique tcheque", "tschechien"},
		"DE": {"bundesrepublik deutschland", "rfa", "allemange"},
		"ES": {"espana"},
		"FR": {"france metropolitaine", "metropole", "fra nce", "republique francaise", "french republic", "la france"},
		"GB": {"uk", "great britain", "grande bretagne", "england", "angleterre", "scotland", "ecosse", "wales", "pays de galles", "northern ireland", "irlande du nord", "britain", "gran bretana", "inglaterra", "u k", "grossbritannien", "schottland", "royaume uni"},
		"IE": {"republic of ireland", "eire"},
		"KR": {"south korea", "coree", "coree du sud", "korea", "republic of korea"},
		"MK": {"macedonia", "macedoine"},
		"NL": {"holland", "hollande", "pays bas", "the netherlands", "holanda"},
		"RU": {"russian federation", "federation de russie"},
		"TR": {"turkey", "turquie", "turkiye"},
		"US": {"usa", "u s a", "u s", "united states of america", "etats unis", "etats unis d amerique", "america", "amerique", "estados unidos", "eeuu", "ee uu", "vereinigte staaten von amerika"},
		"VN": {"viet nam"},
	}
}

// countryCodes lists the codes the transform country can give.
func countryCodes() []string {
	var codes []string
	for _, c := range countries.All() {
		if code := knownCode(c); code != "" {
			codes = append(codes, code)
		}
	}
	return codes
}
