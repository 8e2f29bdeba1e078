package mapping

import (
	"strconv"
	"strings"
)

// sizeBand gives the band of company sizes that a number of employees, or the middle of a range such as "50-100", falls
// in; "" for what is neither.
func sizeBand(s string) string {
	n, trouble := parseNumber(s)
	if trouble != "" {
		ends := numberRange.FindStringSubmatch(strings.ReplaceAll(strings.TrimSuffix(compact(employeesOnly(s)), "+"), ",", ""))
		if ends == nil {
			if n, trouble = parseNumber(employeesOnly(s)); trouble != "" {
				return ""
			}
		} else {
			low, err1 := strconv.ParseFloat(ends[1], 64)
			high, err2 := strconv.ParseFloat(ends[2], 64)
			if err1 != nil || err2 != nil || high < low {
				return ""
			}
			n = (low + high) / 2
		}
	} else if strings.HasSuffix(strings.TrimSpace(s), "+") {
		n++ // "1000+" and "5000+" mean more than that
	}
	bands := []struct {
		to   float64
		name string
	}{{10, "1-10"}, {50, "11-50"}, {200, "51-200"}, {500, "201-500"}, {1000, "501-1000"}, {5000, "1001-5000"}}
	if n < 1 {
		return ""
	}
	for _, b := range bands {
		if n <= b.to {
			return b.name
		}
	}
	return "5001+"
}

// employeesOnly takes the word for employees off a size.
func employeesOnly(s string) string {
	folded := fold(s)
	for _, word := range []string{"employees", "employes", "employe(s)", "employee(s)", "salaries", "collaborateurs", "personnes", "people", "staff", "mitarbeiter"} {
		folded = strings.TrimSpace(strings.TrimSuffix(folded, word))
	}
	return folded
}
