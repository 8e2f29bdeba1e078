package modelfile

import (
	"slices"

	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
)

// Version is the version of the model file this program reads.
const Version = 1

// CRMs are the kinds of connection a model file may name.
func CRMs() []string { return []string{"file", "hubspot", "salesforce"} }

// transforms are the names of the transforms an attribute may use.
func transforms() []string {
	var names []string
	for _, t := range mapping.Transforms() {
		names = append(names, t.Name)
	}
	return names
}

// scales are the names of the grade scales of other products.
func scales() []string {
	var names []string
	for _, s := range scoring.Scales() {
		names = append(names, s.Name)
	}
	return names
}

func families() []string {
	var names []string
	for _, f := range scoring.Families() {
		names = append(names, string(f))
	}
	return names
}

// scalars that many keys share.
var (
	aText      = &shape{kind: anyText}
	aTexts     = &shape{kind: texts}
	aNumber    = &shape{kind: number}
	aWhole     = &shape{kind: whole}
	aPositive  = &shape{kind: number, within: &bounds{least: 0, most: maxNumber, above: true}}
	aCondition = &shape{kind: condition}
	aFamily    = &shape{kind: choice, choices: families()}
	aYesNo     = &shape{kind: yesNo}
	aDuration  = &shape{kind: duration}
	aPercent   = &shape{kind: percent}
	aCron      = &shape{kind: cronLine}
	aTable     = &shape{kind: table}
	fieldSets  = &shape{kind: dictionary, item: &shape{kind: texts, empty: true}, filled: true}
)

// fileShape is the whole model file.
var fileShape = &shape{kind: object, title: "The file", about: "One YAML file holds one model. Every key is listed here; an unknown key is an error.", fields: []field{
	{"version", aWhole, true, "", "The version of this format. Always 1.", "1"},
	{"connections", &shape{kind: list, item: connectionShape, filled: true, most: 8}, true, "", "The CRM accounts people come from and scores go to. With several, a person known to more than one is scored once and shown in each: see [identity](identity.md).", "[{name: marketing, crm: hubspot}]"},
	{"identity", &shape{kind: either, item: &shape{kind: anyText, empty: true}, long: identityShape}, false, "the CRM's e-mail address", "The field that says who a person is. `\"\"`: none. With several connections, the keys of [identity](#identity).", "email"},
	{"people", peopleShape, true, "", "What is read about people, and under which names the scores use it.", ""},
	{"currencies", currenciesShape, false, "amounts in another currency are left out", "Exchange rates, by which amounts are converted.", ""},
	{"scores", &shape{kind: dictionary, key: nameKey, item: scoreShape, filled: true}, true, "", "The scores by name, each a sum of points.", ""},
	{"overall", overallShapes, false, "every score weighs 1", "How much each score weighs in the overall score, a weighted mean. A score left out does not count. Or the keys of [overall](#overall).", "{fit: 2, engagement: 1}"},
	{"adjust", &shape{kind: list, item: adjustShape, filled: true}, false, "none", "What moves the overall score itself, after all scores are added up.", ""},
	{"grade", gradeShape, false, "no grade", "How two scores become a grade, and grades a label.", ""},
	{"lifecycle", &shape{kind: dictionary, key: titleKey, item: &shape{kind: either, item: aCondition, long: stageShape}, filled: true}, false, "no stages", "The stages of a client, in order: the first that holds is the one. Each is a condition, or the keys of [lifecycle](#lifecycle). `\"*\"` is everybody who is left. Conditions may ask for the scores by name, for `overall`, `grade` and `label` too.", `{customer: 'happened("purchase")', suspect: "*"}`},
	{"routing", &shape{kind: dictionary, key: titleKey, item: aCondition, filled: true}, false, "by grade and stage", "Where people go: `sales`, `nurture` and `out_of_target` with conditions, of which the first that holds wins. Conditions may ask for `stage` too.", `{sales: 'grade == "A1"', nurture: "*"}`},
	{"filters", filtersShape, false, "opens are ignored", "What is left out before anything is scored.", ""},
	{"trend", trendShape, false, "`{over: 7d, move: 5}`", "When the overall score counts as rising or falling.", "{over: 7d, move: 5}"},
	{"value", valueShape, false, "nothing is learnt of purchases", "Churn risk and customer value, learnt from purchases.", ""},
	{"next_product", productsShape, false, "nothing is suggested", "The product people are likely to buy next, learnt from purchases.", ""},
	{"learn", learnShape, false, "nothing is learnt", "What `bareme fit` learns from those who converted.", ""},
	{"companies", companiesShape, false, "companies are not scored", "How companies are scored: by their own criteria and by their people.", ""},
	{"write", writeShape, false, "nothing is written", "Where scores are written.", ""},
	{"override", overrideShape, false, "nowhere", "Where people set the overall score by hand in the CRM; `bareme override` does it without a field.", "{field: bareme_override, until: bareme_override_until}"},
	{"alerts", &shape{kind: list, item: alertShape, filled: true}, false, "none", "Who is told when people enter a band.", "[{name: Hot lead, enters: hot, to: [task]}]"},
	{"privacy", privacyShape, false, "", "Whom to leave out and what to forget.", ""},
	{"schedule", scheduleShape, false, "", "When `bareme run` does what.", ""},
}}

