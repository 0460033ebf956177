import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { DEMO_HEADERS, DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { departments } from '../../subgraphs/departments.ts'
import { parseCompose, variablesOf } from '../architecture/compose.ts'
import type { ComposeFile } from '../architecture/compose.ts'
import { askGateway, ownFolder, printedTokens, startChildGateway, startProgram } from '../kit/child-gateway.ts'
import type { OwnFolder } from '../kit/child-gateway.ts'
import { startMariadb } from '../kit/mariadb.ts'
import type { PrivateMariadb } from '../kit/mariadb.ts'
import { startPostgres } from '../kit/postgres.ts'
import type { PrivatePostgres } from '../kit/postgres.ts'
import { startRedis } from '../kit/redis.ts'
import type { TestRedis } from '../kit/redis.ts'

/*
 * docker-compose.yml without Docker: each service's own command and environment, started as processes in its order.
 * Only what Docker would give is put in its place: folders of volumes, addresses of other services, free ports.
 */

const ROOT = join(import.meta.dirname, '../..')
const postgres: PrivatePostgres | null = await startPostgres()
const mariadb: PrivateMariadb | null = await startMariadb()
const redis: TestRedis | null = await startRedis()

let folder: OwnFolder
let file: ComposeFile
let variables: ReadonlyMap<string, string>
const addresses = new Map<string, string>()

beforeAll(async () => {
  folder = await ownFolder()
  const text = await readFile(join(ROOT, 'docker-compose.yml'), 'utf8')
  variables = variablesOf(text)
  file = parseCompose(text)
  // Nothing can be made below a file: as in a container whose root is read-only.
  await writeFile(join(folder.path, 'read-only'), '')
})
afterAll(async () => {
  await folder.close()
  await postgres?.close()
  await mariadb?.close()
  await redis?.stop()
})

/** What Docker puts in the place of volumes, names and ports. */
function placed(value: string): string {
  const filled = value.replaceAll(/\$\{(\w+)(?::-[^}]*)?\}/g, (_whole, name: string) => variables.get(name) ?? '')
  return [...addresses]
    .reduce((text, [from, to]) => text.replaceAll(from, to), filled)
    .replaceAll('/run/gongxiang/gateway-keys', join(folder.path, 'gateway/keys/public'))
    .replaceAll('/var/lib/gongxiang', join(folder.path, 'gateway'))
    .replaceAll('/srv/city', join(folder.path, 'city'))
}

function environmentOf(service: string, dataDirectory: string): Record<string, string> {
  const entries = Object.entries(file.services[service]?.environment ?? {})
  const ports = { GONGXIANG_PORT: '0', GONGXIANG_SUBGRAPH_PORT: '0', GONGXIANG_GRAPHIQL_ENABLED: 'false' }
  return {
    ...Object.fromEntries(entries.map(([name, value]) => [name, placed(value)])),
    GONGXIANG_DATA_DIRECTORY: dataDirectory,
    ...ports,
  }
}

function commandOf(service: string): readonly string[] {
  return (file.services[service]?.command ?? []).map(placed)
}

/** `node scripts/city.ts …` as its service runs it; resolves with its output at the end, or at `until`. */
async function city(service: string, until: RegExp): Promise<string> {
  const [, script = '', ...words] = [...(file.services[service]?.entrypoint ?? []), ...commandOf(service)]
  const args = words.map((word, at) => (words[at - 1] === '--port' ? '0' : words[at - 1] === '--people' ? '60' : word))
  const environment = { PATH: process.env['PATH'], ...environmentOf(service, join(folder.path, 'read-only/x')) }
  const child = spawn(process.execPath, [join(ROOT, script), ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => child.kill('SIGKILL'))
  cityProcesses.push(child)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    if (until.test(out)) resolve(out)
  })
  child.once('close', () => reject(new Error(`${service} ended: ${out}`)))
  return promise
}
const cityProcesses: ReturnType<typeof spawn>[] = []
afterAll(async () => {
  for (const child of cityProcesses.filter(({ exitCode }) => exitCode === null)) {
    child.kill()
    await once(child, 'close')
  }
})

/** Where each department answers, by name. */
const served = new Map<string, string>()

async function department(name: string): Promise<void> {
  const child = startProgram(folder.path, commandOf(name), environmentOf(name, join(folder.path, 'read-only/x')))
  const [, url = ''] = await child.printed(/is served at (http:\S+)\n/)
  const address = url.replace('0.0.0.0', '127.0.0.1')
  served.set(name, address)
  addresses.set(`http://${name}:4100/graphql`, address)
}

/** A token as somebody on this machine makes it: the gateway of docker-compose.yml begins in the embedded mode. */
async function tokenOf(words: readonly string[]): Promise<string> {
  const child = startProgram(folder.path, ['token', ...words], environmentOf('gateway', join(folder.path, 'gateway')))
  const [, token = ''] = await child.printed(/^(eyJ\S+)\n/)
  return token
}

const ENROLMENT = ['--dept', 'education', '--app', 'enrolment', '--officer', 'ED-0001', '--roles', 'DESK']
const TAX_DESK = ['--dept', 'tax', '--app', 'tax-desk', '--officer', 'TX-0001', '--roles', 'DESK']

