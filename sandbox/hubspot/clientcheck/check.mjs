// Drives the sandbox with HubSpot's own Node client, which speaks v3 and v4. Prints what it saw as one JSON object.
// Usage: node check.mjs BASE_URL TOKEN
import { Client } from '@hubspot/api-client'

const [basePath, accessToken] = process.argv.slice(2)
// The client's limiter is set far away: what is tried here is its handling of the sandbox's own answers.
const hubspot = new Client({ basePath, accessToken, numberOfApiCallRetries: 3, limiterOptions: { minTime: 1, maxConcurrent: 4 } })
const saw = {}

const all = await hubspot.crm.contacts.getAll(100, undefined, ['email', 'jobtitle'], undefined, ['companies'])
saw.contacts = all.length
saw.withCompany = all.filter((c) => c.associations?.companies?.results.length > 0).length

const [first, second] = all
const search = await hubspot.crm.contacts.searchApi.doSearch({
  filterGroups: [{ filters: [{ propertyName: 'hs_object_id', operator: 'GT', value: first.id }] }],
  sorts: ['hs_object_id'], properties: ['email'], limit: 2, after: '0',
})
saw.searchTotal = search.total
saw.searchFirst = search.results[0].id === second.id

await hubspot.crm.properties.groupsApi.create('contacts', { name: 'lead_scoring', label: 'Lead scoring', displayOrder: -1 })
const property = await hubspot.crm.properties.coreApi.create('contacts', {
  name: 'ls_score', label: 'Lead score', groupName: 'lead_scoring', type: 'number', fieldType: 'number',
})
saw.property = property.name

const written = await hubspot.crm.contacts.batchApi.update({
  inputs: [{ id: first.id, properties: { ls_score: '72' } }, { id: second.id, properties: { ls_score: '8' } }],
})
saw.written = written.results.length
const read = await hubspot.crm.contacts.batchApi.read({
  inputs: [{ id: first.id }, { id: '9' }], properties: ['ls_score'], propertiesWithHistory: ['ls_score'],
})
saw.score = read.results[0].properties.ls_score
saw.source = read.results[0].propertiesWithHistory.ls_score[0].sourceType
saw.missing = read.errors[0].category

const links = await hubspot.crm.associations.v4.batchApi.getPage('contacts', 'companies', { inputs: all.slice(0, 50).map(({ id }) => ({ id })) })
saw.linked = links.results.length > 0 && links.results[0].to[0].associationTypes[0].typeId === 1

const owners = await hubspot.crm.owners.ownersApi.getPage(undefined, undefined, 100)
saw.owners = owners.results.length

const token = await hubspot.oauth.tokensApi.create('refresh_token', undefined, undefined, 'sandbox-client', 'sandbox-secret', 'sandbox-refresh')
saw.expiresIn = token.expiresIn

try {
  await hubspot.crm.contacts.basicApi.create({ properties: { email: first.properties.email }, associations: [] })
} catch (error) {
  saw.conflict = `${error.code} ${error.body.category}`
}

// The client retries what it knows how to wait for: the two 429 of its limits, and 5xx.
for (const fault of [{ kind: 'secondly' }, { kind: 'status', status: 503 }]) {
  await fetch(`${basePath}/_sandbox/faults`, { method: 'POST', body: JSON.stringify({ faults: [{ operation: 'read', ...fault }] }) })
  const again = await hubspot.crm.contacts.basicApi.getById(first.id, ['email'])
  saw[`after_${fault.kind}`] = again.id === first.id
}
console.log(JSON.stringify(saw))