var connectionShape = &shape{kind: object, title: "connections", about: "Secrets are not written here: they come from the environment.", fields: []field{
	{"name", &shape{kind: name}, true, "", "Your name for the connection.", "marketing"},
	{"crm", &shape{kind: choice, choices: CRMs()}, true, "", "The kind of CRM. `file` is a spreadsheet, for `bareme score`.", "hubspot"},
}}

var identityShape = &shape{kind: object, title: "identity", about: "With several connections: how the records of one person are found. A mailbox that several people may read, such as info@, joins nobody, nor does an address that two records of one CRM have.", fields: []field{
	{"by", &shape{kind: dictionary, key: nameKey, item: &shape{kind: anyText, empty: true}, filled: true}, false, "each CRM's e-mail address", "By connection, the field that says who a person is. `\"\"`: none.", "{marketing: email, sales: Email}"},
	{"links", &shape{kind: dictionary, item: &shape{kind: name}, filled: true}, false, "none", "Fields that hold the id of the same person's record in another connection, and that connection. A link goes before an identity.", "{marketing.salesforcecontactid: sales, marketing.salesforceleadid: sales}"},
}}

var currenciesShape = &shape{kind: object, title: "currencies", about: "Amounts in another currency than the attribute's or the activity's own are converted to it by these rates: exactly, then rounded to the cent. An amount in a currency without a rate is left out, and the report names the currency.", fields: []field{
	{"as_of", aText, true, "", "The day of the rates; explanations tell it.", "2026-01-31"},
	{"rates", &shape{kind: dictionary, item: aPositive, filled: true}, true, "", "What one unit of each currency is worth, all in the same currency, as in ISO 4217.", "{EUR: 1, USD: 0.92, GBP: 1.17}"},
}}

var peopleShape = &shape{kind: object, title: "people", fields: []field{
	{"include", &shape{kind: condition}, false, "everybody", "Who is scored at all, as a condition over the attributes.", `'country in ["FR", "BE"]'`},
	{"exclude", &shape{kind: condition}, false, "nobody", "Who is not scored, as a condition over the attributes.", "competitor"},
	{"empty", aTexts, false, "none", "Texts that stand for no value in any attribute, letter case aside: what a form shows before a choice is made.", "[Select, n/a]"},
	{"attributes", &shape{kind: dictionary, key: nameKey, item: attributeShape}, false, "none", "Facts about a person, by the name conditions use.", ""},
	{"activity", &shape{kind: dictionary, key: nameKey, item: activityShape}, false, "none", "Kinds of activity, by the name criteria use.", ""},
}}

// connectionField saves writing the connection before each field.
var connectionField = field{"connection", &shape{kind: name}, false, "", "With several connections: the one all fields of this entry belong to.", "sales"}