/** Two questions: to a SOAP service, and to tables of another department. */
async function askOtherDepartments(url: string): Promise<void> {
  const { idDocumentNumber: number } = demoPeople.student.document
  const pupil = await askGateway(
    url,
    { authorization: `Bearer ${await tokenOf(ENROLMENT)}`, 'x-matter': 'school-enrolment' },
    `query ($number: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $number) { birth { birthDate } } }`,
    { number },
  )
  expect(pupil.answer.data).toEqual({ person: { birth: { birthDate: '2012-03-08' } } })
  const firms = await askGateway(
    url,
    { authorization: `Bearer ${await tokenOf(TAX_DESK)}`, 'x-matter': 'tax-registration' },
    '{ legalEntities(filter: { divisionCode: "442000" }, first: 1) { nodes { enterprise { enterpriseName } } } }',
  )
  expect(firms.answer.data).toEqual({
    legalEntities: { nodes: [{ enterprise: { enterpriseName: expect.stringContaining('中山') as unknown } }] },
  })
}

/** What a script of accounts sends to its server. */
function statementsOf(script: string): string {
  return /<<'?END'?\n([^]*?)^END$/m.exec(script)?.[1] ?? ''
}

/** Makes the departments' accounts by the very statements of the scripts, and says where the two servers are. */
async function openAccounts(): Promise<void> {
  const [owner, administrator] = [new URL(postgres?.url ?? ''), new URL(mariadb?.adminUrl ?? '')]
  const client = new Client({ connectionString: owner.href })
  await client.connect()
  const password = placed(file.services['postgres']?.environment['READER_PASSWORD'] ?? '')
  const postgresScript = await readFile(join(ROOT, 'city/databases/accounts/postgres.sh'), 'utf8')
  await client.query(statementsOf(postgresScript).replace(":'password'", `'${password}'`))
  await client.query('create database governance')
  const secret = placed(file.services['governance']?.environment['GATEWAY_PASSWORD'] ?? '')
  const governanceScript = await readFile(join(ROOT, 'city/databases/accounts/governance.sh'), 'utf8')
  await client.query(statementsOf(governanceScript).replace(":'password'", `'${secret}'`))
  addresses.set('postgres://owner:synthetic-owner@governance:5432/governance', `postgres://gx@${owner.host}/governance`)
  addresses.set('synthetic-gateway@governance:5432', `synthetic-gateway@${owner.host}`)
  await client.end()
  const mariadbScript = await readFile(join(ROOT, 'city/databases/accounts/mariadb.sh'), 'utf8')
  const statements = statementsOf(mariadbScript).replace('$READER_PASSWORD', password).split(';')
  await mariadb?.run(...statements.filter((one) => one.trim() !== ''))
  addresses.set('postgres://city:synthetic-city@postgres:5432/city', owner.href)
  addresses.set('mysql://root:synthetic-city@mariadb:3306/', `mysql://root@${administrator.host}/`)
  addresses.set('synthetic-reader@postgres:5432/city', `synthetic-reader@${owner.host}${owner.pathname}`)
  addresses.set('synthetic-reader@mariadb:3306', `synthetic-reader@${administrator.host}`)
}

// Thirty processes, on whatever machine this is.
describe.runIf(postgres !== null && mariadb !== null && redis !== null)(
  'docker-compose.yml',
  { timeout: 300_000 },
  () => {
    test('its services, started with its commands and variables, answer the first query', async () => {
      await openAccounts()
      // Without it the counts would not be exact, and nothing of level L4 would be given (wall 16).
      addresses.set('redis://redis:6379', redis?.url ?? '')
      addresses.set('redis://cache:6379', redis?.url ?? '')
      const keys = startProgram(folder.path, commandOf('keys'), environmentOf('keys', join(folder.path, 'gateway')))
      expect(await keys.ended).toBe(0)
      const tables = startProgram(
        folder.path,
        commandOf('governance-tables'),
        environmentOf('governance-tables', join(folder.path, 'read-only/x')),
      )
      expect(await tables.ended).toBe(0)
      await city('city', /60 synthetic citizens/)
      const systems = await city('old-systems', /systems at http/)
      addresses.set('http://old-systems:4200', `http://127.0.0.1:${/http:\S+:(\d+)/.exec(systems)?.[1] ?? ''}`)
      await Promise.all(departments.map(({ name }) => department(name)))
      for (const [name, address] of served) {
        const { status } = await fetch(address.replace('/graphql', '/health'))
        expect({ name, status }).toEqual({ name, status: 200 })
      }
      const gateway = await startChildGateway(folder.path, environmentOf('gateway', join(folder.path, 'gateway')))
      // Listening everywhere, it names itself as a browser on this machine would.
      expect(gateway.url).toMatch(/^http:\/\/localhost:\d+$/)
      const authorization = `Bearer ${printedTokens(gateway.out())['housing-clerk']}`
      const { answer } = await askGateway(gateway.url, { authorization, ...DEMO_HEADERS }, DEMO_QUERY, {
        number: DEMO_NUMBER,
      })
      expect(answer.data).toMatchObject({
        person: {
          name: '欧阳静怡',
          household: { registrationStatus: 'NORMAL' },
          socialInsurance: [{}, {}, {}, {}, {}],
          disability: { issueDate: '2021-**-**' },
        },
      })
      await askOtherDepartments(gateway.url)
      const ready = await fetch(`${gateway.url}/health/ready`)
      expect(await ready.json()).toMatchObject({ checks: { 'audit-index': { ok: true } } })
      expect(gateway.err()).not.toContain('citizens')
      expect(await gateway.stop()).toBe(0)
    })
  },
)
