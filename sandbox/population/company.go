package population

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Company is one invented company. Empty fields are not known.
type Company struct {
	Name, Domain, Industry, Country, City, Phone string
	French                                       bool
	Employees                                    int
	Revenue                                      int64 // a year, in euros
	Founded                                      int
	Created                                      time.Time
}

// Company makes company i.
func (w *World) Company(i int) Company {
	d := w.dice(companyStream, i)
	c := Company{French: d.chance(frenchCompanies)}
	c.Name, c.Domain = companyName(i, c.French)
	c.Industry = d.pick(industryNames)
	c.Employees = int(math.Exp(d.NormFloat64()*1.6 + 4.2))
	c.Revenue = int64(float64(c.Employees)*math.Exp(d.NormFloat64()*0.5+11.8)) / 1000 * 1000
	c.Founded = 2024 - int(d.ExpFloat64()*18)
	c.Country, c.City = place(d, c.French)
	c.Created = d.before(w.now, w.now.AddDate(-4, 0, 0), 600)
	switch u := d.Float64(); { // what nobody filled in
	case u < 0.10:
		c.Employees = 0
	case u < 0.18:
		c.Industry = ""
	case u < 0.25:
		c.Revenue = 0
	}
	return c
}

// frenchCompanies is the share of companies with a French name.
const frenchCompanies = 0.55

// companyIsFrench is Company(i).French without making the rest.
func (w *World) companyIsFrench(i int) bool { return w.dice(companyStream, i).chance(frenchCompanies) }

// companyName builds a name and a domain no other company has.
func companyName(i int, french bool) (name, domain string) {
	heads, tails := companyHeadsEN, companyTailsEN
	if french {
		heads, tails = companyHeadsFR, companyTailsFR
	}
	head, tail := heads[i%len(heads)], tails[i/len(heads)%len(tails)]
	if name = head + " " + tail; french {
		name = tail + " " + head
	}
	round := i / (len(heads) * len(tails))
	domain = plain(strings.ReplaceAll(name, " ", "-"))
	if round > 0 {
		name += " " + strconv.Itoa(round+1)
		domain += "-" + strconv.Itoa(round+1)
	}
	return name, domain + ".example"
}

// place draws a country as people type it, and a city.
func place(d *dice, french bool) (country, city string) {
	all := placesEN
	if french {
		all = placesFR
	}
	p := all[int(math.Pow(d.Float64(), 2)*float64(len(all)))]
	return d.pick(p.spellings), d.pick(p.cities)
}

var unaccented = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "î", "i", "ï", "i", "ô", "o", "ö", "o",
	"û", "u", "ù", "u", "ü", "u", "ç", "c", "œ", "oe", "É", "e", "'", "", " ", "-", "&", "and")

// plain turns a name into what stands in an address: no accents, no capitals, letters, digits and hyphens only.
func plain(s string) string {
	s = unaccented.Replace(strings.ToLower(s))
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