var attributeShape = &shape{kind: object, title: "people.attributes", about: "The first field of `from` that has a value wins. It is transformed, looked up, and read as its type. Without a value the attribute is unknown, which is neither zero nor empty.", fields: []field{
	{"from", aTexts, true, "", "The CRM's field, or several in order of preference. `company.` reads the person's company; `owner.name` and `owner.email` the person's owner. With several connections the connection stands first: `[sales.Title, marketing.jobtitle]`; the first that has a value wins.", "[company.industry, industry]"},
	connectionField,
	{"type", &shape{kind: choice, choices: []string{"number", "text", "bool", "date", "list", "money"}}, false, "the transform's type, else `text`", "How the value is read.", "number"},
	{"transform", &shape{kind: choice, choices: transforms()}, false, "none", "How the value is changed on the way; see [Transforms](#transforms).", "country"},
	{"default", aText, false, "stays unknown", "The value used when nothing is known.", "unknown"},
	{"lookup", aTable, false, "none", "Replaces values: a CSV file with the header `from,to`, its path relative to the model file, or the pairs written here. A value not listed becomes unknown.", "industries.csv"},
	{"currency", aText, false, "", "Required with `type: money`: the currency of the amounts, as in ISO 4217. Amounts in another are left out.", "EUR"},
	{"currency_from", aText, false, "none", "With `type: money`: the field that holds each amount's currency.", "deal_currency_code"},
	{"purpose", aText, false, "", "Required with `transform: age_from_first_name`: what the estimate is for, in words the people concerned would understand.", "choose between the printed and the online catalogue"},
	{"sex", aText, false, "both are mixed", "With `transform: age_from_first_name`: the field with the sex or the form of address.", "salutation"},
	{"estimate", &shape{kind: choice, choices: mapping.Estimates()}, false, "median", "With `transform: age_from_first_name`: which age of the bearers is taken. A quarter are not older than `youngest`, half not older than `median`, three quarters not older than `oldest`.", "youngest"},
	{"max_width", &shape{kind: whole, within: &bounds{least: 1, most: 100}}, false, "25", "With `transform: age_from_first_name`: no estimate when the middle half of the bearers spans more years than this, or the middle four fifths more than twice as many.", "15"},
	{"min_count", &shape{kind: whole, within: &bounds{least: 1, most: 100000}}, false, "1000", "With `transform: age_from_first_name`: no estimate when fewer people bear the name.", "5000"},
}}

var activityShape = &shape{kind: object, title: "people.activity", fields: []field{
	{"from", &shape{kind: choice, choices: slices.Concat([]string{"counter"}, mapping.Sources())}, true, "", "Where the activity is: a source of the CRM, or `counter` when the CRM only keeps a count and the date of the last one.", "meetings"},
	connectionField,
	{"count", aText, false, "none", "Counter: the field that counts.", "hs_email_click"},
	{"last", aText, false, "none", "Counter: the field with the date of the latest.", "hs_email_last_click_date"},
	{"when", fieldSets, false, "all of the source", "Fields of the activity and the values they must have, letter case aside; all must hold. `\"\"` is an empty field.", "{hs_meeting_outcome: COMPLETED}"},
	{"not", fieldSets, false, "none", "Fields of the activity and values they must not have; any of them leaves the activity out. `*` at either end stands for anything: newsletters by name.", `{hs_email_subject: "*newsletter*"}`},
	{"time", aText, false, "the CRM's own time", "The field with the moment it happened.", "closedate"},
	{"amount", aText, false, "none", "The field with an amount of money.", "amount"},
	{"currency", aText, false, "", "Required with `amount`: its currency, as in ISO 4217. Amounts in another are left out.", "EUR"},
	{"currency_from", aText, false, "none", "The field that holds each amount's currency.", "deal_currency_code"},
}}

