// The rules of population() in ../scoring.go, as a user of json-rules-engine would write them. Reads people as JSON from
// the file named, scores each, and prints {"people", "seconds", "points"}: the points show that both engines agree.
import { readFileSync } from 'node:fs'
import { Engine } from 'json-rules-engine'

const { now, halfLife, silent, people } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const all = (...conditions) => ({ all: conditions })
const any = (...conditions) => ({ any: conditions })
const is = (fact, operator, value) => ({ fact, operator, value })

const fit = [
  all(is('employees', 'greaterThanInclusive', 50), is('employees', 'lessThanInclusive', 1000)),
  all(is('employees', 'greaterThan', 1000)),
  all(is('employees', 'lessThan', 10)),
  all(is('industry', 'in', ['saas', 'it', 'telecom'])),
  all(is('seniority', 'in', ['c-level', 'vp', 'director'])),
  all(is('seniority', 'equal', 'manager')),
  all(is('seniority', 'equal', 'intern')),
  all(is('country', 'in', ['FR', 'BE', 'CH'])),
  any(is('country', 'equal', 'US'), is('country', 'equal', 'CA')),
  all(is('free_mail', 'equal', true)),
  all(is('free_mail', 'equal', false), is('employees', 'greaterThanInclusive', 10)),
  all(is('industry', 'equal', 'education'), is('free_mail', 'equal', false))
]
const kinds = ['click', 'visit', 'meeting', 'form', 'click', 'visit', 'meeting']

const engine = new Engine([], { allowUndefinedFacts: true })
fit.forEach((conditions, i) => engine.addRule({ conditions, event: { type: 'fit', params: { points: 5 + i } } }))
for (const kind of new Set(kinds)) {
  engine.addFact('earned_' + kind, async (_, almanac) => {
    let points = 0
    for (const e of await almanac.factValue('events')) {
      if (e.kind === kind) points += 5 * 2 ** (-(now - e.at) / halfLife)
    }
    return Math.min(40, points)
  })
}
kinds.forEach((kind) => engine.addRule({
  conditions: all(is('earned_' + kind, 'greaterThan', 0)), event: { type: 'engagement', params: { kind } }
}))
engine.addFact('silence', async (_, almanac) => now - Math.max(...(await almanac.factValue('events')).map((e) => e.at)))
engine.addRule({ conditions: all(is('silence', 'greaterThanInclusive', silent)), event: { type: 'engagement', params: { points: -20 } } })

const clamp = (x) => Math.min(100, Math.max(0, x))
const start = process.hrtime.bigint()
let points = 0
for (const person of people) {
  const { events, almanac } = await engine.run(person)
  let fitPoints = 0
  let engagement = 0
  for (const { type, params } of events) {
    if (type === 'fit') fitPoints += params.points
    else engagement += params.points ?? await almanac.factValue('earned_' + params.kind)
  }
  points += (clamp(fitPoints) + clamp(engagement)) / 2
}
const seconds = Number(process.hrtime.bigint() - start) / 1e9
console.log(JSON.stringify({ people: people.length, seconds, points }))
