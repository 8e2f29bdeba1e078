package modelfile

import "github.com/bareme/bareme/alert"

// alertShape is one alert.
var alertShape = &shape{kind: object, title: "alerts", about: "An alert goes out when a record enters a band, once, to the owner of the record: see [alerts](alerts.md). It says which band with `enters` or with `score`. Channels take addresses and secrets from the environment.", fields: []field{
	{"name", aText, true, "", "What the alert is called, in messages and lists. Alerts remember people by it.", "Hot lead"},
	{"enters", aTexts, false, "", "The labels or grades that are the band, separated by spaces. Required unless `score` is set.", `"A1 A2"`},
	{"keeps", aTexts, false, "none", "With `enters`: labels or grades between which people may come and go without leaving the band.", `"B1 B2"`},
	{"score", aNumber, false, "", "The least overall score of the band. Required unless `enters` is set.", "80"},
	{"margin", &shape{kind: number, within: &bounds{least: 0, most: maxNumber}}, false, "5", "With `score`: who came in leaves the band only below `score` less this.", "5"},
	{"to", &shape{kind: list, item: &shape{kind: choice, choices: alert.Channels()}, filled: true}, true, "", "How the owner is told: a `task` in the CRM, a message to `slack`, an `email`; and a signed `webhook` for a program.", "[task, slack]"},
	{"in", &shape{kind: name}, false, "the first", "With several connections: the one whose records the alert watches. So one person is one alert.", "sales"},
	{"cool_down", &shape{kind: duration, zero: true}, false, "14d", "After an alert, none of the same name about the same person for so long.", "14d"},
	{"quiet", quietShape, false, "none", "When nobody is told; what comes up meanwhile waits. Webhooks do not.", "{from: 19:00, to: 08:00, weekends: true}"},
	{"per_owner", &shape{kind: whole, within: &bounds{least: 0, most: 1000}}, false, "10", "The most messages of the alert to one owner a day, by each channel. What is above goes into the digest. 0: no cap. Webhooks have none.", "10"},
	{"digest", &shape{kind: clock}, false, "08:30", "When the digest goes out, in the time zone of `schedule`.", `"08:30"`},
	{"backfill", aYesNo, false, "false", "Tell of people who are in the band already: at the first load, and when their records are next written. Otherwise nobody is told of them.", "true"},
	{"show", aTexts, false, "nothing", "Attributes whose values messages hold beside the score. Without it a message names the record, and nothing of the person.", "[title]"},
}}

var quietShape = &shape{kind: object, title: "alerts.quiet", about: "In the time zone of `schedule`.", fields: []field{
	{"from", &shape{kind: clock}, false, "no hours", "When it begins.", `"19:00"`},
	{"to", &shape{kind: clock}, false, "no hours", "When it ends, the day after if that is earlier.", `"08:00"`},
	{"weekends", aYesNo, false, "false", "Saturdays and Sundays too.", "true"},
}}