// decayFields are the ways points fall with age; at most one may be used in one place.
var decayFields = []field{
	{"half_life", aDuration, false, "none", "Decay: points halve each time this span has passed.", "30d"},
	{"linear", aDuration, false, "none", "Decay: points fall evenly to nothing over this span.", "90d"},
	{"window", aDuration, false, "none", "Decay: full points up to this age, then none.", "90d"},
	{"steps", &shape{kind: dictionary, key: durationKey, item: aPercent, filled: true}, false, "none", "Decay: from each age on, the share of the points that is left.", "{30d: 50%, 90d: 0%}"},
	{"interval", intervalShape, false, "none", "Decay: a share of the points is lost each time a span has passed.", "{every: 30d, percent: 10%}"},
	{"erosion", erosionShape, false, "none", "Decay: each day, or each span, takes a little of what is left.", "{at_least: 3, percent: 5%}"},
	{"decay", &shape{kind: choice, choices: []string{"none"}}, false, "that of the group, else of the score", "`none`: no decay here, whatever the group or score says.", "none"},
}

var intervalShape = &shape{kind: object, title: "interval", fields: []field{
	{"every", aDuration, true, "", "The span.", "30d"},
	{"percent", aPercent, true, "", "The share of the original points lost each time.", "10%"},
}}

var erosionShape = &shape{kind: object, title: "erosion", fields: []field{
	{"every", aDuration, false, "1d", "The span.", "1d"},
	{"at_least", aPositive, true, "", "The fewest points lost each time.", "3"},
	{"percent", aPercent, true, "", "The share of what is left that is lost each time, where that is more.", "5%"},
}}

var scoreShape = &shape{kind: object, title: "scores", about: "A score is the sum of its groups, kept between `min` and `max`. Decay set here holds for every activity criterion that has none of its own.", fields: slices.Concat([]field{
	{"include", &shape{kind: condition}, false, "everybody", "Who has this score, as a condition. For others it is out of scope: there is none, and the overall score does without it.", `'country in ["FR", "BE"]'`},
	{"exclude", &shape{kind: condition}, false, "nobody", "Who does not have this score, as a condition.", "employees > 10000"},
	{"min", aNumber, false, "0", "The least the score can be.", "0"},
	{"max", aNumber, false, "100", "The most the score can be.", "100"},
	{"groups", &shape{kind: dictionary, key: titleKey, item: groupShape, filled: true}, false, "", "Sets of criteria, by name. Required unless `method` is set.", ""},
	probabilityField,
}, purchaseFields, decayFields)}

var groupShape = &shape{kind: object, title: "groups", about: "A group is the sum of its criteria, kept between `min` and `max` where they are set.", fields: slices.Concat([]field{
	{"min", aNumber, false, "no floor", "The least the group can give.", "-40"},
	{"max", aNumber, false, "no cap", "The most the group can give.", "60"},
	{"weight", aPositive, false, "1", "Multiplies all points, caps and floors of the group.", "2"},
	{"family", aFamily, false, "found from what each criterion asks", "The family of its criteria, by which reasons are grouped.", "psychographic"},
	{"criteria", &shape{kind: list, item: criterionShape, filled: true}, true, "", "What gives or takes points.", ""},
}, decayFields)}

var criterionShape = &shape{kind: object, title: "criteria", about: "A criterion has exactly one of `when` (a condition), `activity` (something the person did) and `inactive` (nothing done for a while).", fields: slices.Concat([]field{
	{"name", aText, true, "", "What the reasons call it.", "Company size"},
	{"points", aNumber, false, "", "Points it gives; negative ones are taken away. Required unless `tiers` is set.", "20"},
	{"when", &shape{kind: condition}, false, "", "The condition, in the expr language over the attributes.", "employees >= 50"},
	{"unknown", aNumber, false, "none", "With `when`: points when the condition can be neither true nor false, because an attribute is unknown.", "-5"},
	{"activity", &shape{kind: name}, false, "", "The kind of activity that gives the points.", "email_click"},
	{"each", aYesNo, false, "false", "With `activity`: points for each time, not once.", "true"},
	{"cap", aPositive, false, "no cap", "With `activity`: the most this criterion gives or, below zero, takes in all. Without a minus sign.", "25"},
	{"within", aDuration, false, "any age", "With `activity`: only activity younger than this. Undated activity does not count then.", "90d"},
	{"tiers", &shape{kind: dictionary, key: wholeKey, item: aNumber, filled: true}, false, "none", "With `activity`: points by how many times, instead of `points`.", "{1: 5, 3: 10, 10: 20}"},
	{"inactive", aDuration, false, "", "Gives the points when the last activity is at least this old. Someone without any known activity is not inactive.", "90d"},
	{"of", aTexts, false, "every kind", "With `inactive`: the kinds of activity that count.", "[email_click, meeting]"},
	{"family", aFamily, false, "the group's, else found from what it asks", "What kind of knowledge it rests on: of the company (`firmographic`), of the person (`socio-demographic`), interests and answers (`psychographic`), what was done (`behavioural`), purchases (`transactional`), reviews, referrals and events (`engagement`).", "engagement"},
}, decayFields)}

