package modelfile

import "github.com/bareme/bareme/scoring/rfm"

// purchaseFields are the keys of a score by purchases.
var purchaseFields = []field{
	{"method", &shape{kind: choice, choices: []string{"rfm"}}, false, "the sum of `groups`", "`rfm`: a score by recency, frequency and monetary value of purchases, from 0 to `max`. It takes no groups, and makes attributes for conditions and `write`: NAME`_segment`, NAME`_rfm` (543), NAME`_recency` (days), NAME`_frequency`, NAME`_monetary`, and the places NAME`_r`, NAME`_f`, NAME`_m`.", "rfm"},
	{"activity", &shape{kind: name}, false, "", "With `method`: the kind of activity that is a purchase. One below zero is a refund.", "purchase"},
	{"binning", &shape{kind: choice, choices: binnings()}, false, "`midrank`; `fixed` where there are `cuts`", "With `method`: how people are divided; see [scoring.md](scoring.md). All but `fixed` are learnt from the population and kept until the next fit.", "quantile"},
	{"recency", measureShape, false, "{bins: 5}", "With `method`: how the days since the last purchase are divided.", "{bins: 5}"},
	{"frequency", frequencyShape, false, "{bins: 5}", "With `method`: how the number of purchases is divided.", "{bins: 5}"},
	{"monetary", measureShape, false, "{bins: 5}", "With `method`: how the sum of the purchases is divided.", "{bins: 1}"},
	{"segments", &shape{kind: dictionary, key: titleKey, item: aTexts, filled: true}, false, "the usual ten", "With `method`: segments and their places. What is not named may have any place; `*` is the rest. No place may be without a segment.", `{Best: "R4-5 F4-5", Lost: "R1", Others: "*"}`},
	{"first_wins", aYesNo, false, "false", "With `segments`: they may overlap, and the first that fits counts.", "true"},
}

var measureShape = &shape{kind: object, title: "recency, monetary", about: "One is enough: `bins`, or `cuts` of your own.", fields: measureFields}

var frequencyShape = &shape{kind: object, title: "frequency", fields: append([]field{
	{"count", &shape{kind: choice, choices: []string{"purchases", "days"}}, false, "purchases", "`days`: several purchases on one day are one.", "days"},
}, measureFields...)}

var measureFields = []field{
	{"bins", &shape{kind: whole, within: &bounds{least: 1, most: rfm.MostBins}}, false, "5", "How many places there are. 1: this measure is left out.", "5"},
	{"cuts", &shape{kind: numbers, filled: true}, false, "none", "With `binning: fixed`: where one place ends and the next begins, ascending. A recency on a cut belongs to the better side, as does a frequency or a sum.", "[30, 60, 120, 210]"},
}

func binnings() []string {
	var names []string
	for _, b := range rfm.Binnings() {
		names = append(names, string(b))
	}
	return names
}
