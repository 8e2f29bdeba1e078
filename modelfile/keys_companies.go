package modelfile

import (
	"slices"

	"github.com/bareme/bareme/mapping"
)

// companiesShape is how companies are scored.
var companiesShape = &shape{kind: object, title: "companies", about: "Companies are scored like people: by what is known of them, by their people, and by their deals. Every key means for companies what it means for people.", fields: []field{
	{"identity", companyIdentityShape, false, "`domain` in HubSpot, `Website` in Salesforce", "With several connections: which company it is. See [identity](identity.md).", "{links: {marketing.salesforceaccountid: sales}}"},
	{"include", &shape{kind: condition}, false, "every company", "Which companies are scored at all, as a condition over the attributes.", "employees >= 10"},
	{"exclude", &shape{kind: condition}, false, "none", "Which companies are not scored, as a condition over the attributes.", "competitor"},
	{"empty", aTexts, false, "none", "Texts that stand for no value in any attribute, letter case aside.", "[Select, n/a]"},
	{"attributes", &shape{kind: dictionary, key: nameKey, item: companyAttributeShape}, false, "none", "Facts about a company, and what its people add up to, by the name conditions use.", ""},
	{"activity", &shape{kind: dictionary, key: nameKey, item: companyActivityShape}, false, "none", "Kinds of activity that concern the company itself, such as its deals.", ""},
	{"scores", &shape{kind: dictionary, key: nameKey, item: scoreShape, filled: true}, true, "", "The scores by name, as for people.", ""},
	{"overall", overallShapes, false, "every score weighs 1", "As for people.", "{fit: 2, interest: 1}"},
	{"adjust", &shape{kind: list, item: adjustShape, filled: true}, false, "none", "As for people.", ""},
	{"grade", gradeShape, false, "no grade", "As for people.", "{bands: {A: 70, B: 40, C: 0}}"},
	{"lifecycle", &shape{kind: dictionary, key: titleKey, item: &shape{kind: either, item: aCondition, long: stageShape}, filled: true}, false, "no stages", "As for people.", `{customer: 'happened("deal_won")', prospect: "*"}`},
	{"routing", &shape{kind: dictionary, key: titleKey, item: aCondition, filled: true}, false, "by grade and stage", "As for people.", `{sales: 'grade == "A"', nurture: "*"}`},
	{"value", valueShape, false, "nothing is learnt of purchases", "Churn risk and value of companies, learnt from their purchases.", "{activity: deal_won}"},
	{"next_product", productsShape, false, "nothing is suggested", "The product companies are likely to buy next, learnt from their purchases.", "{of: [bought_printer, bought_ink]}"},
	{"trend", trendShape, false, "`{over: 7d, move: 5}`", "As for people.", "{over: 30d, move: 10}"},
}}

var companyIdentityShape = &shape{kind: object, title: "companies.identity", about: "A company in two CRMs is one: by a link, else by its web address. A web or e-mail address counts as its domain, whatever its form; that of a free mail provider or a social network joins none.", fields: []field{
	{"by", &shape{kind: dictionary, key: nameKey, item: &shape{kind: anyText, empty: true}, filled: true}, false, "`domain` in HubSpot, `Website` in Salesforce", "By connection, the field of the company that says which it is. `\"\"`: none.", "{marketing: customer_number, sales: Customer_Number__c}"},
	{"links", &shape{kind: dictionary, item: &shape{kind: name}, filled: true}, false, "none", "Fields that hold the id of the same company's record in another connection, and that connection. A link goes before an identity.", "{marketing.salesforceaccountid: sales}"},
}}

// personOnly are the keys of an attribute that companies do not have.
var personOnly = []string{"from", "purpose", "sex", "estimate", "max_width", "min_count"}

var companyAttributeShape = &shape{kind: object, title: "companies.attributes", about: "An attribute comes `from` a field of the company, as for people, or is made of its people with `roll_up`: of the scores of people who are linked to the company as their primary one. People who are not scored by choice take no part; where nobody takes part the attribute is unknown, but a count is 0.", fields: slices.Concat([]field{
	{"from", aTexts, false, "", "The field of the company, or several in order of preference. Required unless `roll_up` is set. With several connections the connection stands first.", "numberofemployees"},
	{"roll_up", aText, false, "none", "What of the people is rolled up: `overall`, a score of theirs by its name, or `count` for how many they are.", "engagement"},
	{"how", &shape{kind: choice, choices: mapping.RollUpWays()}, false, "", "Required with `roll_up` of a score: the highest (`max`), the mean (`mean`), the mean of the `n` highest (`top`), or the sum (`sum`).", "max"},
	{"n", &shape{kind: whole, within: &bounds{least: 1, most: 1000}}, false, "", "Required with `how: top`: how many.", "3"},
	{"cap", aPositive, false, "no cap", "With `how: sum`: the most it can be.", "100"},
	{"when", &shape{kind: condition}, false, "everybody", "With `roll_up`: which people take part, as a condition over the attributes of people, their scores by name, `overall`, `grade`, `label` and `stage`.", `'seniority in ["c-level", "vp"]'`},
}, without(attributeShape.fields, personOnly))}

var companyActivityShape = &shape{kind: object, title: "companies.activity", about: "Activity that the CRM links to the company itself. What people did reaches their company through `roll_up`.", fields: slices.Concat([]field{
	{"from", &shape{kind: choice, choices: mapping.Sources()}, true, "", "The source of the CRM.", "deals"},
}, without(activityShape.fields, []string{"from", "count", "last"}))}

func without(fields []field, keys []string) []field {
	return slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return slices.Contains(keys, f.key) })
}