var gradeShape = &shape{kind: object, title: "grade", fields: []field{
	{"matrix", matrixShape, false, "", "Two scores: one gives the letter, the other the number. A1 is the best.", "{rows: fit, columns: engagement}"},
	{"scale", &shape{kind: choice, choices: scales()}, false, "", "Instead of `matrix`: one score in the grades of another product; see [grade scales](scoring.md#grade-scales-échelles-de-notes).", "madkudu"},
	{"bands", &shape{kind: dictionary, key: titleKey, item: aNumber, filled: true}, false, "", "Instead of `matrix`: grades of your own for one score and the least score for each, best first. Below the last there is no grade.", "{gold: 80, silver: 50, bronze: 0}"},
	{"score", &shape{kind: name}, false, "overall", "With `scale` or `bands`: the score that is graded.", "fit"},
	{"thirds", thirdsShape, false, "", "Instead of `matrix`: a grade from A+ to F that each criterion moves by thirds of a letter, as Account Engagement (Pardot) does.", ""},
	{"label", &shape{kind: dictionary, key: titleKey, item: aTexts, filled: true}, false, "no label", "Labels and their grades, separated by spaces. The first label that has the grade wins; `*` is every grade.", `{hot: "A1 A2 B1", cold: "*"}`},
	{"next", &shape{kind: dictionary, key: titleKey, item: aText, filled: true}, false, "call, nurture, leave", "What to do next with people of a label or a grade, in words. A grade comes before its label.", "{hot: Call today, D4: Remove from the list}"},
}}

var thirdsShape = &shape{kind: object, title: "grade.thirds", fields: []field{
	{"start", &shape{kind: choice, choices: scoring.ThirdGrades()}, false, "D", "The grade everybody begins with.", "D"},
	{"criteria", &shape{kind: list, item: thirdShape, filled: true}, true, "", "What moves the grade.", ""},
}}

var thirdShape = &shape{kind: object, title: "grade.thirds.criteria", fields: []field{
	{"name", aText, true, "", "What the reasons call it.", "Decides"},
	{"when", aCondition, true, "", "The condition, in the expr language over the attributes.", "employees >= 50"},
	{"thirds", &shape{kind: whole, within: &bounds{least: -12, most: 12}}, true, "", "Thirds of a letter up: 3 is a whole letter. Below 0: down.", "3"},
}}

// weightsShape is the short form of overall, overallShape the long one.
var weightsShape = &shape{kind: dictionary, key: nameKey, item: aPositive, filled: true}

var overallShapes = &shape{kind: either, item: weightsShape, long: overallShape}

var overallShape = &shape{kind: object, title: "overall", about: "`overall` holds weights by score, or these keys.", fields: []field{
	{"method", &shape{kind: choice, choices: []string{"mean", "sum"}}, false, "mean", "A weighted mean or a weighted sum.", "sum"},
	{"weights", weightsShape, false, "every score weighs 1", "How much each score weighs. A score left out does not count.", "{fit: 2, engagement: 1}"},
	{"max", aPositive, false, "what the scores' own max gives", "The most the overall score can be, before `scale`.", "100"},
	{"scale", aPositive, false, "as it is", "What the most is shown and written as: with 10 the overall score runs to 10. The defaults of `trend.move`, `min_change` and, up to 20, `decimals` follow.", "10"},
}}

