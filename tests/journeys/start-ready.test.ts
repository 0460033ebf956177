import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownFolder, printedCommands, printedTokens, startChildGateway } from '../kit/child-gateway.ts'
import type { Answer, ChildGateway, OwnFolder } from '../kit/child-gateway.ts'

const run = promisify(execFile)

/* A user's first hour: one start in an empty folder with nothing configured, and a second one the next day. */

let folder: OwnFolder
let gateway: ChildGateway

/** The defaults of a start, but for the port: the page is built, the city has its full size. */
const DEFAULTS = { GONGXIANG_GRAPHIQL_ENABLED: 'true', GONGXIANG_CITY_PEOPLE: '2000' }

beforeAll(async () => {
  folder = await ownFolder()
  gateway = await startChildGateway(folder.path, DEFAULTS)
})
afterAll(async () => {
  await gateway.stop()
  await folder.close()
})

/** Pastes a command into bash, in an empty folder of no meaning. */
async function paste(command: string): Promise<Answer> {
  const { stdout, stderr } = await run('bash', ['--norc', '-c', command], { cwd: folder.path })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Answer
}

test('the printed addresses show the port that was taken, not the 0 that was asked for', () => {
  expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
  for (const path of ['/graphql', '/graphiql', '/health/ready'])
    expect(gateway.out()).toContain(`${gateway.url}${path}`)
})

test('live, ready, GraphiQL', async () => {
  expect(await (await fetch(`${gateway.url}/health/live`)).json()).toEqual({ status: 'live' })
  const ready = await fetch(`${gateway.url}/health/ready`)
  expect(ready.status).toBe(200)
  expect(await ready.json()).toMatchObject({ status: 'ready', checks: { audit: { ok: true } } })
  const page = await fetch(`${gateway.url}/graphiql`, { headers: { accept: 'text/html' } })
  expect(page.status).toBe(200)
  const html = await page.text()
  const script = /src="([^"]+main-[^"]+\.js)"/.exec(html)?.[1] ?? ''
  const bundle = await fetch(new URL(script, `${gateway.url}/graphiql`))
  expect(bundle.status).toBe(200)
  expect((await bundle.text()).length).toBeGreaterThan(100_000)
})

test('the first command, pasted: one citizen, three departments, each kind of decision', async () => {
  const answer = await paste(printedCommands(gateway.out())[0] ?? '')
  expect(answer.data).toMatchObject({
    person: {
      name: '欧阳静怡',
      household: { registrationStatus: 'NORMAL', householdTownship: '中山市石岐街道', photo: null },
      disability: {
        issuingAuthority: '中山市残疾人联合会',
        issueDate: '2021-**-**',
        disabilityCertificateNumber: null,
      },
    },
  })
  expect(answer.errors?.map(({ extensions }) => extensions['code']).toSorted()).toEqual(['NO_GRANT', 'VERIFY_ONLY'])
  expect(answer.extensions?.sharing?.['receipt']).toMatch(/^gx_/)
  const decisions = answer.extensions?.sharing?.['decisions'] as readonly { readonly decision: string }[]
  expect(new Set(decisions.map(({ decision }) => decision))).toEqual(new Set(['ALLOW', 'MASK', 'VERIFY_ONLY', 'DENY']))
})

test('the second command, pasted: the same citizen, another department, less', async () => {
  const answer = await paste(printedCommands(gateway.out())[1] ?? '')
  expect(answer.data).toEqual({ person: { name: '欧阳静怡', sex: '2', household: null } })
  expect(answer.errors).toMatchObject([{ path: ['person', 'household', 'photo'], extensions: { code: 'NO_GRANT' } }])
})

test('three tokens are printed, each of another caller and good for eight hours', () => {
  const tokens = printedTokens(gateway.out())
  expect(Object.keys(tokens)).toEqual(['housing-clerk', 'market-app', 'analyst'])
  const claims = Object.values(tokens).map(
    (token) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>,
  )
  expect(claims.map((one) => one['app'])).toEqual(['housing-desk', 'licence-service', 'analysis-workbench'])
  for (const { iat, exp } of claims) expect(Number(exp) - Number(iat)).toBe(8 * 3_600)
})

test('Ctrl-C ends it with 0, and the next day nothing is seeded or built again, and no key is made anew', async () => {
  expect(await gateway.stop('SIGINT')).toBe(0)
  const before = await filesOf(join(folder.path, 'data'))
  expect(before.size).toBeGreaterThan(20)
  const again = await startChildGateway(folder.path, DEFAULTS)
  expect(again.err()).toContain('Composing')
  expect(again.err()).not.toContain('citizens')
  const after = await filesOf(join(folder.path, 'data'))
  const lasting = (path: string): boolean => /^(city|console|keys)\//.test(path)
  expect(new Map([...after].filter(([path]) => lasting(path)))).toEqual(
    new Map([...before].filter(([path]) => lasting(path))),
  )
  // The keys being the same, yesterday's token still holds, and so does yesterday's audit record.
  const yesterday = (printedCommands(gateway.out())[0] ?? '').replace(gateway.url, again.url)
  expect((await paste(yesterday)).data).toMatchObject({ person: { name: '欧阳静怡' } })
  expect(await again.stop('SIGTERM')).toBe(0)
  const audit = [...(await filesOf(join(folder.path, 'data', 'audit'))).keys()].filter((name) =>
    /^\d+\.ndjson/.test(name),
  )
  expect(audit.length).toBeGreaterThanOrEqual(2)
})

/** Every file below a folder with its inode and time of change: a rewritten one differs, whatever it holds. */
async function filesOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const facts = await Promise.all(
    files.map(async (file) => {
      const { ino, mtimeMs, size } = await stat(file)
      return [file.slice(directory.length + 1), `${ino} ${mtimeMs} ${size}`] as const
    }),
  )
  return new Map(facts.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

test('no log line of all this holds the citizen’s name or number', async () => {
  const log = await readFile(join(folder.path, 'err.log'), 'utf8')
  expect(log).toContain('"msg":"request"')
  expect(log).not.toMatch(/欧阳|44209019850615028X/)
})
