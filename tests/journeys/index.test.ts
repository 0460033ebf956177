import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openGovernanceStore } from '../../gateway/governance/store/store.ts'
import type { StoreAddress } from '../../gateway/governance/store/store.ts'
import { DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { ownFolder, startProgram } from '../kit/child-gateway.ts'
import type { Child, OwnFolder } from '../kit/child-gateway.ts'
import { DESK, DESK_MATTER } from '../kit/gateway.ts'
import { startPostgres } from '../kit/postgres.ts'
import type { PrivatePostgres } from '../kit/postgres.ts'
import { askFar } from '../kit/several.ts'

/*
 * The index of the audit record as a city runs it: beside the gateway, which never waits for it. In PostgreSQL the
 * gateway's own account adds and can take nothing away.
 */

interface Running {
  readonly folder: OwnFolder
  readonly child: Child
  readonly url: string
}

async function start(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Running> {
  const folder = await ownFolder()
  const child = startProgram(folder.path, ['start', ...args], { GONGXIANG_METRICS_PORT: '0', ...environment })
  const url = (await child.printed(/GraphQL +(http:\/\/[\w.:]+)\/graphql[\s\S]*?\n$/))[1] ?? ''
  return { folder, child, url }
}

const dataOf = ({ folder }: Running): string => join(folder.path, 'data')

/** Asks so many times at the desk; gives the receipts in their order. */
async function ask(gateway: Running, times: number): Promise<readonly string[]> {
  const receipts: string[] = []
  for (let time = 0; time < times; time += 1) {
    const variables = { number: DEMO_NUMBER }
    const reply = await askFar(gateway.url, dataOf(gateway), { as: DESK, ...DESK_MATTER, query: DEMO_QUERY, variables })
    expect(reply.status).toBe(200)
    receipts.push(reply.receipt)
  }
  return receipts
}

async function indexed(address: StoreAddress): Promise<readonly string[]> {
  const store = await openGovernanceStore(address)
  try {
    const rows = await store.db.selectFrom('audit_record').select('receipt').orderBy('chain').orderBy('seq').execute()
    return rows.map(({ receipt }) => receipt)
  } finally {
    await store.close()
  }
}

/** Waits until as many records are in the index. */
async function untilIndexed(address: StoreAddress, count: number): Promise<readonly string[]> {
  return vi.waitUntil(
    async () => {
      const receipts = await indexed(address)
      return receipts.length >= count ? receipts : null
    },
    { timeout: 20_000, interval: 100 },
  )
}

async function run(folder: OwnFolder, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = startProgram(folder.path, args, environment)
  const code = await child.ended
  return { code, out: child.out(), err: child.err() }
}

describe('two processes and a file', () => {
  let gateway: Running
  beforeAll(async () => {
    gateway = await start(['--processes', '2'], {})
  })
  afterAll(() => gateway.folder.close())

  test('the supervisor copies both chains, and the last records when it stops', async () => {
    const address = { file: join(dataOf(gateway), 'state', 'governance.sqlite') }
    const first = await ask(gateway, 12)
    expect((await untilIndexed(address, 12)).toSorted()).toEqual(first.toSorted())
    const last = await ask(gateway, 4)
    expect(await gateway.child.stop()).toBe(0)
    expect((await indexed(address)).toSorted()).toEqual([...first, ...last].toSorted())
    const { code, out } = await run(gateway.folder, ['index', 'status', '--json'])
    expect(code).toBe(0)
    const status = JSON.parse(out) as { records: number; chains: { chain: string; lag: number }[] }
    expect(status.records).toBe(16)
    for (const { lag } of status.chains) expect(lag).toBe(0)
  })

  test('rebuilt from nothing it is the same', async () => {
    const address = { file: join(dataOf(gateway), 'state', 'governance.sqlite') }
    const before = await indexed(address)
    const store = await openGovernanceStore(address)
    await store.db.deleteFrom('audit_record').execute()
    await store.close()
    expect((await run(gateway.folder, ['index', 'rebuild'])).code).toBe(0)
    expect(await indexed(address)).toEqual(before)
  })
})

describe('PostgreSQL with an account that may only add', () => {
  let postgres: PrivatePostgres | null
  let gateway: Running
  let owner: { databaseUrl: string; schema: string }
  let environment: Readonly<Record<string, string>>

  beforeAll(async () => {
    postgres = await startPostgres()
    if (postgres === null) return
    const admin = new pg.Client(postgres.url)
    await admin.connect()
    await admin.query('create role gongxiang_governance login')
    await admin.end()
    owner = { databaseUrl: postgres.url, schema: 'governance' }
    const databaseUrl = postgres.url.replace('gx@', 'gongxiang_governance@')
    environment = { GONGXIANG_GOVERNANCE_DATABASE_URL: databaseUrl }
  })
  afterAll(async () => {
    await gateway?.child.stop()
    await gateway?.folder.close()
    await postgres?.close()
  })

  test('without tables it serves all the same and says what to do; prepared it copies what came before', async (context) => {
    if (postgres === null) return context.skip()
    gateway = await start([], environment)
    const receipts = await ask(gateway, 3)
    await gateway.child.printed(/"where":"audit-index"/, 'err')
    const file = join(gateway.folder.path, 'owner')
    await writeFile(file, owner.databaseUrl)
    const words = ['index', 'prepare', '--database-url-file', file, '--grant-to', 'gongxiang_governance']
    expect(await run(gateway.folder, words)).toMatchObject({ code: 0 })
    expect(await untilIndexed(owner, 3)).toEqual(receipts)
  })

  test('its account can neither delete nor change a record', async (context) => {
    if (postgres === null) return context.skip()
    const client = new pg.Client(environment['GONGXIANG_GOVERNANCE_DATABASE_URL'])
    await client.connect()
    const tables = ['audit_record', 'audit_datum', 'audit_subject', 'audit_route', 'audit_gap', 'alarm_event']
    for (const table of tables) {
      await expect(client.query(`delete from governance.${table}`)).rejects.toMatchObject({ code: '42501' })
      const column = table === 'audit_gap' ? 'found_at' : 'at'
      await expect(client.query(`update governance.${table} set ${column} = 0`)).rejects.toMatchObject({
        code: '42501',
      })
      await expect(client.query(`drop table governance.${table}`)).rejects.toMatchObject({ code: '42501' })
      await expect(client.query(`truncate governance.${table}`)).rejects.toMatchObject({ code: '42501' })
    }
    await client.end()
    const refused = await run(gateway.folder, ['index', 'rebuild'], environment)
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.err).toContain('--database-url-file')
  })

  test('while the server is down requests are answered; when it is back all is copied in order', async (context) => {
    if (postgres === null) return context.skip()
    const before = await indexed(owner)
    await postgres.stop()
    const during = await ask(gateway, 5)
    await vi.waitUntil(
      async () => {
        const ready = await fetch(`${gateway.url}/health/ready`)
        expect(ready.status).toBe(200)
        const body = JSON.parse(await ready.text()) as { checks: Record<string, { ok: boolean }> }
        return body.checks['audit-index']?.ok === false
      },
      { timeout: 20_000, interval: 250 },
    )
    await postgres.restart()
    expect(await untilIndexed(owner, before.length + 5)).toEqual([...before, ...during])
  })
})