var adjustShape = &shape{kind: object, title: "adjust", about: "Adjustments belong to no score: reasons show them apart. The overall score stays within its bounds.", fields: []field{
	{"name", aText, true, "", "What the reasons call it.", "Needs nurturing"},
	{"when", aCondition, true, "", "The condition. Where it cannot be answered, nothing moves.", "nurture"},
	{"points", aNumber, true, "", "Points on the scale of the overall score.", "-10"},
}}

var stageShape = &shape{kind: object, title: "lifecycle", about: "A stage with `leave` is left only when that holds, whatever becomes of `enter`: so nobody goes to and fro over one threshold.", fields: []field{
	{"enter", aCondition, true, "", "Who comes to this stage.", "engagement >= 30"},
	{"leave", aCondition, false, "when `enter` no longer holds", "Who leaves it.", "engagement < 20"},
}}

var filtersShape = &shape{kind: object, title: "filters", about: "What is left out counts nowhere: not for criteria, not for conditions, not as a sign of life. `bareme explain` counts it.", fields: []field{
	{"opens", &shape{kind: choice, choices: []string{scoring.IgnoreOpens, scoring.CountOpens}}, false, "ignore", "Whether opened e-mails count, that is every activity whose name says so, such as `email_open`. Apple Mail and mail gateways open by themselves.", "count"},
	{"bursts", burstsShape, false, "none", "Leaves out activity of one kind that comes too fast for a person.", "{times: 3, seconds: 10}"},
	{"scanners", scannersShape, false, "none", "Leaves out clicks on delivery of an e-mail that nobody opened.", ""},
	{"ignore", ignoreShape, false, "nobody", "Who is not scored at all.", ""},
}}

var burstsShape = &shape{kind: object, title: "filters.bursts", fields: []field{
	{"times", &shape{kind: whole, within: &bounds{least: 2, most: 1000}}, true, "", "From how many on.", "3"},
	{"seconds", aPositive, true, "", "Within how many seconds.", "10"},
	{"of", aTexts, false, "those named clicks", "The kinds of activity.", "[email_click]"},
}}

var scannersShape = &shape{kind: object, title: "filters.scanners", fields: []field{
	{"clicks", &shape{kind: name}, true, "", "The activity that is a click.", "email_click"},
	{"opens", &shape{kind: name}, true, "", "The activity that is an open.", "email_open"},
	{"delivered", &shape{kind: name}, true, "", "The activity that is a delivery.", "email_delivered"},
	{"seconds", aPositive, false, "1", "How soon after delivery.", "1"},
}}

var ignoreShape = &shape{kind: object, title: "filters.ignore", fields: []field{
	{"domains", aTexts, false, "none", "Domains of e-mail addresses, with all below them: your own, and those of tests. An attribute must hold the domain: `{from: email, transform: domain}`.", "[example.com]"},
	{"emails_matching", aTexts, false, "none", "Parts of e-mail addresses, `*` for anything, letter case aside. An attribute must hold the address: `{from: email}`.", `["test*@*", "*+test@*"]`},
	{"where", aCondition, false, "none", "A condition over the attributes.", "test_contact"},
}}

var matrixShape = &shape{kind: object, title: "grade.matrix", fields: []field{
	{"rows", &shape{kind: name}, true, "", "The score that gives the letter.", "fit"},
	{"columns", &shape{kind: name}, true, "", "The score that gives the number.", "engagement"},
	{"row_cuts", &shape{kind: numbers, filled: true}, false, "`[75, 50, 25]`", "The least score for A, for B, for C …; below the last comes one letter more.", "[75, 50, 25]"},
	{"column_cuts", &shape{kind: numbers, filled: true}, false, "`[75, 50, 25]`", "The least score for 1, for 2, for 3 …", "[60, 30, 10]"},
}}

