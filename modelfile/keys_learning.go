package modelfile

import "github.com/bareme/bareme/scoring"

// probabilityField is what makes a probability of a learnt score.
var probabilityField = field{"probability", probabilityShape, false, "none", "Of a learnt score: what makes a probability of it, in percent, for `write` and the conditions of `lifecycle` and `routing`: NAME`_probability`. `bareme fit` proposes it.", "{intercept: -4.1, slope: 0.06}"}

var probabilityShape = &shape{kind: object, title: "probability", about: "The probability of the outcome is 100 / (1 + exp(-(intercept + slope × score))) percent. Whoever changes points by hand has `bareme fit` propose new figures.", fields: []field{
	{"intercept", aNumber, true, "", "The log-odds of the outcome at a score of 0.", "-4.1"},
	{"slope", aNumber, true, "", "The log-odds that each point adds.", "0.06"},
}}

var learnShape = &shape{kind: object, title: "learn", about: "What `bareme fit` learns from the people who converted, and from those who did not; see [learning](learning.md). It changes no score until `bareme apply`.", fields: []field{
	{"outcome", outcomeShape, true, "", "What counts as converted.", `{activity: won, within: 90d}`},
	{"score", &shape{kind: name}, false, "learnt", "The score that is proposed.", "learnt"},
	{"start", &shape{kind: name}, false, "the person's first dated activity", "The attribute with the date a person came.", "created"},
	{"after", &shape{kind: duration, zero: true}, false, "14d", "How long after they came people are looked at: what is known by then is what the score learns from. Who converted before is left out.", "14d"},
	{"attributes", aTexts, false, "all", "The attributes to learn from.", "[country, seniority]"},
	{"activities", aTexts, false, "all but the outcome", "The kinds of activity to learn from.", "[email_click, meeting]"},
	{"fixed", aTexts, false, "none", "Attributes that cannot change, or were set when the person came. Of others the CRM's field history must tell what they were; where it does not, they are left out.", "[country, source]"},
	{"allow", aTexts, false, "none", "What the leak guard suspects of knowing the outcome, and you vouch for.", "[contract]"},
	{"held_out", aPercent, false, "30%", "The share of the people, the latest, on which what was learnt is judged.", "30%"},
	{"points", &shape{kind: whole, within: &bounds{least: 10, most: 1000}}, false, "100", "What the most points of all attributes come to, about.", "100"},
	{"short", &shape{kind: whole, within: &bounds{least: 1, most: 20}}, false, "as many as tell something", "At most so many criteria. It takes 400 people of either outcome.", "8"},
}}

var outcomeShape = &shape{kind: object, title: "learn.outcome", about: "One of `activity` and `when`.", fields: []field{
	{"activity", &shape{kind: name}, false, "", "The kind of activity whose first time is the conversion.", "won"},
	{"when", &shape{kind: condition}, false, "", "A condition that holds for those who converted. It does not say when, so prefer `activity`.", "customer"},
	{"within", aDuration, false, "90d", "The time people are given, from when they are looked at. Who is younger and has not converted is unknown, not lost.", "90d"},
}}

var valueShape = &shape{kind: object, title: "value", about: "Learnt from who bought when and for how much, by `bareme fit` and the first sync; see [learning](learning.md). It makes attributes for conditions and `write`, of everybody who has bought: `churn_risk` (percent), `expected_purchases` and `expected_value` (over the horizon, in the currency of the purchases; three significant digits). Where nothing can be learnt they stay unknown, and `bareme fit` says why.", fields: []field{
	{"activity", &shape{kind: name}, true, "", "The kind of activity that is a purchase. One below zero is a refund.", "purchase"},
	{"process", &shape{kind: choice, choices: processes()}, false, "mbg/nbd", "How people buy and leave. Under `bg/nbd` nobody who bought once is ever at risk.", "mbg/nbd"},
	{"months", &shape{kind: whole, within: &bounds{least: 1, most: 240}}, false, "12", "The horizon of what is expected.", "12"},
	{"discount", aPercent, false, "0%", "What a year of waiting costs.", "10%"},
	{"margin", aPercent, false, "100%: revenue", "The share of an amount that is earned.", "30%"},
}}

// processes are the names of the processes of buying and leaving.
func processes() []string {
	var names []string
	for _, k := range scoring.Processes() {
		names = append(names, string(k))
	}
	return names
}

var productsShape = &shape{kind: object, title: "next_product", about: "Learnt from what people with the same purchases bought next, by `bareme fit` and the first sync; see [learning](learning.md). It makes the attribute `next_product` for conditions and `write`: the name of one of these kinds of activity. Where nothing speaks, or suggestions would not beat the most bought products, it stays unknown, and `bareme fit` says why.", fields: []field{
	{"of", aTexts, false, "", "Kinds of activity, each the purchase of one product: map them with `when`. This, or the three below.", "[bought_printer, bought_ink]"},
	{"activity", aText, false, "", "One kind of activity that is the purchase of any product, or a form about one.", "purchase"},
	{"by", aText, false, "", "With `activity`: the field of it that names the product.", "product_name"},
	{"products", &shape{kind: dictionary, key: nameKey, item: aTexts, filled: true}, false, "", "With `activity`: the products, by the names `next_product` gives them, and the texts of the field that mean each, letter case aside. Each becomes a kind of activity of this name.", "{printer: [Printer, Printer XL], ink: Ink}"},
	{"days", &shape{kind: whole, within: &bounds{least: 1, most: 3650}}, false, "365", "The window after a purchase in which the next one counts.", "180"},
}}
