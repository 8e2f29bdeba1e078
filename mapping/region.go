package mapping

import (
	"strings"

	"github.com/biter777/countries"
)

// westOfAPAC are the countries of Asia that sales organisations count with Europe: the Middle East, Turkey, the Caucasus
// and Central Asia.
const westOfAPAC = "AE AM AZ BH CY GE IL IQ IR JO KG KW KZ LB OM PS QA SA SY TJ TM TR UZ YE"

// northAmerica is what sales organisations mean by it; the rest of the continent is Latin America to them.
const northAmerica = "US CA BM GL PM"

// region gives the sales region of a country, however it is written: EMEA, NA, LATAM or APAC; "" when it is none.
func region() func(string) string {
	code := country()
	return func(s string) string {
		c := code(s)
		if c == "" {
			return ""
		}
		switch countries.ByName(c).Region() {
		case countries.RegionEU, countries.RegionAF:
			return "EMEA"
		case countries.RegionNA, countries.RegionSA:
			if strings.Contains(northAmerica, c) {
				return "NA"
			}
			return "LATAM"
		case countries.RegionAS:
			if strings.Contains(westOfAPAC, c) {
				return "EMEA"
			}
			return "APAC"
		case countries.RegionOC:
			return "APAC"
		}
		return ""
	}
}