var trendShape = &shape{kind: object, title: "trend", fields: []field{
	{"over", &shape{kind: duration, zero: true}, false, "7d", "How far back the overall score is compared. `0d`: no trend.", "7d"},
	{"move", &shape{kind: number, within: &bounds{least: 0, most: maxNumber}}, false, "5", "The least difference that counts as rising or falling.", "5"},
}}

var writeShape = &shape{kind: object, title: "write", fields: []field{
	{"people", &shape{kind: dictionary, item: &shape{kind: target}, filled: true}, true, "", "What is written, and into which field: `score` (overall), `grade`, `label`, `reasons`, `trend`, `scored_at`, `unscored` (why there is no score), `next` (what to do), `history` (the last scores with their days), `changes` (what would lift or lower the grade; tried out for each person written, which takes time), `lifecycle` (the stage), `routing`, or a score by its name. With several connections, this for each: `{marketing: {score: bareme_score}, sales: {score: Bareme_Score__c}}`.", "{score: bareme_score, fit: bareme_fit}"},
	{"companies", &shape{kind: dictionary, item: &shape{kind: target}, filled: true}, false, "nothing", "The same for companies, once there is a section `companies`.", "{score: bareme_score, grade: bareme_grade}"},
	{"min_change", &shape{kind: number, within: &bounds{least: 0, most: maxNumber}}, false, "1", "A score that moved less than this is not written, unless the grade or label moved.", "1"},
	{"max_changed", aPercent, false, "30%", "A run that would change more of the records than this is refused until someone accepts it.", "30%"},
	{"decimals", &shape{kind: whole, within: &bounds{least: 0, most: 6}}, false, "0", "Decimals of written scores.", "0"},
	{"language", &shape{kind: choice, choices: []string{"en", "fr"}}, false, "en", "The language of reasons.", "fr"},
}}

var privacyShape = &shape{kind: object, title: "privacy", fields: []field{
	{"skip_if", &shape{kind: fieldRules}, false, "nobody", "Fields and values: people who match any of them are not scored, and next to nothing is kept of them. As a list of sets: people who match all of any set. See [privacy](privacy.md).", `{hs_email_optout: "true", hs_legal_basis: Not applicable}`},
	{"retain", aDuration, false, "kept", "Activity older than this is forgotten, and people whose last active contact is longer ago are not scored.", "3y"},
	{"active", aTexts, false, "every kind but openings", "With `retain`: the kinds of activity that are active contact. Mail programs open e-mails by themselves, so openings are none.", "[email_click, meeting]"},
	{"human_review", aYesNo, false, "false", "A person reviews whom a score of the CRM leaves out. Without it a model that includes or excludes people by such scores alone is refused.", "true"},
}}

var overrideShape = &shape{kind: object, title: "override", about: "A number in the field replaces the overall score until its day is over. It stands apart in the explanation, and grade and scores remain as computed.", fields: []field{
	{"field", aText, true, "", "The field of the person with the score.", "bareme_override"},
	{"until", aText, true, "", "The field with the last day it holds, or the moment it ends. Without one the score does not count.", "bareme_override_until"},
	{"author", aText, false, "none", "The field that says who set it.", "bareme_override_by"},
	{"reason", aText, false, "none", "The field that says why.", "bareme_override_reason"},
}}

var scheduleShape = &shape{kind: object, title: "schedule", about: "Five fields: minute, hour, day of the month, month, day of the week.", fields: []field{
	{"sync", aCron, false, "`*/15 * * * *`", "Pull what changed, score it, write it.", `"*/15 * * * *"`},
	{"rescore", aCron, false, "`0 3 * * *`", "Score everyone anew from the store, because points fall with time.", `"0 3 * * *"`},
	{"reload", aCron, false, "none", "Read everything again from the CRM.", `"0 2 * * 0"`},
	{"fit", aCron, false, "none", "Learn again what is learnt of purchases, and propose points anew with `learn`. Without it the first is learnt once, and both by `bareme fit`.", `"0 4 1 */3 *"`},
	{"timezone", &shape{kind: timeZone}, false, "UTC", "The time zone of these schedules.", "Europe/Paris"},
}}
