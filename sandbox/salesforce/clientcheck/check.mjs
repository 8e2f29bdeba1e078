// Drives the sandbox with jsforce, as a program written against a real org would. Prints what it saw as one JSON object.
// Usage: node check.mjs BASE_URL ACCESS_TOKEN PRIVATE_KEY_FILE
import { readFileSync } from 'node:fs'
import { createSign } from 'node:crypto'
import jsforce from 'jsforce'

const [base, accessToken, keyFile] = process.argv.slice(2)
const version = '66.0'
const saw = {}
const oauth2 = { loginUrl: base, clientId: 'sandbox-client', clientSecret: 'sandbox-secret' }

// Three ways in: client credentials, a signed assertion, and a token that has run out and is renewed on the way.
const conn = new jsforce.Connection({ oauth2, version, callOptions: { client: 'clientcheck' } })
await conn.authorize({ grant_type: 'client_credentials' })
const self = await conn.identity()
saw.credentials = self.organization_id

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const { username } = self
const claims = `${part({ alg: 'RS256' })}.${part({ iss: 'sandbox-client', sub: username, aud: base, exp: Math.floor(Date.now() / 1000) + 120 })}`
const assertion = `${claims}.${createSign('RSA-SHA256').update(claims).sign(readFileSync(keyFile), 'base64url')}`
const signed = new jsforce.Connection({ oauth2, version })
await signed.authorize({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })
saw.jwt = (await signed.query('SELECT COUNT() FROM Lead')).totalSize

const renewed = new jsforce.Connection({ oauth2, version, instanceUrl: base, accessToken: '00D!gone', refreshToken: 'sandbox-refresh' })
saw.refresh = (await renewed.query('SELECT COUNT() FROM Lead')).totalSize
const given = new jsforce.Connection({ version, instanceUrl: base, accessToken })
saw.token = (await given.query('SELECT COUNT() FROM Lead')).totalSize
saw.expired = await new jsforce.Connection({ version, instanceUrl: base, accessToken: '00D!gone' })
  .query('SELECT Id FROM Lead').catch((error) => error.errorCode)

// Reading: pages, parents, children, deleted rows.
const first = await conn.query('SELECT Id, IsConverted, Owner.Name FROM Lead ORDER BY Id', { headers: { 'Sforce-Query-Options': 'batchSize=200' } })
saw.firstPage = first.records.length
const second = await conn.queryMore(first.nextRecordsUrl)
saw.secondPage = [second.records.length, second.done]
saw.owner = typeof first.records[0].Owner.Name
const fetched = await conn.query('SELECT Id FROM Lead', { autoFetch: true, maxFetch: 1000, headers: { 'Sforce-Query-Options': 'batchSize=200' } })
saw.fetched = fetched.records.length
const account = await conn.query("SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Id IN (SELECT AccountId FROM Contact) LIMIT 1")
saw.children = account.records[0].Contacts.records.length > 0
saw.grouped = (await conn.query('SELECT IsConverted, COUNT(Id) n FROM Lead GROUP BY IsConverted')).records.every(({ n }) => n > 0)
saw.found = await conn.sobject('Lead').find({ Id: first.records[0].Id }, 'Id, Name').limit(1).execute().then(([r]) => r.Id === first.records[0].Id)
saw.malformed = await conn.query('SELECT Id FROM').catch((error) => error.errorCode)
saw.invalidField = await conn.query('SELECT Nope__c FROM Lead').catch((error) => error.errorCode)

// Describing.
const lead = await conn.sobject('Lead').describe()
saw.email = lead.fields.find(({ name }) => name === 'Email').type
saw.keyPrefix = lead.keyPrefix
saw.objects = (await conn.describeGlobal()).sobjects.some(({ name }) => name === 'Lead')
saw.limits = (await conn.limits()).DailyApiRequests.Max
saw.usage = conn.limitInfo.apiUsage.limit

// Writing: one, many with a bad one among them, upsert by id, delete.
const headers = { 'Sforce-Auto-Assign': 'FALSE' }
const made = await conn.sobject('Lead').create({ LastName: 'Client', Company: 'Check' }, { headers })
saw.created = made.success
const [a, b] = first.records.filter((r) => !r.IsConverted)
const many = await conn.sobject('Lead').update([{ Id: a.Id, Title: 'One' }, { Id: b.Id, NumberOfEmployees: 1e12 }, { Id: made.id, Title: 'Three' }],
  { allowRecursive: true, headers })
saw.updated = many.map((r) => r.success || r.errors[0].statusCode)
saw.title = (await conn.sobject('Lead').retrieve(a.Id)).Title
saw.destroyed = (await conn.sobject('Lead').destroy(made.id)).success
saw.gone = await conn.sobject('Lead').retrieve(made.id).catch((error) => error.errorCode)
saw.deleted = (await conn.query(`SELECT Id FROM Lead WHERE Id = '${made.id}'`, { scanAll: true })).records.length

// Bulk: a query (one page: the client cannot read two), and an update with a bad row.
const rows = await (await conn.bulk2.query('SELECT Id, Email, CreatedDate, IsConverted FROM Lead', { pollInterval: 20, pollTimeout: 20000 })).toArray()
saw.bulkRows = rows.length
saw.bulkDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/.test(rows[0].CreatedDate)
conn.bulk2.pollInterval = 20
conn.bulk2.pollTimeout = 20000
const load = await conn.bulk2.loadAndWaitForResults({ object: 'Lead', operation: 'update',
  input: [{ Id: a.Id, Title: 'Bulk' }, { Id: b.Id, Title: '#N/A' }, { Id: '00QQy00000zzzzzMAA', Title: 'x' }] })
saw.bulkDone = load.successfulResults.map((r) => r.sf__Created)
saw.bulkFailed = load.failedResults.map((r) => r.sf__Error.split(':')[0])
saw.bulkLeft = load.unprocessedRecords.length
saw.bulkHeader = await conn.bulk2.loadAndWaitForResults({ object: 'Lead', operation: 'update', input: [{ Id: a.Id, Nope__c: 'x' }] })
  .then((r) => r, (error) => error.message)
saw.bulkTitle = (await conn.sobject('Lead').retrieve(a.Id)).Title
saw.bulkRefused = await conn.bulk2.query('SELECT COUNT() FROM Lead').catch((error) => error.errorCode ?? error.name)
console.log(JSON.stringify(saw))
